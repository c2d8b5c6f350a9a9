"""Several processes decide, accept, lose and end at once: each caller gets one agent, nobody two, and the tables agree."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.postgres.crowd import Crowd, Person, disagreements
from voice import agents, models, offers
from voice.dispatch import decide_everywhere, decide_for_agent
from voice.refusals import Refused
from voice.runtime import Runtime
from voice.store import StoreAway

HANDS, TRIES = 4, 5


@pytest.fixture(params=["sqlite", "postgresql"])
def crowd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Crowd]:
    """A contact centre of six agents, nobody on shift."""
    database = {} if request.param == "sqlite" else {"database_url": request.getfixturevalue("postgres_url")}
    made = Crowd(tmp_path, database)
    yield made
    made.rt.store.close()


def patiently(do: Callable[[], object]) -> None:
    """As Twilio does: whoever hears that the database does not answer asks again."""
    for _ in range(TRIES):
        with suppress(StoreAway):
            do()
            return
    do()


def together(crowd: Crowd, do: Callable[[Runtime], object]) -> list[Exception]:
    """The same by several processes at the same moment; what was raised."""
    line, raised = threading.Barrier(HANDS), list[Exception]()

    def hand(rt: Runtime) -> None:
        line.wait(timeout=30)
        try:
            patiently(lambda: do(rt))
        except Exception as error:
            raised.append(error)
        finally:
            rt.store.close()

    threads = [threading.Thread(target=hand, args=(crowd.new_runtime(),)) for _ in range(HANDS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=60)
    return raised


def rings(rt: Runtime) -> list[models.Offer]:
    """The rings that go on now."""
    with rt.store.read() as tx:
        return list(tx.scalars(select(models.Offer).where(models.Offer.state.in_(("offered", "ringing")))))


def test_people_and_clocks_at_once_leave_tables_that_agree(crowd: Crowd) -> None:
    crowd.starts_shifts()
    crowd.let_loose(people=HANDS, clocks=2, each=40)

    assert not crowd.faults, f"{len(crowd.faults)} faults, the first: {crowd.faults[0]}"
    assert not (found := disagreements(crowd.rt)), found
    assert crowd.done["a phone comes"] > 5, crowd.done


def test_clocks_that_decide_at_once_ring_each_agent_once_for_another_caller(crowd: Crowd) -> None:
    crowd.joins(callers=8)
    with crowd.rt.write() as tx:
        for agent in tx.scalars(select(models.Agent)):
            agent.state, agent.seen_at = "available", crowd.rt.now()

    raised = together(crowd, decide_everywhere)

    assert not raised, raised
    made = rings(crowd.rt)
    assert (
        len({one.agent_id for one in made})
        == len({one.waiting_id for one in made})
        == len(made)
        == crowd.agents
    )
    assert not (found := disagreements(crowd.rt)), found


def test_whoever_accepts_at_once_each_caller_gets_one_agent(crowd: Crowd) -> None:
    crowd.joins(callers=crowd.agents)
    crowd.starts_shifts()
    answers: Counter[str] = Counter()

    def accept_all(rt: Runtime) -> None:
        for ring in rings(rt):
            try:
                won = offers.accept(rt, ring.agent_id, ring.id)
                answers[won["offer"] if won else "asked"] += 1
            except Refused:
                answers["refused"] += 1

    raised = together(crowd, accept_all)

    assert not raised, raised
    with crowd.rt.store.read() as tx:
        facts = list(tx.scalars(select(models.Event.call_id).where(models.Event.kind == "accepted")))
        places = list(tx.scalars(select(models.Waiting)))
    assert len(facts) == len(set(facts)) == crowd.agents
    assert len({place.agent_id for place in places}) == crowd.agents
    assert not (found := disagreements(crowd.rt)), found


def test_an_agent_who_starts_the_shift_at_many_places_rings_once(crowd: Crowd) -> None:
    crowd.joins(callers=3)

    raised = together(crowd, lambda rt: agents.start_shift(rt, "us_0"))

    assert not raised, raised
    assert len(rings(crowd.rt)) == 1
    assert not (found := disagreements(crowd.rt)), found


def test_a_ring_against_which_an_index_stands_leaves_nothing_behind_and_the_fact_stays(crowd: Crowd) -> None:
    crowd.joins(callers=2)
    agents.start_shift(crowd.rt, "us_0")
    before = [one.id for one in rings(crowd.rt)]

    with crowd.rt.write() as tx:  # counted as free while a desk rings: no decision makes that
        tx.execute(
            update(models.Agent).where(models.Agent.id == "us_0").values(state="available", name="Ann")
        )
        made = decide_for_agent(tx, crowd.rt, "us_0")

    assert made == 0
    assert [one.id for one in rings(crowd.rt)] == before
    with crowd.rt.store.read() as tx:
        places = Counter((one.state, one.offers_made) for one in tx.scalars(select(models.Waiting)))
        assert tx.get_one(models.Agent, "us_0").name == "Ann"
    assert places == {("offered", 1): 1, ("waiting", 0): 1}


def test_a_join_that_is_asked_many_times_at_once_takes_one_place_and_gets_one_answer(crowd: Crowd) -> None:
    answers: set[bytes] = set()

    raised = together(crowd, lambda rt: answers.add(Person(crowd, rt, seed=5).joins()))

    assert not raised, raised
    assert len(answers) == 1
    with crowd.rt.store.read() as tx:
        assert (
            len(list(tx.scalars(select(models.Waiting)))) == len(list(tx.scalars(select(models.Call)))) == 1
        )
