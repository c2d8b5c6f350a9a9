"""Nobody of us answers for a while: callers hear the fallback file, hold the line, and come back to where they were."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tests.journeys.shop import Shop
from voice import models
from voice.connect import fallback_document
from voice.states import CallEnd

ELSEWHERE = "http://static.example"


@pytest.fixture
def shop(shop: Shop) -> Shop:
    """A shop whose number has the fallback file, on another host that never fails."""
    flow = shop.rt.books.live_flow("northwind")
    assert flow is not None
    shop.sim.mount(ELSEWHERE, _serving(fallback_document(flow, shop.rt.links)))
    for number in shop.sim.account.numbers.values():
        number.voice_fallback_url, number.voice_fallback_method = f"{ELSEWHERE}/fallback.xml", "GET"
    return shop


@pytest.mark.both_stores
def test_a_waiting_caller_comes_back_to_the_same_place(shop: Shop) -> None:
    first, second = shop.joins_queue(), shop.joins_queue("+12025550199")
    before = places(shop)
    nobody_answers(shop)
    shop.waits(60)
    first.hears("Please hold")
    second.hears("Please hold")
    shop.sim.faults.clear()
    first.hears_music(within=20)
    second.hears_music(within=20)

    assert places(shop) == before
    shop.ann.starts_shift()
    shop.ann.rings()
    shop.ann.accepts()
    shop.ann.talks_to(first)


def test_a_caller_who_dials_meanwhile_gets_in_when_we_are_back(shop: Shop) -> None:
    nobody_answers(shop)
    caller = shop.rings_up()
    caller.hears("Please hold")
    shop.sim.faults.clear()

    caller.hears("For orders, press 1", within=20)
    caller.presses("1")
    caller.hears("You are next")


def test_a_caller_in_the_menu_hears_it_again(shop: Shop) -> None:
    caller = shop.rings_up()
    caller.hears("For orders, press 1")
    nobody_answers(shop)
    caller.presses("1")
    caller.hears("Please hold", within=20)
    shop.sim.faults.clear()

    caller.hears("For orders, press 1", within=20)
    caller.presses("1")
    caller.hears("You are next")
    assert len(shop.rows(models.Waiting)) == 1


def test_an_agent_who_comes_for_a_caller_between_two_tries_gets_the_caller(shop: Shop) -> None:
    caller = shop.joins_queue()
    nobody_answers(shop)
    caller.hears("Please hold", within=40)
    shop.sim.faults.clear()
    shop.ann.starts_shift()
    shop.ann.rings()
    shop.ann.accepts()

    shop.ann.talks_to(caller, within=20)
    caller.hangs_up()
    shop.waits(5)
    assert shop.only_call().ended_as == CallEnd.ANSWERED


def test_who_hung_up_meanwhile_is_a_ticket_all_the_same(shop: Shop) -> None:
    nobody_answers(shop)
    caller = shop.rings_up()
    caller.hears("Please hold")
    shop.sim.faults.clear()
    caller.hangs_up()
    shop.waits(5)

    assert len(shop.rows(models.Ticket)) == 1


def test_a_caller_for_whom_a_number_rang_comes_back_to_its_ringing(shop: Shop) -> None:
    outside = shop.sim.phone("+12025550142")
    outside.no_answer()
    caller = shop.talk()
    shop.ann.sends("number", "+12025550142")
    outside.rings()
    nobody_answers(shop)
    caller.hears("Please hold", within=40)
    shop.sim.faults.clear()

    outside.rings()
    shop.ann.rings(within=60)
    shop.ann.accepts()
    shop.ann.talks_to(caller)
    assert len(outside.legs) == 2


def nobody_answers(shop: Shop) -> None:
    """As Twilio sees it while no process of ours is there."""
    shop.harms_webhooks("/(voice|audio)/", "status", status=502)


def places(shop: Shop) -> list[tuple[Any, ...]]:
    """Who waits since when."""
    return sorted((row.id, row.entered_at, row.rank_at, row.left_as) for row in shop.rows(models.Waiting))


def _serving(document: bytes) -> Callable[..., Iterable[bytes]]:
    def app(_environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/xml")])
        return (document,)

    return app
