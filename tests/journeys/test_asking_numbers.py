"""An outside number is asked before the caller is handed over; each way out leads somewhere, and never past the caller."""

import pytest

from simulator.handset import Caller, Phone
from tests.journeys.northwind import CUSTOMER, NORTHWIND
from tests.journeys.shop import Shop
from voice import models
from voice.states import Agent, CallEnd

OUTSIDE = "+12025550142"


@pytest.fixture
def outside(shop: Shop) -> Phone:
    """A workshop's telephone; it is answered after two seconds."""
    return shop.sim.phone(OUTSIDE)


def asking(shop: Shop, outside: Phone) -> Caller:
    """Ann talks to a caller and asks the workshop, which answers."""
    caller = shop.talk(seconds=2)
    shop.ann.asks("number", OUTSIDE)
    outside.talks_to(shop.ann.leg)
    return caller


def test_a_number_hears_nothing_of_the_caller_before_the_hand_over(shop: Shop, outside: Phone) -> None:
    caller = asking(shop, outside)
    assert outside.leg.from_ == NORTHWIND
    caller.hears_music(within=5)
    shop.waits(10)
    assert outside.hears_nothing_of(caller)
    shop.ann.hands_over()

    outside.talks_to(caller)
    shop.ann.leg.ends()
    shop.ann.becomes(Agent.WRAP_UP, within=5)
    shop.waits(10)
    outside.hangs_up()
    caller.ends()
    shop.waits(20)
    call = shop.only_call()
    assert (call.ended_as, call.hung_up_by) == (CallEnd.ANSWERED, "outside")
    assert (shop.only(models.Ticket).agent_id, len(shop.rows(models.Recording))) == ("us_ann", 1)
    assert shop.facts("handed_over")[0].data["number"] == OUTSIDE


def test_a_caller_who_hangs_up_on_the_number_ends_the_call(shop: Shop, outside: Phone) -> None:
    caller = asking(shop, outside)
    shop.ann.hands_over()
    outside.talks_to(caller)
    caller.hangs_up()

    outside.ends(within=5)
    shop.waits(5)
    assert shop.only_call().hung_up_by == "caller"


def test_a_number_that_is_not_reached_leaves_the_caller_held_with_the_agent(
    shop: Shop, outside: Phone
) -> None:
    caller = shop.talk()
    ends = {
        outside.busy: "busy",
        outside.no_answer: "nobody answered",
        outside.fails: "the number cannot be reached",
    }
    for far_end, why in ends.items():
        far_end()
        shop.ann.asks("number", OUTSIDE)
        shop.waits(45)
        told = shop.ann.snapshot["talk"]
        assert (told["held"], told["consult"]["state"]) == (True, "failed")
        assert (told["consult"]["whom"], told["consult"]["why"]) == ("+1 202-555-0142", why)
        outside.ends()
    shop.ann.resumes()
    shop.ann.talks_to(caller)


def test_a_voicemail_is_heard_by_the_agent_who_goes_back_or_it_hangs_up_and_the_caller_is_held(
    shop: Shop, outside: Phone
) -> None:
    caller = asking(shop, outside)
    outside.says("You have reached the workshop. Please leave a message after the tone.")
    shop.ann.takes_back()
    outside.ends(within=5)
    shop.ann.talks_to(caller)

    shop.ann.asks("number", OUTSIDE)
    outside.talks_to(shop.ann.leg)
    outside.hangs_up()
    shop.waits(3)
    assert shop.ann.snapshot["talk"]["consult"]["state"] == "failed"
    assert shop.ann.state == Agent.ON_HOLD
    shop.ann.resumes()
    shop.ann.talks_to(caller)
    assert outside.hears_nothing_of(caller)


def test_going_back_while_it_rings_stops_the_ringing(shop: Shop, outside: Phone) -> None:
    outside.no_answer()
    caller = shop.talk()
    shop.ann.asks("number", OUTSIDE)
    outside.rings()
    shop.ann.ends()

    outside.ends(within=5)
    shop.ann.talks_to(caller)
    assert shop.only(models.Consult).state == "cancelled"


def test_going_back_before_the_carrier_knows_of_the_call_rings_nobody_for_long(
    shop: Shop, outside: Phone
) -> None:
    shop.sim.faults.rest("POST .*/Calls.json", "timeout-after", times=1)
    shop.is_quiet = False
    outside.answers(9)
    caller = shop.talk()
    shop.ann.asks("number", OUTSIDE)
    shop.waits(1)
    shop.ann.takes_back()

    shop.ann.talks_to(caller)
    outside.ends(within=20)
    assert outside.hears_nothing_of(caller)


def test_the_caller_is_taken_off_hold_only_when_the_number_is_gone(shop: Shop, outside: Phone) -> None:
    caller = asking(shop, outside)
    shop.sim.faults.rest(f"POST .*/Calls/{outside.leg.sid}", "timeout-before", times=1)
    shop.is_quiet = False
    shop.ann.takes_back()
    shop.waits(3)
    assert not outside.is_over
    assert not shop.ann.leg.is_talking_to(caller)

    outside.ends(within=30)

    shop.ann.talks_to(caller)
    assert outside.hears_nothing_of(caller)


def test_all_three_talk_and_the_number_may_leave_or_be_left(shop: Shop, outside: Phone) -> None:
    caller = asking(shop, outside)
    shop.ann.brings_together()
    outside.talks_to(caller)
    shop.ann.talks_to(caller)
    outside.hangs_up()
    shop.waits(3)
    assert shop.ann.leg.is_talking_to(caller)

    shop.ann.asks("number", OUTSIDE)
    outside.talks_to(shop.ann.leg)
    shop.ann.brings_together()
    outside.talks_to(caller)
    shop.ann.hands_over()
    shop.ann.leg.ends()
    assert outside.is_talking_to(caller)


@pytest.mark.both_stores
def test_an_agent_lost_while_asking_gives_the_caller_back_to_the_queue_not_to_a_stranger(
    shop: Shop, outside: Phone
) -> None:
    caller = asking(shop, outside)
    shop.ann.closes_laptop()
    shop.waits(20)

    outside.ends()
    assert outside.hears_nothing_of(caller)
    shop.ben.starts_shift()
    shop.ben.rings()
    shop.ben.accepts()
    shop.ben.talks_to(caller)


def test_an_agent_lost_when_all_three_talked_leaves_the_caller_with_the_number(
    shop: Shop, outside: Phone
) -> None:
    caller = asking(shop, outside)
    shop.ann.brings_together()
    outside.talks_to(caller)
    shop.ann.closes_laptop()
    shop.waits(20)

    outside.talks_to(caller)
    assert shop.facts("requeued") == []


def test_a_caller_who_hangs_up_on_hold_frees_both(shop: Shop, outside: Phone) -> None:
    caller = asking(shop, outside)
    caller.hangs_up()

    shop.ann.becomes(Agent.WRAP_UP, within=5)
    outside.ends(within=5)
    shop.waits(3)
    assert shop.only_call().hung_up_by == "caller"


def test_a_customer_whom_we_called_can_be_handed_to_a_number(shop: Shop, outside: Phone) -> None:
    phone = shop.sim.phone(CUSTOMER)
    shop.ann.starts_shift()
    shop.ann.dials()
    shop.ann.talks_to(phone)
    shop.ann.asks("number", OUTSIDE)
    outside.talks_to(shop.ann.leg)
    assert outside.hears_nothing_of(phone)
    shop.ann.hands_over()
    outside.talks_to(phone)
    outside.hangs_up()

    phone.ends(within=5)
    shop.waits(3)
    assert (shop.only_call().ended_as, shop.only_call().hung_up_by) == (CallEnd.ANSWERED, "outside")


def test_the_gate_refuses_a_number_and_the_caller_stays_in_the_talk(shop: Shop) -> None:
    caller = shop.talk()
    for typed in ("911", "+19005550123", "+447400123456", "+8816 1234 5678", "abc"):
        shop.ann.asks("number", typed, expect=422)

    object.__setattr__(shop.rt.settings, "dial_agent_hour", 0)
    shop.ann.asks("number", OUTSIDE, expect=422)
    assert shop.ann.leg.is_talking_to(caller)
    assert shop.rows(models.Consult) == []


def test_webhooks_twice_and_lost_ends_change_nothing(shop: Shop, outside: Phone) -> None:
    shop.harms_webhooks("/voice/(phone|leg|agent)", "duplicate")
    shop.harms_webhooks("/voice/phone-told", "lose")
    caller = asking(shop, outside)
    shop.ann.hands_over()
    outside.talks_to(caller)
    outside.hangs_up()
    caller.ends()
    shop.waits(5)

    assert len(outside.legs) == len(shop.facts("handed_over")) == len(shop.facts("call_ended")) == 1
