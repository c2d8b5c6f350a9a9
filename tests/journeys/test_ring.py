"""An agent or a team is rung without a queue."""

from pathlib import Path

import pytest

from tests.journeys.northwind import FLOW
from tests.journeys.shop import Shop
from voice import models
from voice.states import Agent, CallEnd, Offer

HEAD = FLOW[: FLOW.index("start:")]
RINGS = """
start: hello
fallback: message
steps:
  hello: {ring: WHOM, time: 20s, no_answer: sorry, busy: engaged, away: gone}
  sorry: {hangup: "Nobody answers."}
  engaged: {hangup: "The line is engaged."}
  gone: {hangup: "Nobody is here."}
  message: {voicemail: "Please leave a message.", next: bye}
  bye: {hangup: "Goodbye."}
"""


def ringing(whom: str) -> str:
    return HEAD + RINGS.replace("WHOM", whom)


def with_team(shop: Shop, *agents: str) -> None:
    with shop.rt.write() as tx:
        tx.add(models.Team(merchant_id="northwind", name="Front Desk"))
        tx.flush()
        for agent in agents:
            tx.add(models.TeamMember(merchant_id="northwind", team="Front Desk", agent_id=f"us_{agent}"))


@pytest.mark.both_stores
def test_an_agent_is_rung_by_name_and_nobody_else(shop: Shop) -> None:
    shop.publishes(ringing("ann"))
    shop.ann.starts_shift()
    shop.ben.starts_shift()

    caller = shop.rings_up()
    shop.ann.rings()
    assert caller.hears_music().text == "/audio/ringing.wav"
    assert shop.ben.is_silent()
    shop.ann.accepts()
    shop.ann.talks_to(caller)
    shop.ann.ends()
    shop.waits(3)

    assert shop.only_call().ended_as == CallEnd.ANSWERED
    assert [fact.data["whom"] for fact in shop.facts("agents_rung")] == ["ann"]


@pytest.mark.both_stores
def test_a_whole_team_rings_at_once_and_the_first_has_the_caller(shop: Shop) -> None:
    shop.publishes(ringing("front_desk"))
    with_team(shop, "ann", "ben")
    shop.ann.starts_shift()
    shop.ben.starts_shift()

    caller = shop.rings_up()
    shop.ann.rings()
    shop.ben.rings()
    shop.ben.accepts()
    shop.ben.talks_to(caller)
    shop.waits(2)

    assert shop.ann.is_silent()
    assert shop.ann.state == Agent.AVAILABLE
    assert sorted(row.state for row in shop.rows(models.Offer)) == [Offer.CONNECTED, Offer.WITHDRAWN]


@pytest.mark.parametrize("how", ["declines", "lets it ring"])
def test_when_all_were_rung_in_vain_the_flow_goes_on_before_the_time_is_over(shop: Shop, how: str) -> None:
    shop.publishes(ringing("ann"))
    shop.ann.starts_shift()

    caller = shop.rings_up()
    shop.ann.rings()
    if how == "declines":
        shop.ann.declines()
    caller.hears("Nobody answers", within=8 if how == "declines" else 32)
    shop.waits(3)

    assert shop.only_call().ended_as == CallEnd.MISSED
    assert [fact.data["why"] for fact in shop.facts("ring_ended")] == ["no_answer"]


def test_a_colleague_who_comes_on_shift_meanwhile_is_rung_too(shop: Shop) -> None:
    shop.publishes(ringing("front_desk"))
    with_team(shop, "ann", "ben")
    shop.ann.starts_shift()

    caller = shop.rings_up()
    shop.ann.rings()
    shop.ben.starts_shift()
    shop.ben.rings()
    shop.ann.declines()
    shop.ben.accepts()

    shop.ben.talks_to(caller)


def test_busy_and_away_are_told_at_once(shop: Shop) -> None:
    shop.publishes(ringing("ann"))
    shop.rings_up("+12025550181").hears("Nobody is here", within=5)
    shop.ann.starts_shift()
    talking = shop.rings_up("+12025550182")
    shop.ann.rings()
    shop.ann.accepts()
    shop.ann.talks_to(talking)

    shop.rings_up("+12025550183").hears("The line is engaged", within=5)

    shop.waits(2)
    assert [fact.data["why"] for fact in shop.facts("ring_skipped")] == ["away", "busy"]


def test_who_hangs_up_while_it_rings_abandoned_the_call_and_the_ring_is_taken_back(shop: Shop) -> None:
    shop.publishes(ringing("ann"))
    shop.ann.starts_shift()
    caller = shop.rings_up()
    shop.ann.rings()
    caller.hangs_up()
    shop.waits(2)

    assert shop.ann.is_silent()
    assert shop.only_call().ended_as == CallEnd.ABANDONED


def test_an_agent_who_is_lost_in_the_talk_may_come_back_and_else_the_flow_goes_on(shop: Shop) -> None:
    shop.publishes(ringing("ann"))
    shop.ann.starts_shift()
    caller = shop.rings_up()
    shop.ann.rings()
    shop.ann.accepts()
    shop.ann.talks_to(caller)
    shop.ann.closes_laptop()

    caller.hears("Nobody answers", within=60)


def test_one_side_of_a_talk_is_recorded_where_the_flow_says_so(tmp_path: Path) -> None:
    one_side = FLOW.replace(
        "  greeting:\n", "  first: {recording: on, who: caller, next: greeting}\n  greeting:\n"
    )
    shop = Shop(tmp_path, flow=one_side.replace("start: greeting", "start: first"))
    caller = shop.talk()
    caller.hangs_up()
    shop.waits(5)

    (recording,) = shop.rows(models.Recording)
    assert (recording.channels, recording.state) == (1, "stored")
    assert shop.only(models.Waiting).record_side == "caller"
    shop.sim.assert_quiet()
