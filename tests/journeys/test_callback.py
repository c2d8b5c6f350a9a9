"""A caller wants to be called back: the place stays, an agent takes it in its turn, and then the telephone rings there."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from simulator.handset import Caller, Phone
from tests.journeys.databases import Database
from tests.journeys.northwind import CUSTOMER, FLOW, NORTHWIND
from tests.journeys.own_phones import MOBILE, begin, on_phone
from tests.journeys.shop import Shop
from voice import models
from voice.states import Agent, CallEnd

OTHER = "+12025550199"
CALLING_BACK = (
    FLOW.replace("    full: busy\n", "    full: busy\n    callback: call_me_back\n    callback_key: star\n")
    .replace("options: {1: orders_line}", "options: {1: orders_line, 2: call_me_back}")
    .replace(
        "  busy:\n",
        "  call_me_back:\n    callback: orders\n    attempts: 2\n    retry: 1m\n    accepted: goodbye\n    refused: orders_line\n"
        "  busy:\n",
    )
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
    found: models.Callback = shop.only(models.Callback)
    return found


@pytest.mark.both_stores
def test_cloudspire_46_who_asks_is_called_once_an_agent_has_taken_the_callback(
    shop: Shop, phone: Phone
) -> None:
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
    shop.waits(5)
    ticket, recording = shop.only(models.Ticket), shop.only(models.Recording)
    assert (ticket.call_id, ticket.agent_id) == (asked.id, "us_ann")
    assert ticket.subject == "+1 202-555-0188 called back by Ann"
    assert (recording.state, recording.channels) == ("stored", 2)


def test_an_engaged_customer_frees_the_agent_at_once_and_is_tried_again_later(
    shop: Shop, phone: Phone
) -> None:
    phone.busy()
    asks_for_a_callback(shop)
    shop.ann.starts_shift()
    for attempt in (1, 2):
        assert shop.ann.rings(within=70)["callback"]["attempt"] == attempt
        shop.ann.accepts()
        shop.ann.becomes(Agent.AVAILABLE, within=20)
        shop.waits(50)
        assert shop.ann.snapshot["last_dial"]["callback"]
        assert shop.ann.is_silent()

    assert (callback(shop).state, callback(shop).last_result) == ("failed", CallEnd.BUSY)
    assert len(phone.legs) == 2
    shop.waits(30)
    assert [fact.kind for fact in shop.facts("callback_put_back", "callback_failed", "abandoned")] == [
        "callback_put_back",
        "callback_failed",
    ]
    assert shop.facts("wrap_up_started") == []


def test_who_asks_twice_keeps_one_place(shop: Shop, phone: Phone) -> None:
    asks_for_a_callback(shop)
    first = callback(shop)
    caller = shop.rings_up()
    caller.hears("Thank you for calling")
    caller.presses("1")
    caller.hears_music()
    caller.presses("*")
    caller.hears("We will call you back at")
    caller.presses("1")
    caller.hears("You keep your place")
    caller.ends(within=30)
    shop.ann.starts_shift()
    shop.ann.rings()
    shop.ann.accepts()
    shop.ann.talks_to(phone)

    (done,) = (row for row in shop.rows(models.Callback) if row.state == "done")
    place = next(row for row in shop.rows(models.Waiting) if row.id == done.id)
    entered = min(row.entered_at for row in shop.rows(models.Waiting))
    assert place.entered_at == entered
    assert first.id in {row.id for row in shop.rows(models.Callback)}
    assert len(phone.legs) == 1


def test_a_callback_that_is_asked_for_again_waits_until_the_customer_is_off_the_line(
    shop: Shop, phone: Phone
) -> None:
    asks_for_a_callback(shop)
    shop.ann.starts_shift()
    shop.ann.rings()
    caller = shop.rings_up()
    caller.hears("Thank you for calling")
    caller.presses("2")
    caller.hears("We will call you back at")
    caller.presses("1")
    caller.hears("You keep your place")
    assert shop.ann.state == Agent.AVAILABLE
    caller.ends(within=30)
    shop.ann.rings(within=5)
    shop.ann.accepts()
    shop.ann.talks_to(phone)

    assert (callback(shop).state, callback(shop).attempts_made) == ("done", 1)
    assert shop.only(models.Waiting).entered_at < min(
        call.ended_at for call in shop.rows(models.Call) if call.ended_at
    )


def test_a_process_that_dies_between_the_claim_and_the_dial_loses_nothing(shop: Shop, phone: Phone) -> None:
    asks_for_a_callback(shop)
    shop.ann.starts_shift()
    shop.ann.rings()
    shop.forgets_promises = True
    shop.ann.accepts()
    shop.waits(3)
    assert phone.legs == []
    shop.forgets_promises = False

    shop.ann.talks_to(phone, within=30)
    assert len(phone.legs) == 1


def test_who_calls_again_waits_on_the_line_with_the_place_of_the_callback(shop: Shop, phone: Phone) -> None:
    asks_for_a_callback(shop)
    shop.joins_queue(OTHER)
    again = shop.joins_queue()
    shop.ann.starts_shift()
    assert shop.ann.rings()["callback"] is None
    shop.ann.accepts()

    shop.ann.talks_to(again)
    assert callback(shop).state == "replaced"
    assert phone.legs == []


def test_nobody_is_called_outside_the_hours_of_the_queue(shop: Shop, phone: Phone) -> None:
    shop.publishes(with_hours(shop, closes_in=1, opens_in=4))
    asks_for_a_callback(shop)
    shop.waits(60)
    shop.ann.starts_shift()
    shop.waits(20)
    assert (shop.ann.is_silent(), callback(shop).state) == (True, "resting")
    shop.sim.advance(callback(shop).next_at - shop.now - 10)
    assert shop.ann.is_silent()

    assert shop.ann.rings(within=20)["callback"] is not None


def with_hours(shop: Shop, closes_in: int, opens_in: int) -> str:
    """The flow with a queue that closes for some minutes."""
    here = datetime.fromtimestamp(shop.now, UTC).astimezone(ZoneInfo("America/New_York"))
    closes, opens = here + timedelta(minutes=closes_in), here + timedelta(minutes=opens_in)
    hours = f"[00:00-{closes:%H:%M}, {opens:%H:%M}-24:00]"
    return CALLING_BACK.replace(
        "max_wait: 10m}", "max_wait: 10m, hours: shop, stay_if: signed_in, stay_for: 30s}"
    ).replace("start: greeting", f"calendars: {{shop: {{daily: {hours}}}}}\nstart: greeting")


@pytest.mark.both_stores
def test_an_agent_whose_phone_never_comes_rings_nobody_and_a_colleague_takes_the_callback(
    shop: Shop, phone: Phone
) -> None:
    asks_for_a_callback(shop)
    shop.ann.starts_shift()
    shop.ann.rings()
    shop.ann.accepts(connects=False)
    shop.ann.becomes(Agent.AWAY, within=15)
    assert (phone.legs, callback(shop).attempts_made) == ([], 0)
    shop.ben.starts_shift()
    shop.ben.rings(within=5)
    shop.ben.accepts()

    shop.ben.talks_to(phone)


def test_an_agent_who_gives_up_while_it_rings_costs_no_attempt(shop: Shop, phone: Phone) -> None:
    phone.no_answer()
    asks_for_a_callback(shop)
    shop.ann.starts_shift()
    shop.ann.rings()
    shop.ann.accepts()
    phone.rings()
    shop.ann.ends()
    phone.ends(within=5)
    assert (shop.ann.state, callback(shop).attempts_made) == (Agent.AVAILABLE, 0)
    shop.waits(50)
    assert shop.ann.is_silent()

    shop.ann.rings(within=15)


def test_an_order_to_dial_whose_answer_is_lost_rings_the_customer_once(shop: Shop, phone: Phone) -> None:
    asks_for_a_callback(shop)
    shop.ann.starts_shift()
    shop.ann.rings()
    shop.sim.faults.rest("POST .*/Calls.json", "timeout-after", times=1)
    shop.ann.accepts()

    shop.ann.talks_to(phone, within=30)
    shop.waits(60)
    assert len(phone.legs) == 1


def test_everything_told_twice_changes_nothing(shop: Shop, phone: Phone) -> None:
    shop.harms_webhooks("/voice/(turn|leg|dialled|room|status)", "duplicate")
    asks_for_a_callback(shop)
    shop.ann.starts_shift()
    shop.ann.rings()
    shop.ann.accepts()
    shop.ann.talks_to(phone)
    shop.ann.ends()
    phone.ends()

    assert (callback(shop).state, callback(shop).attempts_made) == ("done", 1)
    assert len(phone.legs) == 1


def test_a_lost_agent_does_not_lose_the_customer_who_was_called_back(shop: Shop, phone: Phone) -> None:
    asks_for_a_callback(shop)
    shop.ann.starts_shift()
    shop.ann.rings()
    shop.ann.accepts()
    shop.ann.talks_to(phone)
    shop.ann.closes_laptop()
    shop.ben.starts_shift()
    assert shop.ben.rings(within=40)["callback"] is None
    shop.ben.accepts()
    shop.ben.talks_to(phone)
    phone.hangs_up()

    shop.ben.becomes(Agent.WRAP_UP, within=5)
    assert shop.facts("abandoned") == []


def test_a_withheld_number_is_asked_for_another_and_a_dear_one_is_refused(shop: Shop) -> None:
    caller = shop.joins_queue(None)
    caller.presses("*")
    caller.hears("Please enter the telephone number")
    caller.presses("9005550123#")
    caller.hears("We will call you back at 9 0 0")
    caller.presses("1")
    caller.hears("We cannot call that number")
    caller.presses("2025550188#")
    caller.hears("We will call you back at 2 0 2")
    caller.presses("1")
    caller.hears("You keep your place")
    caller.ends(within=30)

    assert callback(shop).number == CUSTOMER


def test_who_thinks_better_of_it_is_back_at_the_old_place(shop: Shop) -> None:
    caller = shop.joins_queue()
    shop.joins_queue(OTHER)
    caller.presses("*")
    caller.hears("We will call you back at")
    shop.waits(60)
    caller.hears_music()
    shop.ann.starts_shift()
    shop.ann.rings()
    shop.ann.accepts()

    shop.ann.talks_to(caller)
    assert shop.rows(models.Callback) == []


def test_an_agent_on_an_ordinary_phone_calls_back(shop: Shop, phone: Phone) -> None:
    mobile = on_phone(shop, "us_ann", MOBILE)
    asks_for_a_callback(shop)
    begin(shop)
    mobile.hears("To be called back")
    assert phone.legs == []
    mobile.presses("1")

    mobile.talks_to(phone)
    assert callback(shop).state == "done"
