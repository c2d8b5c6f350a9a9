"""A caller wants to be called back: the place stays, an agent takes it in its turn, and then the telephone rings there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.handset import Caller, Phone
from tests.journeys.databases import Database
from tests.journeys.northwind import CUSTOMER, FLOW, NORTHWIND
from tests.journeys.shop import Shop
from voice import models
from voice.states import Agent, CallEnd

OTHER = "+12025550199"
CALLING_BACK = FLOW.replace(
    "    full: busy\n", "    full: busy\n    callback: call_me_back\n    callback_key: star\n"
).replace(
    "  busy:\n",
    "  call_me_back:\n    callback: orders\n    attempts: 2\n    retry: 5m\n    accepted: goodbye\n    refused: orders_line\n"
    "  busy:\n",
)


@pytest.fixture
def shop(tmp_path: Path, database: Database | None) -> Iterator[Shop]:
    """A merchant who calls back, with Ann and Ben, nobody on shift yet."""
    made = Shop(tmp_path, flow=CALLING_BACK, database=database)
    yield made
    made.rt.store.close()
    if made.is_quiet:
        made.sim.assert_quiet()


@pytest.fixture
def phone(shop: Shop) -> Phone:
    """The customer's telephone; it is answered after two seconds."""
    return shop.sim.phone(CUSTOMER)


def asks_for_a_callback(shop: Shop, number: str = CUSTOMER) -> Caller:
    """A caller waits, presses the star, agrees to the number, and is off the line."""
    caller = shop.joins_queue(number)
    caller.presses("*")
    caller.hears("We will call you back at")
    caller.presses("1")
    caller.hears("You keep your place")
    caller.ends(within=30)
    return caller


def callback(shop: Shop) -> models.Callback:
    return shop.only(models.Callback)  # type: ignore[no-any-return]


@pytest.mark.both_stores
def test_who_asks_is_called_once_an_agent_has_taken_the_callback(shop: Shop, phone: Phone) -> None:
    asks_for_a_callback(shop)
    shop.waits(5)
    assert phone.legs == []
    shop.ann.starts_shift()
    shop.ann.rings()
    shop.waits(3)
    assert phone.legs == []
    shop.ann.accepts()
    phone.rings()
    assert phone.leg.from_ == NORTHWIND
    shop.ann.talks_to(phone)
    shop.waits(10)
    shop.ann.ends()
    phone.ends()

    shop.ann.becomes(Agent.WRAP_UP, within=5)
    place = shop.only(models.Waiting)
    assert (callback(shop).state, callback(shop).attempts_made, place.left_as) == ("done", 1, "answered")
    assert [fact.kind for fact in shop.facts("abandoned", "callback_done")] == ["callback_done"]
    asked = min(shop.rows(models.Call), key=lambda call: call.started_at)
    assert asked.ended_as == CallEnd.CALLBACK_REQUESTED
