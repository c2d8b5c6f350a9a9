"""Promises that meet others: asked for again, in another queue, before an agent is rung, and when the hours change."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.handset import Phone
from tests.journeys.databases import Database
from tests.journeys.northwind import CUSTOMER
from tests.journeys.shop import Shop
from tests.journeys.supervisor import Supervisor
from tests.journeys.test_callback import CALLING_BACK, asks_for_a_callback, callback, with_hours
from voice import models
from voice.states import Agent


@pytest.fixture
def shop(tmp_path: Path, database: Database | None) -> Iterator[Shop]:
    """A merchant who calls back, with Ann and Ben, nobody on shift yet."""
    made = Shop(tmp_path, flow=CALLING_BACK, database=database)
    yield made
    made.rt.store.close()
    made.sim.assert_quiet()


def test_who_asks_again_is_promised_all_the_attempts_anew(shop: Shop) -> None:
    phone: Phone = shop.sim.phone(CUSTOMER)
    phone.busy()
    asks_for_a_callback(shop)
    shop.ann.starts_shift()
    shop.ann.rings()
    shop.ann.accepts()
    shop.ann.becomes(Agent.AVAILABLE, within=20)
    first = callback(shop)
    assert (first.state, first.attempts_made) == ("resting", 1)
    asks_by_the_menu(shop, "2")
    again = callback(shop)
    assert (again.attempts_made, again.last_result, again.expires_at > first.expires_at) == (0, "", True)
    shop.ann.rings(within=5)
    shop.ann.accepts()
    shop.ann.becomes(Agent.AVAILABLE, within=20)

    assert (callback(shop).state, callback(shop).attempts_made) == ("resting", 1)


def asks_by_the_menu(shop: Shop, key: str) -> None:
    """A caller asks without waiting, agrees to the number, and is off the line."""
    caller = shop.rings_up()
    caller.hears("Thank you for calling")
    caller.presses(key)
    caller.hears("We will call you back at")
    caller.presses("1")
    caller.hears("You keep your place")
    caller.ends(within=30)


def test_who_calls_again_and_hangs_up_unanswered_is_called_back_all_the_same(shop: Shop) -> None:
    phone: Phone = shop.sim.phone(CUSTOMER)
    asks_for_a_callback(shop)
    entered_at = shop.only(models.Waiting).entered_at
    shop.ann.starts_shift()
    assert shop.ann.rings()["callback"] is not None
    again = shop.joins_queue()
    assert shop.ann.rings()["callback"] is None
    assert [fact.kind for fact in shop.facts("callback_held", "callback_replaced")] == ["callback_held"]
    again.hangs_up()

    shop.waits(2)
    assert shop.ann.rings(within=15)["callback"] is not None
    shop.ann.accepts()
    shop.ann.talks_to(phone)
    assert (callback(shop).state, {place.entered_at for place in shop.rows(models.Waiting)}) == (
        "done",
        {entered_at},
    )


def test_nobody_is_called_back_while_waiting_on_the_line_and_each_further_call_has_the_place(
    shop: Shop,
) -> None:
    asks_for_a_callback(shop)
    entered_at = shop.only(models.Waiting).entered_at
    for _ in range(2):
        again = shop.joins_queue()
        shop.waits(40)
        assert callback(shop).state == "resting"
        again.hangs_up()
        shop.waits(10)
        assert callback(shop).state == "in_line"

    assert [place.entered_at for place in shop.rows(models.Waiting)] == [entered_at] * 3


def test_who_calls_again_and_does_not_agree_to_a_number_waits_on_with_the_place_of_the_callback(
    shop: Shop,
) -> None:
    asks_for_a_callback(shop)
    shop.joins_queue("+12025550199")
    again = shop.joins_queue()
    again.presses("*")
    again.hears("We will call you back at")
    shop.waits(60)
    again.hears_music()
    shop.ann.starts_shift()
    assert shop.ann.rings()["callback"] is None
    shop.ann.accepts()

    shop.ann.talks_to(again)
    assert callback(shop).state == "replaced"


def test_one_call_has_one_callback_so_the_later_number_counts_with_the_place_of_the_first(shop: Shop) -> None:
    third: Phone = shop.sim.phone("+12025550177")
    shop.publishes(
        CALLING_BACK.replace("accepted: goodbye", "accepted: another").replace(
            "  busy:\n",
            "  another: {callback: orders, number: ask, accepted: goodbye, refused: goodbye}\n  busy:\n",
            1,
        )
    )
    caller = shop.joins_queue()
    shop.joins_queue("+12025550199")
    caller.presses("*")
    caller.hears("We will call you back at")
    caller.presses("1")
    caller.hears("Please enter the telephone number")
    caller.presses("2025550177#")
    caller.hears("We will call you back at 2 0 2 5 5 5 0 1 7 7")
    caller.presses("1")
    caller.ends(within=60)
    shop.waits(2)
    shop.ann.starts_shift()

    assert shop.ann.rings()["callback"] is not None
    shop.ann.accepts()
    shop.ann.talks_to(third)
    assert callback(shop).number == "+12025550177"
    assert [fact.kind for fact in shop.facts("callback_moved", "callback_replaced")] == ["callback_moved"]


def test_a_call_has_one_place_so_the_callback_of_one_queue_gives_way_to_that_of_another(shop: Shop) -> None:
    shop.publishes(
        CALLING_BACK.replace("2: call_me_back}", "2: call_me_back, 3: both}")
        .replace("queues:\n", "queues:\n  returns: {ring: 20s}\n")
        .replace(
            "  busy:\n", "  both: {callback: returns, accepted: call_me_back, refused: busy}\n  busy:\n", 1
        )
    )
    asks_by_the_menu(shop, "2")
    caller = shop.rings_up()
    caller.hears("Thank you for calling")
    caller.presses("3")
    for _ in range(2):
        caller.hears("We will call you back at")
        caller.presses("1")
        caller.hears("You keep your place")
    caller.ends(within=30)
    shop.waits(2)

    found = {row.queue: row for row in shop.rows(models.Callback)}
    assert (found["returns"].state, found["orders"].state) == ("replaced", "in_line")
    newest = max(shop.rows(models.Call), key=lambda call: call.started_at)
    assert found["orders"].call_id == newest.id


def test_who_asked_for_a_callback_and_is_put_through_to_an_agent_is_not_called_back(shop: Shop) -> None:
    shop.publishes(
        CALLING_BACK.replace("accepted: goodbye", "accepted: ring_ann").replace(
            "  busy:\n", "  ring_ann: {ring: ann, time: 20s, no_answer: goodbye}\n  busy:\n", 1
        )
    )
    shop.ann.starts_shift()
    caller = shop.rings_up()
    caller.hears("Thank you for calling")
    caller.presses("2")
    caller.hears("We will call you back at")
    caller.presses("1")
    shop.ann.rings()
    shop.ann.accepts()

    shop.ann.talks_to(caller)
    assert callback(shop).state == "replaced"


def test_hours_that_become_longer_keep_a_callback_in_line(shop: Shop) -> None:
    shop.publishes(with_hours(shop, closes_in=1, opens_in=4))
    asks_for_a_callback(shop)
    shop.publishes(CALLING_BACK)
    shop.waits(70)

    assert (callback(shop).state, callback(shop).next_at > shop.now) == ("in_line", True)


def test_hours_that_become_shorter_keep_an_agent_from_calling_back(shop: Shop) -> None:
    asks_for_a_callback(shop)
    shop.ann.starts_shift()
    offer = shop.ann.rings()["id"]
    shop.publishes(with_hours(shop, closes_in=-2, opens_in=10))
    told = shop.ann.posts(f"/api/offers/{offer}/accept", 422)
    assert told["message"] == "The queue is closed now. The customer is called when it is open."
    shop.waits(400)
    assert (callback(shop).state, shop.ann.is_silent()) == ("resting", True)

    assert shop.ann.rings(within=250)["callback"] is not None


def test_the_log_of_who_did_what_keeps_only_the_end_of_a_customers_number(shop: Shop) -> None:
    asks_for_a_callback(shop)
    told = Supervisor(shop).posts(f"/api/floor/callbacks/{callback(shop).id}/cancel")

    assert told["said"] == "+1 202-555-0188 will not be called back."
    assert shop.only(models.Audit).detail == "+1...0188 for orders"
