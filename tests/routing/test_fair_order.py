"""Across all queues and merchants of an agent there is one order, and nobody waits for ever in it."""

from dataclasses import dataclass
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from routing.decide import decide
from routing.match import may_take, place
from routing.snapshot import FreeAgent, MakeOffer, QueueKey, Snapshot, WaitingCaller

SALES, HELP, MARLOW = ("northwind", "sales"), ("northwind", "help"), ("marlow", "sales")
QUEUES = st.sampled_from([SALES, HELP, MARLOW])
MINUTE = 60.0


@dataclass(frozen=True)
class Joining:
    """Somebody joins a queue so many seconds after the one before, with a head start."""

    queue: QueueKey
    seconds: int
    priority_minutes: int


JOININGS = st.lists(
    st.builds(Joining, QUEUES, st.integers(0, 40), st.integers(0, 10)), min_size=1, max_size=40
)
AGENTS = st.lists(st.frozensets(QUEUES, min_size=1), min_size=1, max_size=4)


def test_a_minute_of_priority_is_a_minute_of_waiting_in_whichever_queue_or_shop() -> None:
    ann = FreeAgent("ann", frozenset({SALES, MARLOW}))
    waits = WaitingCaller("waits", SALES, rank_at=100.0)
    ahead = WaitingCaller("ahead", MARLOW, rank_at=219.0 - 2 * MINUTE)  # 119 s later, with two minutes
    behind = WaitingCaller("behind", MARLOW, rank_at=221.0 - 2 * MINUTE)

    assert decide(Snapshot((waits, ahead), (ann,)), now=300.0) == (MakeOffer("ahead", "ann"),)
    assert decide(Snapshot((waits, behind), (ann,)), now=300.0) == (MakeOffer("waits", "ann"),)


@given(JOININGS, AGENTS, st.data())
def test_nobody_starves_however_many_come_later_with_a_head_start(
    joinings: list[Joining], teams: list[frozenset[QueueKey]], data: st.DataObject
) -> None:
    """One agent after the other comes free, chosen by chance; callers keep coming meanwhile."""
    agents = [FreeAgent(f"agent{number}", queues) for number, queues in enumerate(teams)]
    waiting: dict[str, WaitingCaller] = {}
    passed: dict[str, int] = {}
    now, everybody = 1_000.0, list[WaitingCaller]()
    coming = list(joinings)
    while coming or any(may_take(agent, one, now) for one in waiting.values() for agent in agents):
        if coming:
            joins = coming.pop(0)
            now += joins.seconds
            name, rank = f"caller{len(everybody):02d}", now - MINUTE * joins.priority_minutes
            caller = WaitingCaller(name, joins.queue, rank_at=rank, entered_at=now)
            everybody.append(caller)
            waiting[name], passed[name] = caller, 0
        free = data.draw(st.sampled_from(agents))
        for offer in decide(Snapshot(tuple(waiting.values()), (free,)), now):
            taken = waiting.pop(offer.waiting_id)
            for one in waiting.values():
                if may_take(free, one, now):
                    assert place(taken) < place(one)
                    passed[one.id] += 1
        if not coming and not any(may_take(free, one, now) for one in waiting.values()):
            agents = [one for one in agents if one != free or len(agents) == 1]
            if agents == [free]:
                break

    for one in everybody:
        sooner = sum(1 for other in everybody if place(other) < place(one))
        assert passed[one.id] <= sooner
        assert passed[one.id] <= sum(1 for other in everybody if other.entered_at <= one.entered_at + 600)


@given(JOININGS, st.randoms(use_true_random=False))
def test_agents_of_all_queues_take_callers_in_one_order_whoever_looks_first(
    joinings: list[Joining], chance: Random
) -> None:
    now, callers = 1_000.0, []
    for number, joins in enumerate(joinings):
        now += joins.seconds
        rank = now - MINUTE * joins.priority_minutes
        callers.append(WaitingCaller(f"caller{number:02d}", joins.queue, rank_at=rank, entered_at=now))
    ann = FreeAgent("ann", frozenset({SALES, HELP, MARLOW}))
    mixed = list(callers)
    chance.shuffle(mixed)

    taken = []
    while mixed:
        (offer,) = decide(Snapshot(tuple(mixed), (ann,)), now)
        ann = ann._replace(last_offer_at=now)
        mixed = [one for one in mixed if one.id != offer.waiting_id]
        taken.append(offer.waiting_id)

    assert taken == [one.id for one in sorted(callers, key=place)]
