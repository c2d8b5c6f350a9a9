"""An agent calls a customer: ringing, answer, talk, and every way in which nobody comes."""

import pytest

from simulator.handset import Phone
from tests.journeys.northwind import CUSTOMER, NORTHWIND
from tests.journeys.shop import Shop
from voice import models
from voice.states import Agent, CallEnd


@pytest.fixture
def phone(shop: Shop) -> Phone:
    """The customer's telephone; it is answered after two seconds."""
    return shop.sim.phone(CUSTOMER)


@pytest.mark.both_stores
def test_an_agent_calls_a_customer_and_the_call_becomes_a_ticket_with_its_recording(
    shop: Shop, phone: Phone
) -> None:
    shop.ann.starts_shift()
    shop.ann.dials()
    phone.rings()
    assert phone.leg.from_ == NORTHWIND
    shop.ann.leg.hears("audio/ringing")
    shop.ann.talks_to(phone)
    shop.waits(20)
    shop.ann.ends()
    phone.ends()

    shop.ann.becomes(Agent.WRAP_UP, within=5)
    shop.waits(30)
    call, recording = shop.only_call(), shop.only(models.Recording)
    assert (call.direction, call.ended_as, call.hung_up_by) == ("outbound", CallEnd.ANSWERED, "agent")
    assert (call.caller, call.dialled, call.call_sid) == (CUSTOMER, NORTHWIND, phone.sid)
    assert (recording.state, recording.channels) == ("stored", 2)
    assert shop.only(models.Ticket).subject == "Call to +1 202-555-0188 by Ann"
    shop.ann.becomes(Agent.AVAILABLE)


def test_the_customer_is_told_of_the_recording_before_it_starts(shop: Shop, phone: Phone) -> None:
    shop.ann.starts_shift()
    shop.ann.dials()
    line = phone.hears("This call is recorded")
    shop.ann.talks_to(phone)
    shop.waits(5)

    assert line.at < shop.only(models.Recording).started_at


@pytest.mark.parametrize(
    ("far_end", "ended_as"),
    [("busy", CallEnd.BUSY), ("no_answer", CallEnd.NO_ANSWER), ("fails", CallEnd.FAILED)],
)
def test_who_is_not_reached_frees_the_agent_at_once_without_wrap_up(
    shop: Shop, phone: Phone, far_end: str, ended_as: CallEnd
) -> None:
    getattr(phone, far_end)()
    shop.ann.starts_shift()
    shop.ann.dials()

    shop.ann.becomes(Agent.AVAILABLE, within=60)
    shop.ann.leg.ends()
    assert shop.only_call().ended_as == ended_as
    shop.waits(5)
    assert shop.only(models.Ticket).agent_id == "us_ann"
    assert (shop.ann.snapshot["last_dial"] or {})["ended_as"] == ended_as


def test_the_agent_gives_up_while_it_rings(shop: Shop, phone: Phone) -> None:
    phone.no_answer()
    shop.ann.starts_shift()
    shop.ann.dials()
    phone.rings()
    shop.ann.ends()

    phone.ends(within=5)
    shop.ann.leg.ends()
    assert (shop.only_call().ended_as, shop.only_call().hung_up_by) == (CallEnd.CANCELLED, "agent")
    assert shop.ann.state == Agent.AVAILABLE


def test_the_customer_hangs_up_first_and_the_ticket_says_so(shop: Shop, phone: Phone) -> None:
    shop.ann.starts_shift()
    shop.ann.dials()
    shop.ann.talks_to(phone)
    phone.hangs_up()

    shop.ann.becomes(Agent.WRAP_UP, within=5)
    shop.waits(5)
    assert shop.only_call().hung_up_by == "customer"


def test_hold_and_resume_work_as_in_a_call_that_came_in(shop: Shop, phone: Phone) -> None:
    shop.ann.starts_shift()
    shop.ann.dials()
    shop.ann.talks_to(phone)
    shop.ann.holds()
    phone.hears_music(within=5)
    assert not shop.ann.leg.is_talking_to(phone)
    shop.ann.resumes()

    shop.ann.talks_to(phone)


def test_an_agent_who_dials_is_offered_nobody(shop: Shop, phone: Phone) -> None:
    shop.ann.starts_shift()
    shop.ann.dials()
    shop.joins_queue("+12025550199")
    shop.waits(30)

    assert shop.facts("offered") == []
    assert shop.ann.leg.is_talking_to(phone)


def test_who_dials_from_a_break_is_back_on_it_afterwards(shop: Shop, phone: Phone) -> None:
    shop.ann.starts_shift()
    shop.ann.posts("/api/away", reason="lunch")
    shop.ann.dials()
    shop.ann.talks_to(phone)
    shop.ann.ends()

    shop.ann.becomes(Agent.AWAY)
    assert shop.ann.row.reason == "lunch"


def test_a_phone_that_never_connects_rings_nobody(shop: Shop, phone: Phone) -> None:
    shop.ann.starts_shift()
    shop.ann.dials(connects=False)

    shop.ann.becomes(Agent.AWAY, within=15)
    assert phone.legs == []
    assert shop.only_call().ended_as == CallEnd.CANCELLED


def test_an_agent_lost_while_it_rings_ends_the_ringing(shop: Shop, phone: Phone) -> None:
    phone.no_answer()
    shop.ann.starts_shift()
    shop.ann.dials()
    phone.rings()
    shop.ann.closes_laptop()

    phone.ends(within=10)
    assert shop.only_call().ended_as == CallEnd.CANCELLED


def test_a_lost_agent_may_come_back_else_the_customer_hears_an_apology(shop: Shop, phone: Phone) -> None:
    shop.ann.starts_shift()
    shop.ann.dials()
    shop.ann.talks_to(phone)
    shop.ann.leg.vanishes()
    phone.hears("we lost your agent", within=10)
    shop.ann.connects()
    shop.ann.talks_to(phone)
    shop.ann.closes_laptop()
    phone.hears("We will call you again", within=40)

    phone.ends()
    shop.waits(5)
    assert (shop.only_call().ended_as, shop.only_call().hung_up_by) == (CallEnd.ANSWERED, "nobody")


@pytest.mark.both_stores
def test_an_order_to_dial_whose_answer_was_lost_rings_once(shop: Shop, phone: Phone) -> None:
    shop.ann.starts_shift()
    shop.sim.faults.rest("POST .*/Calls.json", "timeout-after", times=1)
    shop.ann.dials()

    shop.ann.talks_to(phone)
    assert len(phone.legs) == 1


def test_an_order_to_dial_that_never_arrived_is_told_to_the_agent(shop: Shop, phone: Phone) -> None:
    shop.ann.starts_shift()
    shop.sim.faults.rest("POST .*/Calls.json", "timeout-before", times=None)
    shop.ann.dials()

    shop.ann.becomes(Agent.AVAILABLE, within=20)
    assert phone.legs == []
    assert shop.only_call().ended_as == CallEnd.FAILED


def test_the_process_is_killed_before_the_order_to_dial_is_sent(shop: Shop, phone: Phone) -> None:
    shop.ann.starts_shift()
    shop.ann.dials(connects=False)
    shop.forgets_promises = True
    shop.ann.connects()
    shop.waits(1)
    shop.forgets_promises = False

    shop.ann.talks_to(phone, within=20)
    assert len(phone.legs) == 1


def test_every_webhook_twice_and_late_changes_nothing(shop: Shop, phone: Phone) -> None:
    shop.harms_webhooks("/voice/(dialled|leg|room)", "duplicate")
    shop.ann.starts_shift()
    shop.ann.dials()
    shop.ann.talks_to(phone)
    shop.waits(10)
    shop.ann.ends()
    phone.ends()
    shop.waits(40)

    assert len(shop.facts("dial_answered")) == len(shop.facts("call_ended")) == 1
    assert len(shop.rows(models.Ticket)) == len(shop.rows(models.Recording)) == 1


def test_what_must_not_be_dialled_is_refused_in_plain_words(shop: Shop) -> None:
    shop.ann.starts_shift()

    answer = shop.ann.posts("/api/dial", expect=422, merchant="northwind", number="911")

    assert "Emergency numbers cannot be called from here" in answer["message"]
    assert shop.rows(models.Call) == []
    assert shop.ann.state == Agent.AVAILABLE


def test_the_agents_cap_ends_a_burst_of_calls(shop: Shop, phone: Phone) -> None:
    phone.busy(after=0.1)
    shop.ann.starts_shift()
    object.__setattr__(shop.rt.settings, "dial_agent_hour", 2)
    for _ in range(2):
        shop.ann.dials()
        shop.ann.becomes(Agent.AVAILABLE)

    answer = shop.ann.posts("/api/dial", expect=422, merchant="northwind", number=CUSTOMER)
    assert "2 calls in the last hour" in answer["message"]


def test_a_flow_forwards_nobody_abroad_unless_it_is_listed(shop: Shop) -> None:
    abroad = shop.flow_text.replace(
        """voicemail: "Please leave a message after the tone."\n    next: goodbye""",
        """forward: "+4917012345678"\n    busy: goodbye\n    no_answer: goodbye\n    failed: goodbye""",
    )
    shop.publishes(abroad.replace("no_input: orders_line", "no_input: message"))
    far = shop.sim.phone("+4917012345678")
    shop.rings_up().hears("Thank you. Goodbye")
    assert far.legs == []
    assert "Calls to DE" in shop.facts("forward_refused")[0].data["why"]

    shop.publishes(abroad.replace("no_input: orders_line", "no_input: message") + "forward_to: [DE]\n")
    far.talks_to(shop.rings_up(), within=60)


def test_nobody_dials_in_a_call_or_before_the_shift(shop: Shop) -> None:
    assert (
        "shift" in shop.ann.posts("/api/dial", expect=409, merchant="northwind", number=CUSTOMER)["message"]
    )
    shop.talk()

    shop.ann.posts("/api/dial", expect=409, merchant="northwind", number="+12025550199")


def test_a_line_of_somebody_else_is_not_shown_to_customers(shop: Shop) -> None:
    shop.ann.starts_shift()

    shop.ann.posts("/api/dial", expect=422, merchant="northwind", number=CUSTOMER, line="+12025550177")
