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
