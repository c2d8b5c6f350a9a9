"""What agents may become, and when."""

import pytest

from tests.journeys.shop import Shop
from voice.states import Agent


def test_who_goes_away_while_talking_is_away_when_the_notes_are_written(shop: Shop) -> None:
    shop.talk()
    shop.ann.posts("/api/away", reason="lunch")
    assert shop.ann.state == Agent.ON_CALL
    shop.ann.ends()
    shop.ann.becomes(Agent.WRAP_UP)
    shop.ann.posts("/api/wrap-up/end")

    assert shop.ann.state == Agent.AWAY
    assert shop.ann.row.reason == "lunch"


def test_who_changes_her_mind_stays_available_after_the_call(shop: Shop) -> None:
    shop.talk()
    shop.ann.posts("/api/away", reason="lunch")
    shop.ann.posts("/api/available")
    shop.ann.ends()
    shop.ann.posts("/api/wrap-up/end")

    assert shop.ann.state == Agent.AVAILABLE


def test_who_ends_the_shift_while_talking_goes_home_after_the_notes(shop: Shop) -> None:
    shop.talk()
    shop.ann.posts("/api/shift/end")
    shop.ann.ends()
    shop.ann.becomes(Agent.OFFLINE, within=40)
    waiting = shop.joins_queue()
    shop.waits(10)

    assert shop.ann.is_silent()
    assert not waiting.is_over


def test_notes_may_be_ended_early_and_the_next_caller_rings(shop: Shop) -> None:
    shop.talk()
    shop.joins_queue("+12025550199")
    shop.ann.ends()
    shop.waits(2)
    shop.ann.posts("/api/wrap-up/end")

    shop.ann.rings(within=2)


@pytest.mark.both_stores
def test_a_desk_that_falls_silent_is_unreachable_and_available_again_when_it_answers(shop: Shop) -> None:
    shop.ann.starts_shift()
    shop.ann.closes_laptop()
    shop.ann.becomes(Agent.UNREACHABLE, within=35)
    shop.ann.opens_page()

    shop.ann.becomes(Agent.AVAILABLE, within=15)


def test_a_page_that_answers_pings_for_ten_minutes_stays_available(shop: Shop) -> None:
    shop.ann.starts_shift()
    shop.waits(600)

    assert shop.ann.state == Agent.AVAILABLE


def test_the_longest_idle_agent_is_rung_first(shop: Shop) -> None:
    shop.talk()
    shop.ann.ends()
    shop.ann.posts("/api/wrap-up/end")
    shop.ben.starts_shift()
    shop.joins_queue("+12025550199")

    shop.ben.rings(within=2)
    assert shop.ann.is_silent()


@pytest.mark.both_stores
def test_two_callers_and_two_agents_all_meet(shop: Shop) -> None:
    first, second = shop.joins_queue(), shop.joins_queue("+12025550199")
    shop.ann.starts_shift()
    shop.ben.starts_shift()
    shop.ann.rings()
    shop.ben.rings()
    shop.ben.accepts()
    shop.ann.accepts()

    shop.ann.talks_to(first)
    shop.ben.talks_to(second)
    assert shop.ann.leg.hears_nothing_of(second)
    assert shop.ben.leg.hears_nothing_of(first)


def test_nobody_clicks_for_another(shop: Shop) -> None:
    shop.talk()

    shop.ben.posts(f"/api/calls/{shop.ann.call_id()}/end", expect=410)
    shop.ben.posts(f"/api/calls/{shop.ann.call_id()}/hold", expect=410)
    assert shop.ann.state == Agent.ON_CALL
