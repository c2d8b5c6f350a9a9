"""Time for notes: it begins by itself, may be ended early or made longer within bounds, and what was wished comes after."""

from tests.journeys.shop import Shop
from voice.states import Agent


def in_wrap_up(shop: Shop) -> None:
    shop.talk(1)
    shop.ann.ends()
    shop.ann.becomes(Agent.WRAP_UP, within=5)


def test_the_queue_says_how_long_notes_take(shop: Shop) -> None:
    in_wrap_up(shop)
    shop.waits(28)
    assert shop.ann.state == Agent.WRAP_UP

    shop.ann.becomes(Agent.AVAILABLE, within=4)


def test_an_agent_takes_more_time_and_no_caller_comes_meanwhile(shop: Shop) -> None:
    in_wrap_up(shop)
    shop.ann.posts("/api/wrap-up/extend")
    shop.joins_queue("+12025550199")
    shop.waits(35)
    assert (shop.ann.state, shop.ann.is_silent()) == (Agent.WRAP_UP, True)

    shop.ann.rings(within=60)


def test_more_time_is_for_notes_and_ends_where_the_installation_says(shop: Shop) -> None:
    shop.talk(1)
    shop.ann.posts("/api/wrap-up/extend", expect=409)
    shop.ann.ends()
    shop.ann.becomes(Agent.WRAP_UP, within=5)
    began = shop.ann.row.since_at
    for _ in range(10):
        shop.ann.posts("/api/wrap-up/extend")
    refused = shop.ann.posts("/api/wrap-up/extend", expect=409)

    assert shop.ann.row.until_at == began + shop.rt.settings.wrap_up_longest_seconds
    assert "cannot become longer" in refused["message"]


def test_what_was_wished_during_the_call_comes_after_longer_notes(shop: Shop) -> None:
    shop.talk(1)
    shop.ann.posts("/api/shift/end")
    shop.ann.ends()
    shop.ann.becomes(Agent.WRAP_UP, within=5)
    shop.ann.posts("/api/wrap-up/extend")
    shop.waits(32)
    assert shop.ann.state == Agent.WRAP_UP
    shop.ann.posts("/api/wrap-up/end")

    assert shop.ann.state == Agent.OFFLINE


def test_who_lets_it_ring_is_away_as_missed_until_a_word_of_theirs(shop: Shop) -> None:
    shop.ann.starts_shift()
    shop.joins_queue()
    shop.ann.rings()
    shop.ann.becomes(Agent.AWAY, within=25)
    assert shop.ann.row.reason == "missed"
    shop.waits(15)
    assert shop.ann.is_silent()
    shop.ann.posts("/api/available")

    shop.ann.rings(within=3)
