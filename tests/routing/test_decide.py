"""The right agent for every caller."""

import json
from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from routing.decide import decide
from routing.match import may_take, place
from routing.plan import Plan, Stage
from routing.skills import who_knows
from routing.snapshot import FreeAgent, MakeOffer, Snapshot, Strategy, WaitingCaller
from routing.strategies import lot

HELD = {"french": {"ann": 80, "ben": 20}, "repairs": {"ben": 30, "cem": 90}}
SALES, HELP = ("northwind", "sales"), ("northwind", "help")


def caller(name: str, **known: Any) -> WaitingCaller:
    return replace(WaitingCaller(name, SALES, rank_at=100.0), **known)


def agent(name: str, *queues: tuple[str, str], **known: Any) -> FreeAgent:
    return FreeAgent(name, frozenset(queues or {SALES}))._replace(**known)


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


def test_fewest_calls_and_least_talk_go_by_what_was_done_in_this_shift() -> None:
    busy = agent("ann", calls=9, talk_seconds=100.0, last_offer_at=1.0)
    chatty = agent("ben", calls=3, talk_seconds=900.0, last_offer_at=2.0)
    rooms = {
        how: Snapshot((caller("c", strategy=how),), (busy, chatty))
        for how in (Strategy.LONGEST_IDLE, Strategy.FEWEST_CALLS, Strategy.LEAST_TALK)
    }

    rung = {how: decide(room, now=200.0)[0].agent_id for how, room in rooms.items()}

    assert rung == {
        Strategy.LONGEST_IDLE: "ann",
        Strategy.FEWEST_CALLS: "ben",
        Strategy.LEAST_TALK: "ann",
    }


def test_linear_goes_by_the_written_order_and_then_to_the_longest_idle_of_the_others() -> None:
    agents: tuple[FreeAgent, ...] = (
        agent("ann", last_offer_at=50.0),
        agent("ben", last_offer_at=1.0),
        agent("cem", last_offer_at=99.0),
        agent("dee", last_offer_at=9.0),
    )
    told = caller("c", strategy=Strategy.LINEAR, plan=Plan(order=("cem", "ann")))

    order = []
    while agents:
        (offer,) = decide(Snapshot((told,), agents), now=200.0)
        order.append(offer.agent_id)
        agents = tuple(one for one in agents if one.id != offer.agent_id)

    assert order == ["cem", "ann", "ben", "dee"]


def test_random_gives_each_agent_as_many_callers_as_lots_and_draws_anew_for_each_offer() -> None:
    agents = tuple(agent(name) for name in ("ann", "ben", "cem"))
    plan = Plan(weights={"ann": 3})
    won = Counter(
        decide(Snapshot((caller(f"c{one}", strategy=Strategy.RANDOM, plan=plan),), agents), now=200.0)[
            0
        ].agent_id
        for one in range(5_000)
    )

    assert 0.57 < won["ann"] / 5_000 < 0.63
    assert 0.17 < won["ben"] / 5_000 < 0.23
    offers = {lot(caller("c", offers_made=count), "ann") for count in range(50)}
    assert len(offers) == 50
    assert lot(caller("c"), "ann") == lot(caller("c"), "ann")


def test_broadcast_rings_everybody_who_is_able_and_the_first_caller_has_them_all() -> None:
    agents = (agent("ann"), agent("ben"), agent("cem", HELP), agent("dee", not_before_at=300.0))
    first, second = (caller(name, strategy=Strategy.BROADCAST) for name in ("a", "b"))

    offers = decide(Snapshot((second, first), agents), now=200.0)

    assert {(offer.waiting_id, offer.agent_id) for offer in offers} == {("a", "ann"), ("a", "ben")}


def test_who_was_rung_in_vain_is_not_rung_again_where_each_is_rung_once() -> None:
    room = Snapshot((caller("c", tried=frozenset({"ann"})),), (agent("ann"),))

    assert decide(room, now=200.0) == ()


def test_a_ring_without_a_queue_is_for_those_who_are_meant_alone() -> None:
    meant = caller("c", queue=("northwind", "@ben"), plan=Plan(only=("ben",)))

    offers = decide(Snapshot((meant,), (agent("ann"), agent("ben", HELP))), now=200.0)

    assert offers == (MakeOffer("c", "ben"),)


@given(
    st.builds(
        Plan,
        st.none() | st.lists(st.text(max_size=5), max_size=3).map(tuple),
        st.lists(st.text(max_size=5), max_size=3).map(tuple),
        st.dictionaries(st.text(max_size=5), st.integers(1, 100), max_size=3),
        st.dictionaries(st.text(max_size=5), st.integers(5, 120).map(float), max_size=3),
        wrap_up_seconds=st.dictionaries(st.text(max_size=5), st.integers(0, 120).map(float), max_size=3),
    )
)
def test_a_plan_is_kept_as_it_is(plan: Plan) -> None:
    assert Plan.load(json.loads(json.dumps(plan.dump()))) == plan


QUEUES = st.sampled_from([SALES, HELP, ("marlow", "sales")])
CALLERS = st.lists(
    st.builds(
        WaitingCaller,
        st.uuids().map(str),
        QUEUES,
        st.floats(0, 1e4),
        st.none() | st.floats(0, 1e4),
        st.none(),
        st.sampled_from(Strategy),
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
    assert len({offer.agent_id for offer in offers}) == len(offers)
    rung = Counter(offer.waiting_id for offer in offers)
    assert all(count == 1 or whom[name].strategy is Strategy.BROADCAST for name, count in rung.items())


@given(CALLERS, AGENTS)
def test_deciding_again_after_the_offers_gives_none(
    callers: list[WaitingCaller], agents: list[FreeAgent]
) -> None:
    offers = decide(Snapshot(tuple(callers), tuple(agents)), now=100.0)

    offered, rung = {offer.waiting_id for offer in offers}, {offer.agent_id for offer in offers}
    rest = Snapshot(
        tuple(one for one in callers if one.id not in offered or one.strategy is Strategy.BROADCAST),
        tuple(one for one in agents if one.id not in rung),
    )
    assert decide(rest, now=100.0) == ()


@given(CALLERS, AGENTS)
def test_nobody_is_passed_over_for_somebody_behind(
    callers: list[WaitingCaller], agents: list[FreeAgent]
) -> None:
    offers = decide(Snapshot(tuple(callers), tuple(agents)), now=100.0)

    who, whom = {one.id: one for one in agents}, {one.id: one for one in callers}
    for left in whom.keys() - {offer.waiting_id for offer in offers}:
        behind = [offer for offer in offers if place(whom[offer.waiting_id]) > place(whom[left])]
        assert not any(may_take(who[offer.agent_id], whom[left], 100.0) for offer in behind)


def test_skills_relax_with_waiting_and_then_anybody_will_do() -> None:
    stages = (
        Stage(0.0, who_knows([("french", 50)], HELD)),
        Stage(60.0, who_knows([("french", 10)], HELD)),
        Stage(180.0, None),
    )
    waiting = caller("c", plan=Plan(stages=stages), entered_at=1_000.0)

    def able(seconds: float) -> set[str]:
        return {one for one in ("ann", "ben", "cem") if may_take(agent(one), waiting, 1_000.0 + seconds)}

    assert [able(0), able(59.9), able(60), able(180)] == [
        {"ann"},
        {"ann"},
        {"ann", "ben"},
        {"ann", "ben", "cem"},
    ]


def test_who_must_know_two_things_must_know_both() -> None:
    assert who_knows([("french", 10), ("repairs", 30)], HELD) == {"ben"}
    assert who_knows([("french", 10), ("nothing", 1)], HELD) == frozenset()


def test_tiers_open_after_their_time_and_own_agents_are_rung_first() -> None:
    waiting = caller("c", plan=Plan(tiers=((60.0, "help"),)), entered_at=1_000.0)
    own, helper = agent("ann", last_offer_at=900.0), agent("hal", HELP, last_offer_at=0.0)

    assert decide(Snapshot((waiting,), (helper,)), now=1_059.0) == ()
    assert decide(Snapshot((waiting,), (helper,)), now=1_060.0) == (MakeOffer("c", "hal"),)
    assert decide(Snapshot((waiting,), (helper, own)), now=1_060.0) == (MakeOffer("c", "ann"),)
    foreign = agent("eve", ("marlow", "help"))
    assert decide(Snapshot((waiting,), (foreign,)), now=9_999.0) == ()


@given(st.lists(st.tuples(st.floats(0, 1e4), st.none() | st.frozensets(st.text(max_size=3), max_size=3))))
def test_stages_are_kept_as_they_are(stages: list[tuple[float, frozenset[str] | None]]) -> None:
    plan = Plan(stages=tuple(Stage(*one) for one in stages), tiers=((5.0, "help"),))

    assert Plan.load(json.loads(json.dumps(plan.dump()))) == plan


def test_the_preferred_agent_alone_is_rung_until_the_time_is_over_or_that_agent_was_rung() -> None:
    waiting = caller("c", plan=Plan(preferred=("ann", 30.0)), entered_at=1_000.0)

    def rung(now: float, *free: str, **known: Any) -> list[str]:
        room = Snapshot((replace(waiting, **known),), tuple(agent(one) for one in free))
        return [offer.agent_id for offer in decide(room, now)]

    assert rung(1_005.0, "ben") == []
    assert rung(1_005.0, "ann", "ben") == ["ann"]
    assert rung(1_005.0, "ben", offers_made=1, last_agent_id="ann") == ["ben"]
    assert rung(1_030.0, "ben") == ["ben"]
    assert Plan.load(json.loads(json.dumps(waiting.plan.dump()))) == waiting.plan
