"""Whatever agents and their browsers do, the caller keeps the place."""

import pytest

from tests.journeys.shop import Shop
from voice.states import Agent, CallEnd


@pytest.mark.both_stores
def test_a_decline_passes_the_caller_on_and_rests_the_agent(shop: Shop) -> None:
    shop.ann.starts_shift()
    caller = shop.joins_queue()
    shop.ann.rings()
    shop.ben.starts_shift()
    shop.ann.declines()

    shop.ben.rings(within=2)
    assert shop.ann.state == Agent.AVAILABLE
    shop.ben.accepts()
    shop.ben.talks_to(caller)


def test_a_lone_agent_who_declines_is_asked_again_after_ten_seconds(shop: Shop) -> None:
    shop.ann.starts_shift()
    shop.joins_queue()
    shop.ann.rings()
    shop.ann.declines()

    shop.waits(9)
    assert shop.ann.is_silent()
    shop.ann.rings(within=3)


@pytest.mark.both_stores
def test_a_ring_out_makes_the_agent_away_and_the_next_one_rings(shop: Shop) -> None:
    shop.ann.starts_shift()
    caller = shop.joins_queue()
    shop.ann.rings()
    shop.ben.starts_shift()
    shop.ben.rings(within=25)

    assert shop.ann.state == Agent.AWAY
    assert [fact.agent_id for fact in shop.facts("rang_out")] == ["us_ann"]
    shop.ben.accepts()
    shop.ben.talks_to(caller)


def test_a_desk_that_does_not_acknowledge_is_unreachable_after_three_seconds(shop: Shop) -> None:
    shop.ann.starts_shift()
    shop.ann.acknowledges = False
    shop.joins_queue()
    shop.ann.rings()
    shop.ben.starts_shift()

    shop.ben.rings(within=6)
    assert [fact.kind for fact in shop.facts("unacknowledged")] == ["unacknowledged"]


def test_an_offer_that_nobody_could_be_shown_is_not_the_agents_fault(shop: Shop) -> None:
    shop.ann.starts_shift()
    shop.ann.loses_stream()
    shop.joins_queue()
    shop.waits(8)

    assert shop.facts("undelivered")
    assert shop.ann.state in (Agent.AVAILABLE, Agent.RINGING)


def test_a_browser_that_vanishes_while_ringing_gives_the_caller_to_the_next(shop: Shop) -> None:
    shop.ann.starts_shift()
    caller = shop.joins_queue()
    shop.ann.rings()
    shop.ann.closes_laptop()
    shop.ben.starts_shift()

    shop.ben.rings(within=25)
    shop.ben.accepts()
    shop.ben.talks_to(caller)


@pytest.mark.both_stores
def test_a_phone_that_never_comes_releases_the_claim_and_the_caller_never_left_the_music(shop: Shop) -> None:
    shop.ann.starts_shift()
    caller = shop.joins_queue()
    shop.ann.rings()
    shop.ann.accepts(connects=False)
    shop.ben.starts_shift()
    shop.ben.rings(within=12)

    assert shop.ann.state == Agent.AWAY
    assert caller.hears_music(within=1)
    shop.ben.accepts()
    shop.ben.talks_to(caller)


def test_a_phone_that_comes_too_late_hears_that_the_caller_is_gone(shop: Shop) -> None:
    shop.ann.starts_shift()
    caller = shop.joins_queue()
    shop.ann.rings()
    shop.ann.accepts(connects=False)
    shop.waits(10)
    shop.ann.connects()

    shop.ann.leg.hears("no longer waiting for you")
    assert shop.ann.leg.hears_nothing_of(caller)


@pytest.mark.both_stores
def test_an_agent_who_vanishes_in_the_talk_may_rejoin(shop: Shop) -> None:
    caller = shop.talk()
    shop.ann.closes_laptop()
    caller.hears("we lost your agent for a moment")
    caller.hears_music()
    shop.waits(4)
    shop.ann.opens_page()
    shop.waits(2)
    assert shop.ann.snapshot["rejoin"]
    shop.ann.connects()

    shop.ann.talks_to(caller)
    assert [fact.kind for fact in shop.facts("agent_vanished", "agent_rejoined")] == [
        "agent_vanished",
        "agent_rejoined",
    ]


def test_a_reload_in_the_talk_brings_the_desk_back_to_the_same_call(shop: Shop) -> None:
    caller = shop.talk()
    shop.ann.leg.hangs_up()
    shop.ann.connects()

    shop.ann.talks_to(caller)
    shop.waits(20)
    shop.ann.talks_to(caller)


@pytest.mark.both_stores
def test_nobody_comes_back_so_the_caller_goes_to_the_head_of_the_queue(shop: Shop) -> None:
    caller = shop.talk()
    other = shop.joins_queue("+12025550199")
    shop.ann.closes_laptop()
    caller.hears("we lost your agent for a moment")
    shop.waits(20)
    shop.ben.starts_shift()
    shop.ben.rings()
    shop.ben.accepts()

    shop.ben.talks_to(caller)
    assert not other.is_over
    assert shop.ann.state == Agent.UNREACHABLE


def test_a_browser_that_vanishes_while_connecting_gives_the_caller_to_the_next(shop: Shop) -> None:
    shop.ann.starts_shift()
    caller = shop.joins_queue()
    shop.ann.rings()
    shop.ann.accepts()
    shop.sim.advance(0.02)
    shop.ann.closes_laptop()
    shop.ben.starts_shift()

    shop.ben.rings(within=30)
    shop.ben.accepts()
    shop.ben.talks_to(caller)


def test_the_caller_hangs_up_while_the_desk_rings(shop: Shop) -> None:
    shop.ann.starts_shift()
    caller = shop.joins_queue()
    shop.ann.rings()
    caller.hangs_up()

    shop.ann.becomes(Agent.AVAILABLE, within=3)
    shop.waits(3)
    assert shop.ann.is_silent()
    assert shop.only_call().ended_as == CallEnd.ABANDONED


def test_the_caller_hangs_up_while_the_agent_connects(shop: Shop) -> None:
    shop.ann.starts_shift()
    caller = shop.joins_queue()
    shop.ann.rings()
    shop.ann.accepts(connects=False)
    caller.hangs_up()
    shop.waits(1)
    shop.ann.connects()

    shop.ann.leg.hears("no longer waiting for you")
    assert shop.ann.state == Agent.AVAILABLE


@pytest.mark.both_stores
def test_the_caller_hangs_up_when_the_agent_stands_at_the_fence(shop: Shop) -> None:
    shop.ann.starts_shift()
    caller = shop.joins_queue()
    shop.ann.rings()
    shop.ann.accepts()
    caller.hangs_up()

    shop.ann.leg.ends(within=12)
    shop.ann.becomes(Agent.AVAILABLE, within=12)
    assert shop.only_call().ended_as == CallEnd.ABANDONED


def test_the_caller_hangs_up_while_waiting_for_a_vanished_agent(shop: Shop) -> None:
    caller = shop.talk()
    shop.ann.closes_laptop()
    caller.hears("we lost your agent for a moment")
    caller.hangs_up()
    shop.waits(20)

    assert shop.only_call().ended_as == CallEnd.ANSWERED
    assert shop.ann.state in (Agent.WRAP_UP, Agent.UNREACHABLE)
    assert not shop.facts("requeued")
