"""A merchant that is disabled lets nobody new in, and sends nobody away."""

import pytest

from panel.audit import By, Hand
from panel.shops import disable_shop, enable_shop
from tests.journeys.shop import Shop
from voice import models


def disable(shop: Shop) -> None:
    with shop.rt.write() as tx:
        disable_shop(Hand(tx, By("test"), shop.now), "northwind")
    shop.rt.books.refresh()


@pytest.mark.both_stores
def test_who_is_on_the_line_is_served_to_the_end_and_who_dials_now_is_not_let_in(shop: Shop) -> None:
    shop.ann.starts_shift()
    waits, listens = shop.joins_queue(), shop.rings_up("+12025550199")
    listens.hears("For orders, press 1")

    disable(shop)

    late = shop.rings_up("+12025550177")
    late.hears("This number is not in service here")
    shop.ann.rings()
    shop.ann.accepts()
    shop.ann.talks_to(waits)
    listens.presses("1")
    listens.hears_music()
    assert len(shop.rows(models.Call)) == 2


def test_an_enabled_merchant_answers_again(shop: Shop) -> None:
    disable(shop)
    with shop.rt.write() as tx:
        assert enable_shop(Hand(tx, By("test"), shop.now), "northwind")
    shop.rt.books.refresh()

    shop.joins_queue()
