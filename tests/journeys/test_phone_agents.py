"""Agents who take their calls on an ordinary phone: pressing 1 takes the caller, and nothing else does."""

import pytest

from simulator.handset import Phone
from tests.journeys.northwind import CUSTOMER, NORTHWIND
from tests.journeys.own_phones import MOBILE, begin, on_phone, talk
from tests.journeys.shop import Shop
from voice import models
from voice.states import Agent, CallEnd


def test_an_agent_chooses_the_phone_at_the_desk_and_the_audit_tells(shop: Shop) -> None:
    shop.ann.starts_shift()
    for typed in ("+19005550123", "911", "+447400123456", NORTHWIND, "nonsense"):
        shop.ann.posts("/api/phone", on="phone", number=typed, expect=422)
    shop.ann.posts("/api/phone", on="phone", expect=409)
    told = shop.ann.posts("/api/phone", on="phone", number="(202) 555-0171")
    assert told["phone"] == {"number": MOBILE, "shown": "+1 202-555-0171", "on": True, "fault": ""}
    mobile = shop.sim.phone(MOBILE)
    shop.joins_queue()
    mobile.hears("Press 1")
    shop.ann.posts("/api/phone", on="browser")

    assert not shop.ann.row.on_phone
    assert [(row.kind, row.by_id, row.detail) for row in shop.rows(models.Audit)] == [
        ("phone_set", "us_ann", "+1...0171"),
        ("calls_moved", "us_ann", "phone"),
        ("calls_moved", "us_ann", "browser"),
    ]


@pytest.mark.both_stores
def test_a_caller_is_taken_on_a_mobile_by_pressing_1(shop: Shop, mobile: Phone) -> None:
    begin(shop)
    caller = shop.joins_queue()
    mobile.hears("Northwind Outfitters")
    assert mobile.leg.from_ == NORTHWIND
    whisper = mobile.now_hears
    assert whisper is not None
    assert "A caller with the number 1 2 0 2 5 5 5 0 1 8 8. Queue: orders. Press 1" in whisper.text
    assert shop.ann.state == Agent.RINGING
    caller.hears_music()
    mobile.presses("1")
    mobile.talks_to(caller)
    assert shop.ann.state == Agent.ON_CALL
    shop.waits(20)
    caller.hangs_up()

    mobile.ends()
    shop.ann.becomes(Agent.WRAP_UP, within=5)
    shop.waits(5)
    assert (shop.only_call().ended_as, shop.only_call().hung_up_by) == (CallEnd.ANSWERED, "caller")
    assert (shop.only(models.Ticket).agent_id, shop.only(models.Recording).channels) == ("us_ann", 2)
    shop.ann.becomes(Agent.AVAILABLE)


def test_the_voicemail_of_a_mobile_never_takes_a_caller(shop: Shop, mobile: Phone) -> None:
    begin(shop)
    caller = shop.joins_queue()
    mobile.hears("Press 1")
    mobile.says("The person you are calling is not available. Please leave a message.", 30)
    mobile.ends()

    assert (shop.ann.state, shop.ann.row.reason) == (Agent.AWAY, "missed")
    assert mobile.hears_nothing_of(caller)
    caller.hears_music()
    shop.ann.posts("/api/available")
    mobile.rings()
    mobile.hears("Press 1")
    mobile.hangs_up()  # as a full mailbox does
    shop.ann.becomes(Agent.AWAY, within=5)
    assert len(shop.facts("rang_out")) == 2
    shop.ben.starts_shift()
    shop.ben.rings()
    shop.ben.accepts()
    shop.ben.talks_to(caller)


def test_a_phone_that_is_not_answered_is_a_missed_ring_and_a_busy_one_a_declined_one(
    shop: Shop, mobile: Phone
) -> None:
    mobile.busy()
    begin(shop)
    caller = shop.joins_queue()
    shop.waits(20)
    assert (shop.ann.state, len(mobile.legs)) == (Agent.AVAILABLE, 1)
    for number, far_end in enumerate((mobile.no_answer, mobile.fails), 2):
        far_end()
        shop.ann.posts("/api/available")
        shop.waits(75)
        assert (shop.ann.state, shop.ann.row.reason) == (Agent.AWAY, "missed")
        assert len(mobile.legs) == number
        mobile.ends()
    caller.hears_music()


def test_key_2_leaves_the_caller_to_a_colleague_and_rests_ten_seconds(shop: Shop, mobile: Phone) -> None:
    begin(shop)
    shop.ben.starts_shift()
    with shop.rt.write() as tx:
        tx.get_one(models.Agent, "us_ben").last_offer_at = shop.now
    caller = shop.joins_queue()
    mobile.hears("Press 1")
    mobile.presses("2")

    shop.ben.rings(within=5)
    assert shop.ann.state == Agent.AVAILABLE
    assert shop.ann.row.not_before_at > shop.now
    shop.ben.accepts()
    shop.ben.talks_to(caller)
    mobile.ends()


def test_a_caller_who_gives_up_silences_the_phone(shop: Shop, mobile: Phone) -> None:
    mobile.no_answer()
    begin(shop)
    caller = shop.joins_queue()
    mobile.rings()
    caller.hangs_up()

    mobile.ends(within=5)
    assert shop.ann.state == Agent.AVAILABLE
    shop.waits(3)
    assert shop.only_call().ended_as == CallEnd.ABANDONED


def test_a_key_pressed_after_the_caller_gave_up_hears_that_nobody_waits(shop: Shop, mobile: Phone) -> None:
    shop.sim.faults.rest("POST .*/Calls/CA", "status", times=None, status=500)
    shop.is_quiet = False
    begin(shop)
    caller = shop.joins_queue()
    mobile.hears("Press 1")
    caller.hangs_up()
    mobile.presses("1")

    mobile.hears("no longer waiting")
    mobile.ends()
    assert shop.ann.state == Agent.AVAILABLE


def test_hanging_up_the_phone_ends_the_talk_as_the_button_does(shop: Shop, mobile: Phone) -> None:
    caller = talk(shop, mobile)
    mobile.hangs_up()

    caller.ends(within=5)
    shop.ann.becomes(Agent.WRAP_UP, within=5)
    shop.waits(3)
    assert (shop.only_call().ended_as, shop.only_call().hung_up_by) == (CallEnd.ANSWERED, "agent")
    assert shop.facts("agent_vanished") == []


def test_an_open_desk_works_the_talk_on_the_phone(shop: Shop, mobile: Phone) -> None:
    shop.ann.starts_shift()
    caller = shop.joins_queue()
    offer = shop.ann.rings()
    assert offer["phone"] == MOBILE
    shop.ann.posts(f"/api/offers/{offer['id']}/accept", expect=409)
    mobile.hears("Press 1")
    mobile.presses("1")
    mobile.talks_to(caller)
    shop.waits(2)
    assert shop.ann.snapshot["talk"]["phone"] == MOBILE
    shop.ann.holds()
    caller.hears_music(within=5)
    shop.ann.resumes()
    mobile.talks_to(caller)
    shop.ann.ends()

    mobile.ends()
    caller.ends()
    shop.ann.becomes(Agent.WRAP_UP, within=5)
    shop.ann.posts("/api/wrap-up/end")
    assert shop.ann.state == Agent.AVAILABLE


def test_an_agent_on_the_phone_needs_no_desk(shop: Shop, mobile: Phone) -> None:
    shop.ann.starts_shift()
    shop.ann.closes_laptop()
    shop.waits(45)

    assert shop.ann.state == Agent.AVAILABLE
    caller = shop.joins_queue()
    mobile.hears("Press 1")
    mobile.presses("1")
    mobile.talks_to(caller)


def test_of_two_phones_that_ring_for_one_caller_the_first_key_wins(shop: Shop, mobile: Phone) -> None:
    shop.publishes(shop.flow_text.replace("orders: {", "orders: {strategy: broadcast, "))
    other = on_phone(shop, "us_ben", "+12025550172")
    begin(shop)
    begin(shop, "us_ben")
    caller = shop.joins_queue()
    mobile.hears("Press 1")
    other.hears("Press 1")
    mobile.presses("1")
    other.presses("1")

    mobile.talks_to(caller)
    other.ends()
    assert other.hears_nothing_of(caller)
    assert (shop.ann.state, shop.ben.state) == (Agent.ON_CALL, Agent.AVAILABLE)


def test_a_colleague_on_a_phone_is_asked_and_takes_the_caller(shop: Shop) -> None:
    mobile = on_phone(shop, "us_ben", MOBILE)
    caller = shop.talk()
    begin(shop, "us_ben")
    shop.ann.asks("agent", "us_ben")
    mobile.hears("A colleague wants to talk to you first")
    mobile.presses("1")
    mobile.talks_to(shop.ann.leg)
    shop.waits(5)
    assert mobile.hears_nothing_of(caller)
    shop.ann.hands_over()
    mobile.talks_to(caller)
    mobile.hangs_up()

    caller.ends()
    shop.ben.becomes(Agent.WRAP_UP, within=5)


def test_who_asks_on_a_phone_and_hangs_up_leaves_the_caller_to_the_colleague(
    shop: Shop, mobile: Phone
) -> None:
    shop.ann.starts_shift()
    caller = talk(shop, mobile)
    shop.ben.starts_shift()
    shop.ann.asks("agent", "us_ben")
    shop.ben.rings()
    shop.ben.accepts()
    shop.ben.leg.talks_to(mobile)
    mobile.hangs_up()

    shop.ben.talks_to(caller)
    shop.ann.becomes(Agent.WRAP_UP, within=5)


def test_who_asks_on_a_phone_and_hangs_up_while_it_rings_gives_the_caller_back_to_the_queue(
    shop: Shop, mobile: Phone
) -> None:
    shop.ann.starts_shift()
    caller = talk(shop, mobile)
    shop.ben.starts_shift()
    shop.ann.asks("agent", "us_ben")
    shop.ben.rings()
    mobile.hangs_up()
    shop.waits(3)

    assert shop.facts("requeued")
    shop.any_agent_talks_to(caller, within=30)


def test_a_customer_is_called_from_the_own_phone_once_1_was_pressed(shop: Shop, mobile: Phone) -> None:
    customer = shop.sim.phone(CUSTOMER)
    shop.ann.starts_shift()
    shop.ann.dials(connects=False)
    mobile.hears("Press 1 to call 1 2 0 2 5 5 5 0 1 8 8")
    shop.waits(9)
    assert customer.legs == []
    mobile.hears("Press 1 to call")
    mobile.presses("1")
    mobile.hears("audio/ringing")
    mobile.talks_to(customer)
    mobile.hangs_up()
    customer.ends()
    shop.ann.becomes(Agent.WRAP_UP, within=5)
    shop.ann.posts("/api/wrap-up/end")

    shop.ann.dials(connects=False)
    mobile.hears("Press 1 to call")
    mobile.ends()
    assert len(customer.legs) == 1
    assert (shop.ann.state, shop.ann.row.reason) == (Agent.AWAY, "no connection")
