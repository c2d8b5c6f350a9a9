"""Who is let into a queue and who leaves it again: who must be there, and how long a newcomer would wait."""

from pathlib import Path

import pytest
from sqlalchemy import select

from simulator.handset import Caller
from tests.journeys.northwind import FLOW
from tests.journeys.shop import Shop
from voice import models


def flow(queue: str) -> str:
    """The shop's flow with other terms for its queue, and an answer for each way not to be let in."""
    return (
        FLOW.replace("max_wait: 10m}", f"max_wait: 10m, {queue}}}")
        .replace("    full: busy\n", "    full: busy\n    no_agents: nobody\n    too_long: rush\n")
        .replace(
            "  busy:\n",
            '  nobody:\n    hangup: "Nobody is here."\n  rush:\n    hangup: "You would wait too long."\n  busy:\n',
            1,
        )
    )


@pytest.fixture
def made(tmp_path: Path, request: pytest.FixtureRequest) -> Shop:
    return Shop(tmp_path, flow=flow(request.param))


def asks(shop: Shop, number: str) -> Caller:
    caller = shop.rings_up(number)
    caller.hears("For orders, press 1")
    caller.presses("1")
    return caller


def is_answered(shop: Shop, number: str) -> None:
    """Somebody is answered by Ann, who goes home afterwards."""
    caller = shop.joins_queue(number)
    shop.ann.starts_shift()
    shop.ann.rings()
    shop.ann.accepts()
    shop.ann.talks_to(caller)
    shop.ann.ends()
    shop.ann.posts("/api/shift/end")


def remembers_answers(shop: Shop, waited: float, ago: float) -> None:
    """As if the answers so far had been given some time ago, after so much waiting."""
    with shop.rt.write() as tx:
        for row in tx.scalars(select(models.Waiting).where(models.Waiting.state == "connected")):
            row.state_at = shop.now - ago
            row.entered_at = row.state_at - waited


@pytest.mark.parametrize("made", ["join_if: free"], indirect=True)
def test_only_who_could_be_rung_for_at_once_is_let_in_where_the_queue_says_so(made: Shop) -> None:
    made.ann.starts_shift()
    first = made.joins_queue()
    made.ann.rings()
    asks(made, "+12025550199").hears("Nobody is here")

    made.ann.accepts()
    made.ann.talks_to(first)
    made.sim.assert_quiet()


@pytest.mark.parametrize("made", ["join_if: not_away"], indirect=True)
def test_those_who_are_all_away_are_as_nobody_where_the_queue_says_so(made: Shop) -> None:
    made.ann.starts_shift()
    made.ann.posts("/api/away", reason="lunch")
    asks(made, "+12025550199").hears("Nobody is here")

    made.ann.posts("/api/available")
    made.joins_queue()
    made.ann.rings()


@pytest.mark.parametrize("made", ["max_estimate: 1m, join_if: always"], indirect=True)
def test_a_caller_who_would_wait_too_long_is_diverted_but_never_the_first(made: Shop) -> None:
    for number in ("+12025550181", "+12025550182"):
        is_answered(made, number)
    remembers_answers(made, waited=80, ago=0)
    made.ann.starts_shift()
    made.ann.posts("/api/away", reason="lunch")

    made.joins_queue("+12025550183")  # the queue is empty
    asks(made, "+12025550184").hears("You would wait too long")
    remembers_answers(made, waited=80, ago=900)  # what was then says nothing about now
    made.joins_queue("+12025550185")
    made.joins_queue("+12025550186")
    assert [fact.data["why"] for fact in made.facts("enqueue_skipped")] == ["too_long"]


@pytest.mark.parametrize("made", ["max_per_agent: 2"], indirect=True)
def test_so_many_wait_for_each_agent_who_is_there_and_no_more(made: Shop) -> None:
    made.ann.starts_shift()
    talking = made.joins_queue("+12025550181")
    made.ann.rings()
    made.ann.accepts()
    made.ann.talks_to(talking)
    made.joins_queue("+12025550182")
    made.joins_queue("+12025550183")
    asks(made, "+12025550184").hears("You would wait too long")

    made.ben.starts_shift()
    made.ben.rings()  # for one of the two; who is rung for still waits
    made.joins_queue("+12025550185")
    made.joins_queue("+12025550186")
    asks(made, "+12025550187").hears("You would wait too long")
    assert len({row.call_id for row in made.rows(models.Waiting)}) == 5
    made.sim.assert_quiet()


STAYS = "stay_if: signed_in, stay_for: 8s"


@pytest.mark.parametrize("made", [STAYS], indirect=True)
def test_when_the_last_agent_has_gone_home_those_who_wait_are_sent_on(made: Shop) -> None:
    made.ann.starts_shift()
    made.ben.starts_shift()
    made.ann.posts("/api/away", reason="lunch")
    made.ben.posts("/api/away", reason="lunch")
    caller = made.joins_queue()
    made.waits(10)
    made.ann.posts("/api/shift/end")
    made.waits(10)
    assert made.only(models.Waiting).left_as is None  # Ben is only away

    made.ben.posts("/api/shift/end")
    made.waits(5)
    assert made.only(models.Waiting).left_as is None
    caller.hears("Nobody is here", within=30)
    caller.ends()
    left = made.only(models.Waiting)
    assert (left.left_as, made.only_call().queue) == ("no_agents", "orders")
    assert [fact.data["why"] for fact in made.facts("dequeued")] == ["no_agents"]


@pytest.mark.parametrize("made", [STAYS], indirect=True)
def test_who_comes_back_in_time_finds_the_callers_still_waiting(made: Shop) -> None:
    made.ann.starts_shift()
    made.ann.posts("/api/away", reason="lunch")
    caller = made.joins_queue()
    made.ann.posts("/api/shift/end")
    made.waits(5)
    made.ann.starts_shift()
    made.ann.rings()
    made.ann.accepts()

    made.ann.talks_to(caller)


@pytest.mark.both_stores
def test_who_helps_out_counts_as_being_there_and_a_break_only_where_it_may(shop: Shop) -> None:
    shop.publishes(
        flow("stay_if: not_away, join_if: not_away, stay_for: 5s, tiers: {help: 10m}}, help: {").replace(
            "}, help: {", "}\n  help: {"
        )
    )
    with shop.rt.write() as tx:
        tx.add(models.QueueMember(merchant_id="northwind", queue="help", agent_id="us_ben"))
        tx.delete(tx.get_one(models.QueueMember, ("northwind", "orders", "us_ben")))
    shop.ben.starts_shift()
    caller = shop.joins_queue()
    shop.waits(10)
    assert shop.only(models.Waiting).left_as is None

    shop.ben.posts("/api/away", reason="lunch")
    caller.hears("Nobody is here", within=30)
