"""Who hung up while waiting and calls again soon has the place of before, once."""

import pytest

from tests.journeys.northwind import CUSTOMER
from tests.journeys.shop import Shop
from voice import models
from voice.states import Waiting

OTHER = "+12025550199"


def hangs_up_waiting(shop: Shop, number: str | None = CUSTOMER) -> models.Waiting:
    """A caller waits for half a minute and hangs up."""
    caller = shop.joins_queue(number)
    shop.waits(30)
    caller.hangs_up()
    shop.waits(2)
    place: models.Waiting = shop.only(models.Waiting)
    assert place.state == Waiting.ABANDONED
    return place


def place_of_now(shop: Shop) -> models.Waiting:
    """The place that was taken last."""
    places: list[models.Waiting] = shop.rows(models.Waiting)
    return max(places, key=lambda place: place.state_at)


@pytest.mark.both_stores
def test_who_calls_again_soon_is_before_those_who_came_meanwhile(shop: Shop) -> None:
    before = hangs_up_waiting(shop)
    shop.joins_queue(OTHER)
    again = shop.joins_queue()
    again.hears("You are next", within=30)
    assert place_of_now(shop).entered_at == before.entered_at
    shop.ann.starts_shift()
    shop.ann.rings()
    shop.ann.accepts()

    shop.ann.talks_to(again)
    assert [fact.data["how"] for fact in shop.facts("place_resumed")] == ["called_again"]


def test_the_place_of_before_is_had_once(shop: Shop) -> None:
    before = hangs_up_waiting(shop)
    shop.joins_queue()
    resumed = place_of_now(shop)
    shop.joins_queue()

    assert resumed.entered_at == before.entered_at
    assert place_of_now(shop).entered_at > resumed.state_at


@pytest.mark.parametrize("number", [CUSTOMER, None])
def test_after_the_window_or_without_a_number_it_is_a_new_place(shop: Shop, number: str | None) -> None:
    before = hangs_up_waiting(shop, number)
    shop.waits(125 if number else 1)
    shop.joins_queue(number)

    assert place_of_now(shop).entered_at > before.state_at
    assert shop.facts("place_resumed") == []


def test_another_number_does_not_have_the_place(shop: Shop) -> None:
    before = hangs_up_waiting(shop)
    shop.joins_queue(OTHER)

    assert place_of_now(shop).entered_at > before.state_at
