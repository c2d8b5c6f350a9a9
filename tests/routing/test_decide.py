"""The right agent for every caller."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from routing.decide import decide
from routing.match import may_take, place
from routing.snapshot import FreeAgent, MakeOffer, Snapshot, WaitingCaller

SALES, HELP = ("northwind", "sales"), ("northwind", "help")


def caller(name: str, **known: object) -> WaitingCaller:
    return replace(WaitingCaller(name, SALES, rank_at=100.0), **known)  # type: ignore[arg-type]


def agent(name: str, *queues: tuple[str, str], **known: object) -> FreeAgent:
    return replace(FreeAgent(name, frozenset(queues or {SALES})), **known)  # type: ignore[arg-type]


def test_the_longest_idle_agent_is_offered_first() -> None:
    room = Snapshot((caller("c"),), (agent("ann", last_offer_at=50.0), agent("ben", last_offer_at=10.0)))

    assert decide(room, now=200.0) == (MakeOffer("c", "ben"),)


def test_the_caller_who_entered_first_is_served_first() -> None:
    room = Snapshot((caller("late", rank_at=120.0), caller("early", rank_at=90.0)), (agent("ann"),))

    assert decide(room, now=200.0) == (MakeOffer("early", "ann"),)


def test_a_caller_back_at_the_head_goes_before_everybody() -> None:
    room = Snapshot(
        (caller("first", rank_at=10.0), caller("back", rank_at=90.0, head_at=190.0)), (agent("ann"),)
    )

    assert decide(room, now=200.0) == (MakeOffer("back", "ann"),)


def test_an_agent_who_declined_rests_until_the_back_off_is_over() -> None:
    room = Snapshot((caller("c"),), (agent("ann", not_before_at=210.0),))

    assert decide(room, now=209.0) == ()
    assert decide(room, now=210.0) == (MakeOffer("c", "ann"),)


def test_the_same_agent_is_not_rung_twice_in_a_row_unless_nobody_else_can() -> None:
    idle_longer = agent("ann", last_offer_at=0.0)
    room = Snapshot((caller("c", last_agent_id="ann"),), (idle_longer, agent("ben", last_offer_at=99.0)))

    assert decide(room, now=200.0) == (MakeOffer("c", "ben"),)
    assert decide(replace(room, agents=(idle_longer,)), now=200.0) == (MakeOffer("c", "ann"),)


def test_nobody_of_another_queue_is_rung() -> None:
    assert decide(Snapshot((caller("c"),), (agent("ann", HELP),)), now=200.0) == ()


QUEUES = st.sampled_from([SALES, HELP, ("marlow", "sales")])
CALLERS = st.lists(
    st.builds(
        WaitingCaller,
        st.uuids().map(str),
        QUEUES,
        st.floats(0, 1e4),
        st.none() | st.floats(0, 1e4),
        st.none(),
    ),
    max_size=12,
    unique_by=lambda one: one.id,
)
AGENTS = st.lists(
    st.builds(FreeAgent, st.uuids().map(str), st.frozensets(QUEUES), st.floats(0, 1e4), st.floats(0, 200)),
    max_size=12,
    unique_by=lambda one: one.id,
)


@given(CALLERS, AGENTS)
def test_each_offer_is_for_an_able_agent_and_nobody_is_in_two(
    callers: list[WaitingCaller], agents: list[FreeAgent]
) -> None:
    offers = decide(Snapshot(tuple(callers), tuple(agents)), now=100.0)

    who, whom = {one.id: one for one in agents}, {one.id: one for one in callers}
    assert all(may_take(who[offer.agent_id], whom[offer.waiting_id], 100.0) for offer in offers)
    assert (
        len({offer.agent_id for offer in offers})
        == len({offer.waiting_id for offer in offers})
        == len(offers)
    )


@given(CALLERS, AGENTS)
def test_deciding_again_after_the_offers_gives_none(
    callers: list[WaitingCaller], agents: list[FreeAgent]
) -> None:
    offers = decide(Snapshot(tuple(callers), tuple(agents)), now=100.0)

    offered, rung = {offer.waiting_id for offer in offers}, {offer.agent_id for offer in offers}
    rest = Snapshot(
        tuple(one for one in callers if one.id not in offered),
        tuple(one for one in agents if one.id not in rung),
    )
    assert decide(rest, now=100.0) == ()


@given(CALLERS, AGENTS)
def test_nobody_is_passed_over_for_somebody_behind(
    callers: list[WaitingCaller], agents: list[FreeAgent]
) -> None:
    offers = {
        offer.waiting_id: offer.agent_id
        for offer in decide(Snapshot(tuple(callers), tuple(agents)), now=100.0)
    }

    who = {one.id: one for one in agents}
    for left in (one for one in callers if one.id not in offers):
        behind = [one for one in callers if one.id in offers and place(one) > place(left)]
        assert not any(may_take(who[offers[one.id]], left, 100.0) for one in behind)
