"""How a call that we place goes on and ends, told by its events and changed by REST."""

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.simulator.contract.rest import OTHER, client_of
from tests.simulator.pages import BASE, NUMBER, open_shop


@pytest.mark.parametrize(("habit", "status", "code"), [
    ("busy", "busy", "486"), ("no_answer", "no-answer", "487"), ("fails", "failed", "404"),
])  # fmt: skip
def test_a_call_that_is_not_answered_ends_with_its_reason(habit: str, status: str, code: str) -> None:
    shop = open_shop(events="")
    getattr(shop.sim.phone(OTHER), habit)()

    call = client_of(shop).calls.create(
        to=OTHER, from_=NUMBER, twiml="<Response/>", status_callback=BASE + "/events",
        status_callback_event=["initiated", "ringing", "answered", "completed"],
    )  # fmt: skip
    shop.sim.advance(80)

    last = shop.pages.last("/events")
    assert call.fetch().status == status
    assert [form["CallStatus"] for form in shop.pages.forms("/events")] == ["initiated", "ringing", status]
    assert (last["SequenceNumber"], last["SipResponseCode"], last["CallDuration"]) == ("2", code, "0")


def test_the_events_of_an_answered_call_count_from_zero_and_carry_seconds_and_minutes() -> None:
    shop = open_shop(events="")
    shop.sim.phone(OTHER)

    client_of(shop).calls.create(
        to=OTHER, from_=NUMBER, twiml="<Response><Pause length='61'/></Response>", status_callback=BASE + "/events",
        status_callback_event=["initiated", "ringing", "answered", "completed"],
    )  # fmt: skip
    shop.sim.advance(70)

    forms = shop.pages.forms("/events")
    assert [form["CallStatus"] for form in forms] == ["initiated", "ringing", "in-progress", "completed"]
    assert [form["SequenceNumber"] for form in forms] == ["0", "1", "2", "3"]
    assert (forms[3]["CallDuration"], forms[3]["Duration"]) == ("61", "2")
    assert {form["CallbackSource"] for form in forms} == {"call-progress-events"}
    assert "CallDuration" not in forms[2]


def test_only_completed_is_told_when_no_event_was_asked_for() -> None:
    shop = open_shop(events="")
    shop.sim.phone(OTHER)

    client_of(shop).calls.create(
        to=OTHER, from_=NUMBER, twiml="<Response/>", status_callback=BASE + "/events"
    )
    shop.sim.advance(10)

    assert [form["CallStatus"] for form in shop.pages.forms("/events")] == ["completed"]


def test_a_number_tells_the_end_of_its_incoming_calls() -> None:
    shop = open_shop(voice="<Pause/><Say>hello</Say><Pause length='29'/>")

    shop.sim.call(NUMBER).ends()

    (form,) = shop.pages.forms("/voice/status")
    assert (form["CallStatus"], form["CallDuration"], form["Duration"]) == ("completed", "30", "1")
    assert (form["SequenceNumber"], form["Direction"]) == ("0", "inbound")


def test_an_error_answer_to_a_status_callback_is_the_warning_15003() -> None:
    shop = open_shop()
    shop.pages["/voice/status"] = None

    shop.sim.call(NUMBER).ends()

    assert shop.sim.debugger.codes() == [15003]


def test_a_call_in_progress_is_redirected_at_once() -> None:
    shop = open_shop(voice="<Say loop='0'>on and on</Say>", new="<Say>now this</Say>")
    caller = shop.sim.call(NUMBER)
    caller.waits(3)

    answer = client_of(shop).calls(caller.sid).update(url=BASE + "/new")
    caller.hears("now this", within=0.1)

    assert answer.status == "in-progress"


def test_a_call_in_progress_is_ended_by_completed_and_not_by_canceled() -> None:
    shop = open_shop(voice="<Say loop='0'>on and on</Say>")
    caller = shop.sim.call(NUMBER)
    caller.waits(3)
    call = client_of(shop).calls(caller.sid)

    with pytest.raises(TwilioRestException) as refused:
        call.update(status="canceled")
    ended = call.update(status="completed")

    assert refused.value.code == 21220
    assert (ended.status, caller.state) == ("completed", "completed")


def test_a_call_cancelled_while_queued_fires_no_callbacks() -> None:
    shop = open_shop(events="")
    calls = client_of(shop).calls
    calls.create(to=OTHER, from_=NUMBER, twiml="<Response/>")
    second = calls.create(
        to="+15550100198", from_=NUMBER, twiml="<Response/>", status_callback=BASE + "/events"
    )

    canceled = second.update(status="canceled")
    shop.sim.advance(10)

    assert canceled.status == "canceled"
    assert shop.pages.to("/events") == []


def test_a_ringing_call_can_be_cancelled() -> None:
    shop = open_shop()
    phone = shop.sim.phone(OTHER)
    phone.no_answer()
    call = client_of(shop).calls.create(to=OTHER, from_=NUMBER, twiml="<Response/>")
    phone.rings()

    assert call.update(status="canceled").status == "canceled"


@pytest.mark.parametrize("change", [{"url": BASE + "/new"}, {"status": "completed"}])
def test_a_call_that_is_over_cannot_be_changed(change: dict[str, str]) -> None:
    shop = open_shop()
    caller = shop.sim.call(NUMBER)
    caller.ends()

    with pytest.raises(TwilioRestException) as refused:
        client_of(shop).calls(caller.sid).update(**change)

    assert (refused.value.status, refused.value.code) == (400, 21220)
