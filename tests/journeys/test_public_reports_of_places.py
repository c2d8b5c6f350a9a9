"""More of what users of other contact centres have reported: the places of callers, and what a process forgets.

Reports that a journey elsewhere answers have their names there: cloudspire_46, wazo, twilio_studio_2021,
flex_supervisor_complete_reservation.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.handset import Phone
from tests.journeys.asterisk import takes
from tests.journeys.northwind import CUSTOMER
from tests.journeys.shop import Shop
from tests.journeys.test_callback import CALLING_BACK, OTHER, asks_for_a_callback, callback
from voice import models
from voice.states import Agent


@pytest.fixture
def calling_back(tmp_path: Path) -> Iterator[Shop]:
    """A shop that calls back."""
    made = Shop(tmp_path, flow=CALLING_BACK)
    yield made
    made.sim.assert_quiet()


@pytest.fixture
def phone(calling_back: Shop) -> Phone:
    """The customer's telephone."""
    return calling_back.sim.phone(CUSTOMER)


def test_fusionpbx_1322_a_callback_keeps_its_turn_among_those_who_wait_on_the_line(
    calling_back: Shop, phone: Phone
) -> None:
    shop = calling_back
    asks_for_a_callback(shop)
    later = shop.joins_queue(OTHER)
    shop.ann.starts_shift()
    assert shop.ann.rings()["callback"] is not None
    shop.ben.starts_shift()
    assert shop.ben.rings()["callback"] is None
    shop.ben.accepts()

    shop.ben.talks_to(later)


def test_fusionpbx_pr_6515_who_comes_later_hears_that_a_callback_is_before_them(calling_back: Shop) -> None:
    asks_for_a_callback(calling_back)
    calling_back.waits(2)

    calling_back.joins_queue(OTHER).hears("You are number 2 in the queue.")


def test_fusionpbx_pr_6515_a_callback_that_rests_between_two_attempts_is_before_nobody(
    calling_back: Shop, phone: Phone
) -> None:
    shop = calling_back
    phone.busy()
    asks_for_a_callback(shop)
    shop.ann.starts_shift()
    shop.ann.rings()
    shop.ann.accepts()
    shop.ann.becomes(Agent.AVAILABLE, within=20)
    shop.ann.posts("/api/away", reason="lunch")
    assert callback(shop).state == "resting"

    shop.joins_queue(OTHER).hears("You are next.")


def test_flex_a_callback_is_as_old_as_the_wait_in_which_it_was_asked_for(
    calling_back: Shop, phone: Phone
) -> None:
    shop = calling_back
    first = shop.joins_queue()
    shop.waits(20)
    second = shop.joins_queue(OTHER)
    shop.waits(20)
    first.presses("*")
    first.hears("We will call you back at")
    first.presses("1")
    first.ends(within=30)
    shop.waits(2)
    began = shop.facts("enqueued")[0].at
    shop.ann.starts_shift()

    assert shop.ann.rings()["callback"] is not None
    assert min(row.entered_at for row in shop.rows(models.Waiting)) == pytest.approx(began, abs=0.1)
    assert not second.is_over


def test_freeswitch_1674_who_waits_and_who_is_there_survive_the_loss_of_a_process(shop: Shop) -> None:
    caller = shop.joins_queue()
    shop.begins_anew()
    shop.ann.starts_shift()
    shop.ann.rings()
    shop.begins_anew()

    takes(shop, "ann", caller)


def test_wazo_and_asterisk_what_a_queue_knows_of_waiting_survives_its_process(shop: Shop) -> None:
    for number in ("+12025550181", "+12025550182"):
        caller = shop.joins_queue(number)
        assert "about" not in str(caller.transcript)
        shop.waits(70)
        shop.ann.starts_shift()
        takes(shop, "ann", caller)
        shop.ann.ends()
        shop.ann.posts("/api/shift/end")
    shop.begins_anew()

    shop.joins_queue().hears("You are next. The wait is about 2 minutes.")
