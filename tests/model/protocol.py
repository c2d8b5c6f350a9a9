"""How a caller and an agent are brought together, small enough to look at every order in which it can happen.

Two callers (or one, who is claimed more often), two agents (or one, whom both want) and two clocks. Of two callers the
first has come first. A step is what is atomic in the program: a transaction, a request that leaves, a request that Twilio
carries out, a document that is fetched. Anything between two steps may be a crash; every deadline may be due at any
moment, so that no clock, right or wrong, is trusted. What the program writes in routing/decide.py (whom a look finds) and
voice/dispatch.py (what is stored of it) is in `decide.py`; voice/offers.py (claim), voice/agent_legs.py and voice/legs.py
(the fence), voice/talks.py (the release) and voice/vanishing.py (the loss) are here one function each.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple, TypeVar

from tests.model.decide import Floor, Look, Offer, Place, Row, Rules, looks, stored

ASK = -1
CLOCKS = range(2)

T = TypeVar("T")


class Leg(StrEnum):
    """Where a customer's leg is at Twilio."""

    QUEUE = "queue"
    FETCHING = "fetching"
    ROOM = "room"
    GONE = "gone"


class Caller(NamedTuple):
    """One call: its row, and its leg. `room` is the generation of the room that the leg is in."""

    row: Row = Row.WAITING
    generation: int = 0
    agent: int | None = None
    is_ahead: bool = False  # whoever was with an agent already, or nearly, comes back to the head
    leg: Leg = Leg.QUEUE
    room: int | None = None
    poke_written: bool = False
    poke_sent: int | None = None  # at Twilio; ASK, or the generation whose room it names
    goodbye_due: bool = False  # Twilio still has to tell that the leg is gone


DONE = Caller(Row.OVER, leg=Leg.GONE)


class AgentLeg(NamedTuple):
    """A leg of an agent's browser, on its way to the fence or in a room."""

    agent: int
    caller: int
    generation: int
    is_inside: bool = False


class State(NamedTuple):
    """All that SQL, Twilio and the clocks' memories hold at one moment."""

    callers: tuple[Caller, ...] = (Caller(), Caller())
    on_call: tuple[bool, ...] = (False, False)  # one for each agent
    offers: frozenset[Offer] = frozenset()
    looked: tuple[Look, ...] = ((), ())  # one for each clock
    legs: frozenset[AgentLeg] = frozenset()
    ends_written: frozenset[AgentLeg] = frozenset()  # legs that are to be ended, not yet asked
    lost_due: frozenset[AgentLeg] = frozenset()  # legs that ended, not yet told


Step = tuple[str, State]


def steps(state: State, rules: Rules) -> Iterator[Step]:
    """Everything that may happen next, each with its name."""
    for name, after in _steps(state, rules):
        yield name, _settled(after, rules)


def _steps(state: State, rules: Rules) -> Iterator[Step]:
    yield from _clocks(state, rules)
    yield from _desks(state, rules)
    yield from _deadlines(state, rules)
    yield from _requests(state, rules)
    yield from _fence(state, rules)
    yield from _losses(state)


def floor(state: State) -> Floor:
    """What a look sees of it."""
    places = tuple(Place(one.row, one.generation, one.is_ahead) for one in state.callers)
    return Floor(places, state.on_call, state.offers)


def _clocks(state: State, rules: Rules) -> Iterator[Step]:
    now = floor(state)
    for clock in CLOCKS:
        seen = state.looked[clock]
        if not seen:
            for look in looks(now, rules):
                yield f"clock {clock} looks", _memory(state, clock, look)
            continue
        forgotten = _memory(state, clock, ())
        yield f"clock {clock} dies", forgotten
        yield f"clock {clock} offers", forgotten._replace(offers=stored(now, seen, rules).offers)


def _desks(state: State, rules: Rules) -> Iterator[Step]:
    for offer in state.offers:
        yield "an offer ends", state._replace(offers=state.offers - {offer})
        row = state.callers[offer.caller]
        if rules.compares_when_claiming and (row.row, row.generation) != (Row.WAITING, offer.generation):
            continue
        if row.row is Row.OVER:
            continue
        claimed = row._replace(row=Row.CLAIMED, generation=offer.generation + 1, agent=offer.agent)
        rings = frozenset(one for one in state.offers if one.caller != offer.caller)
        leg = AgentLeg(offer.agent, offer.caller, offer.generation + 1)
        old = frozenset(one for one in state.legs if one.agent == offer.agent)  # a browser is one phone
        yield (
            "an agent accepts",
            _with(state, offer.caller, claimed)._replace(
                offers=rings if rules.compares_when_claiming else state.offers - {offer},
                on_call=_set(state.on_call, offer.agent, True),
                legs=(state.legs - old) | {leg},
                lost_due=state.lost_due | old,
            ),
        )


def _deadlines(state: State, rules: Rules) -> Iterator[Step]:
    for number, caller in enumerate(state.callers):
        if caller.row is Row.WAITING:
            rings = frozenset(one for one in state.offers if one.caller != number)
            waited = caller._replace(row=Row.OVER, poke_written=True)
            yield "the longest wait is over", _with(state, number, waited)._replace(offers=rings)
        elif caller.row in (Row.CLAIMED, Row.BRIDGING):
            yield "a claim is over", _release(state, number)
        elif caller.row is Row.CONNECTED:
            yield "the agent ends", _end(state, number)


def _requests(state: State, rules: Rules) -> Iterator[Step]:
    for number, caller in enumerate(state.callers):
        if caller.poke_written:
            sent = caller._replace(poke_sent=_destination(caller, rules))
            yield "a poke leaves", _with(state, number, sent._replace(poke_written=False))
            yield "a poke leaves, its answer is lost", _with(state, number, sent)  # and leaves once more
            if not rules.writes_before_sending:
                yield "a crash forgets a poke", _with(state, number, caller._replace(poke_written=False))
        if caller.poke_sent is not None:
            yield "Twilio pokes", _with(state, number, _poked(caller))
    for leg in state.ends_written:
        yield (
            "Twilio ends a leg",
            state._replace(legs=state.legs - {leg}, ends_written=state.ends_written - {leg}),
        )


def _destination(caller: Caller, rules: Rules) -> int:
    """A request says "ask for your document"; without the fence there it names the room that was right when it left."""
    if rules.fence_at_the_document or caller.row is not Row.BRIDGING:
        return ASK
    return caller.generation


def _poked(caller: Caller) -> Caller:
    asked = caller._replace(poke_sent=None)
    if caller.leg is Leg.GONE:
        return asked
    if caller.poke_sent == ASK:
        return asked._replace(leg=Leg.FETCHING, room=None)
    is_due = (caller.row, caller.generation) == (Row.BRIDGING, caller.poke_sent)
    row = Row.CONNECTED if is_due else caller.row
    return asked._replace(row=row, leg=Leg.ROOM, room=caller.poke_sent)


def _fence(state: State, rules: Rules) -> Iterator[Step]:
    for number, caller in enumerate(state.callers):
        if caller.leg is Leg.FETCHING:
            yield "the caller's document", _with(state, number, _document(caller))
    for leg in state.legs:
        if leg.is_inside:
            continue
        caller = state.callers[leg.caller]
        is_due = (caller.row, caller.agent, caller.generation) == (Row.CLAIMED, leg.agent, leg.generation)
        others = state.legs - {leg}
        if is_due or not rules.fence_at_the_document:
            arrived = caller._replace(row=Row.BRIDGING, poke_written=True) if is_due else caller
            yield (
                "an agent is at the fence",
                _with(state, leg.caller, arrived)._replace(legs=others | {leg._replace(is_inside=True)}),
            )
        else:
            yield "an agent comes too late", state._replace(legs=others)


def _document(caller: Caller) -> Caller:
    match caller.row:
        case Row.BRIDGING | Row.CONNECTED:
            return caller._replace(row=Row.CONNECTED, leg=Leg.ROOM, room=caller.generation)
        case Row.WAITING | Row.CLAIMED:
            return caller._replace(leg=Leg.QUEUE)
        case Row.OVER:
            return caller._replace(leg=Leg.GONE)  # the flow goes on without an agent, and ends


def _losses(state: State) -> Iterator[Step]:
    for number, caller in enumerate(state.callers):
        if caller.leg is not Leg.GONE:
            gone = caller._replace(leg=Leg.GONE, room=None, goodbye_due=True)
            yield "a caller hangs up", _with(state, number, gone)
        elif caller.goodbye_due:
            yield "Twilio tells that a caller is gone", _goodbye(state, number)
    for leg in state.legs:
        yield (
            "an agent's leg dies",
            state._replace(legs=state.legs - {leg}, lost_due=state.lost_due | {leg}),
        )
    for leg in state.lost_due:
        yield "Twilio tells that a leg died", _lost(state, leg)


def _goodbye(state: State, number: int) -> State:
    caller = state.callers[number]._replace(goodbye_due=False)
    told = _with(state, number, caller)
    match caller.row:
        case Row.CONNECTED:
            return _end(told, number)
        case Row.CLAIMED | Row.BRIDGING:
            told = _release(told, number)
        case _:
            pass
    rings = frozenset(one for one in told.offers if one.caller != number)
    over = told.callers[number]._replace(row=Row.OVER, poke_written=False)
    return _with(told, number, over)._replace(offers=rings)


def _lost(state: State, leg: AgentLeg) -> State:
    told = state._replace(lost_due=state.lost_due - {leg})
    caller = state.callers[leg.caller]
    if (caller.agent, caller.generation) != (leg.agent, leg.generation):
        return told
    if caller.row in (Row.CLAIMED, Row.BRIDGING):
        return _release(told, leg.caller)
    if caller.row is Row.CONNECTED:  # the rejoin window is over: the head of the queue
        back = _release(told, leg.caller)
        return _with(back, leg.caller, back.callers[leg.caller]._replace(poke_written=True))
    return told


def _release(state: State, number: int) -> State:
    """The claim is void: its generation is over, whatever leg it had is to be ended."""
    caller = state.callers[number]
    assert caller.agent is not None
    back = caller._replace(
        row=Row.WAITING,
        generation=caller.generation + 1,
        agent=None,
        is_ahead=caller.is_ahead or caller.row is not Row.CLAIMED,
    )
    return _free(_with(state, number, back), number, caller)


def _end(state: State, number: int) -> State:
    caller = state.callers[number]
    assert caller.agent is not None
    over = caller._replace(row=Row.OVER, agent=None, poke_written=caller.leg is not Leg.GONE)
    return _free(_with(state, number, over), number, caller)


def _free(state: State, number: int, before: Caller) -> State:
    assert before.agent is not None
    bound = frozenset(
        leg
        for leg in state.legs
        if (leg.agent, leg.caller, leg.generation, leg.is_inside)
        == (before.agent, number, before.generation, True)
    )
    return state._replace(
        on_call=_set(state.on_call, before.agent, False), ends_written=state.ends_written | bound
    )


def _settled(state: State, rules: Rules) -> State:
    """The same state without what can change nothing any more, so that there are fewer of them."""
    callers = tuple([_kept(one, rules) for one in state.callers])
    return State(
        callers,
        state.on_call,
        state.offers,
        _still_wanted(state.looked, callers, rules) if any(state.looked) else state.looked,
        state.legs,
        state.ends_written & state.legs,
        frozenset(one for one in state.lost_due if _is_bound(one, callers))
        if state.lost_due
        else state.lost_due,
    )


def _kept(caller: Caller, rules: Rules) -> Caller:
    """Who is gone is all over; who is never looked for again needs no place in the line."""
    if caller.row is Row.OVER and caller.leg is Leg.GONE:
        return DONE
    if caller.is_ahead and (caller.row is Row.OVER or caller.generation > rules.last_generation):
        return caller._replace(is_ahead=False)
    return caller


def _still_wanted(looked: tuple[Look, ...], callers: tuple[Caller, ...], rules: Rules) -> tuple[Look, ...]:
    kept = (tuple(one for one in look if _still_counts(one, callers, rules)) for look in looked)
    return tuple(sorted(kept))  # the clocks are alike


def _is_bound(leg: AgentLeg, callers: tuple[Caller, ...]) -> bool:
    caller = callers[leg.caller]
    return (caller.agent, caller.generation) == (leg.agent, leg.generation)


def _still_counts(seen: Offer, callers: tuple[Caller, ...], rules: Rules) -> bool:
    caller = callers[seen.caller]
    return caller.row is not Row.OVER and (
        caller.generation == seen.generation or not rules.compares_when_storing
    )


def _with(state: State, number: int, caller: Caller) -> State:
    return State(_set(state.callers, number, caller), *state[1:])  # in half the time of _replace


def _memory(state: State, clock: int, seen: Look) -> State:
    return state._replace(looked=_set(state.looked, clock, seen))


def _set(values: tuple[T, ...], index: int, value: T) -> tuple[T, ...]:
    return (*values[:index], value, *values[index + 1 :])
