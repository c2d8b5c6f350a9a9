"""What must be so at every moment: the five promises of decision 170, as tests/machine/promises.py has them for the program."""

from functools import cache

from tests.model.decide import Floor, Row, Rules, is_idle_beside_waiting, looks, stored
from tests.model.protocol import AgentLeg, Caller, Leg, State, floor

OWNED = (Row.CLAIMED, Row.BRIDGING, Row.CONNECTED)


def fault(state: State, rules: Rules) -> str | None:
    """The first thing that is wrong, in words; None when all is well."""
    return (
        _double_bridge(state)
        or _double_ownership(state)
        or _strangers(state)
        or _stranded(state)
        or _passed_over(state)
        or _left_over(floor(state), rules)
    )


def _double_bridge(state: State) -> str | None:
    pairs = _bridged(state)
    if len({leg.agent for _, leg in pairs}) < len(pairs):
        return "an agent talks with two callers"
    if len({number for number, _ in pairs}) < len(pairs):
        return "a caller talks with two agents"
    return None


def _double_ownership(state: State) -> str | None:
    owners = [caller.agent for caller in state.callers if caller.row in OWNED]
    if len(set(owners)) < len(owners):
        return "an agent has two callers"
    for agent in range(len(state.on_call)):
        rings = sum(1 for offer in state.offers if offer.agent == agent)
        if rings > 1 or (rings and state.on_call[agent]):
            return "an agent rings twice, or in a talk"
        if state.on_call[agent] != (agent in owners):
            return "an agent is kept for a caller who is not theirs"
    return None


def _strangers(state: State) -> str | None:
    """Who hears each other belongs together, or is about to be parted."""
    for number, leg in _bridged(state):
        caller = state.callers[number]
        belongs = (caller.agent, caller.generation) == (leg.agent, leg.generation)
        if not belongs and leg not in state.ends_written and not _is_poked(caller):
            return "a caller talks with an agent who is not theirs"
    return None


def _stranded(state: State) -> str | None:
    """Every leg is somewhere where something is going to happen to it. A waiting caller has a deadline by being one."""
    for number, caller in enumerate(state.callers):
        if caller.leg in (Leg.GONE, Leg.FETCHING) or _is_poked(caller):
            continue
        if caller.row is Row.OVER:
            return "a caller is forgotten: the row is over, the leg is not"
        if caller.row is Row.WAITING and caller.leg is Leg.ROOM:
            return "a caller waits in an empty room"
        if caller.row is Row.BRIDGING and caller.leg is Leg.QUEUE:
            continue  # the claim's deadline takes the caller back
        if caller.row is Row.CONNECTED and not _has_agent(state, number):
            return "a caller is connected with nobody"
    return None


def _passed_over(state: State) -> str | None:
    if any(offer.is_unfair for offer in state.offers):
        return "a caller is passed over"
    return None


@cache
def _left_over(seen: Floor, rules: Rules) -> str | None:
    """A clock's round that nobody disturbs leaves nobody idle beside somebody who waits, and nothing to decide.

    The model has no time: two seconds are two rounds, and every clock makes one in each of them.
    """
    if not is_idle_beside_waiting(seen, rules):
        return None
    for after in [stored(seen, look, rules) for look in looks(seen, rules)] or [seen]:
        if is_idle_beside_waiting(after, rules):
            return "an agent is idle beside a waiting caller"
        if looks(after, rules):
            return "what was decided is decided again"
    return None


def _bridged(state: State) -> list[tuple[int, AgentLeg]]:
    return [
        (leg.caller, leg)
        for leg in state.legs
        if leg.is_inside
        and state.callers[leg.caller].leg is Leg.ROOM
        and state.callers[leg.caller].room == leg.generation
    ]


def _has_agent(state: State, number: int) -> bool:
    caller = state.callers[number]
    return any(
        (leg.agent, leg.caller, leg.generation) == (caller.agent, number, caller.generation)
        for leg in state.legs | state.lost_due
    )


def _is_poked(caller: Caller) -> bool:
    return caller.poke_written or caller.poke_sent is not None
