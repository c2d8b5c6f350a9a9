"""Faults by order: what goes wrong on the way between Twilio and an application."""

import json

import pytest

from simulator.rest.answer import RestTimeout
from tests.simulator.pages import NUMBER, Reply, Shop, open_shop


def shop_with_menu() -> Shop:
    return open_shop(
        voice='<Gather action="/keys" numDigits="1" timeout="20"/>',
        keys="<Say>thanks</Say><Pause length='9'/>",
    )


def test_a_lost_callback_never_arrives_and_the_call_goes_on() -> None:
    shop = open_shop()
    shop.sim.faults.webhook("/voice/status", "lose")

    shop.sim.call(NUMBER).ends()
    shop.sim.advance(60)

    assert shop.pages.to("/voice/status") == []


def test_a_duplicate_arrives_twice_with_one_token_and_the_first_answer_counts() -> None:
    shop = open_shop()
    answers = iter(["<Say>one</Say>", "<Say>two</Say>"])
    shop.pages["/voice/incoming"] = lambda form: next(answers)
    shop.sim.faults.webhook("/voice/incoming", "duplicate", seconds=0.2)

    caller = shop.sim.call(NUMBER)
    caller.ends()

    tokens = {asked.headers["I-Twilio-Idempotency-Token"] for asked in shop.pages.to("/voice/incoming")}
    assert (len(shop.pages.to("/voice/incoming")), len(tokens)) == (2, 1)
    assert [line.text for line in caller.transcript if line.text] == ["one"]


def test_a_delayed_callback_arrives_later() -> None:
    shop = open_shop()
    shop.sim.faults.webhook("/voice/status", "delay", seconds=8)

    shop.sim.call(NUMBER).ends()
    ended_at = shop.sim.now
    shop.sim.advance(10)

    assert shop.pages.to("/voice/status")[0].at == pytest.approx(ended_at + 8)


def test_reordered_callbacks_change_places() -> None:
    shop = open_shop(
        voice='<Dial><Conference beep="false" waitUrl="" statusCallback="/room" '
        'statusCallbackEvent="start join">r</Conference></Dial>',
        room="",
    )
    shop.sim.faults.webhook("/room", "reorder")
    shop.sim.call(NUMBER).waits(1)
    shop.sim.call(NUMBER).waits(1)

    assert [form["SequenceNumber"] for form in shop.pages.forms("/room")] == ["2", "3", "1"]


def test_an_ordered_status_is_what_twilio_sees_without_the_application() -> None:
    shop = open_shop()
    shop.sim.faults.webhook("/voice/incoming", "status", status=503)

    shop.sim.call(NUMBER).hears("application error")

    assert shop.pages.to("/voice/incoming") == []


def test_a_fault_hits_as_often_as_ordered_after_those_it_skips() -> None:
    shop = open_shop(voice="<Hangup/>")
    fault = shop.sim.faults.webhook("/voice/status", "lose", times=2, skip=1)

    for _ in range(5):
        shop.sim.call(NUMBER).ends()

    assert fault.hits == 2
    assert len(shop.pages.to("/voice/status")) == 3


def test_a_chance_draws_by_seed_and_so_always_the_same() -> None:
    def run() -> list[str]:
        shop = open_shop(voice="<Hangup/>")
        shop.sim.faults.webhook("/voice/status", "lose", times=None, chance=0.5)
        for _ in range(20):
            shop.sim.call(NUMBER).ends()
        return [form["CallSid"] for form in shop.pages.forms("/voice/status")]

    first = run()

    assert first == run()
    assert 4 < len(first) < 16


@pytest.mark.parametrize(("status", "code"), [(429, 20429), (500, 20500), (503, 20503)])
def test_rest_fails_with_a_status_and_does_nothing(status: int, code: int) -> None:
    shop = shop_with_menu()
    caller = shop.sim.call(NUMBER)
    caller.waits(1)
    shop.sim.faults.rest("POST .*/Calls/CA", "status", status=status)

    answer = shop.answer("POST", f"Calls/{caller.sid}.json", Status="completed")

    assert (answer.status, json.loads(answer.body)["code"], caller.state) == (status, code, "in-progress")
    assert shop.answer("POST", f"Calls/{caller.sid}.json", Status="completed").status == 200


@pytest.mark.parametrize(
    ("harm", "state"), [("timeout-before", "in-progress"), ("timeout-after", "completed")]
)
def test_a_rest_answer_gets_lost_before_or_after_the_deed(harm: str, state: str) -> None:
    shop = shop_with_menu()
    caller = shop.sim.call(NUMBER)
    caller.waits(1)
    shop.sim.faults.rest("POST .*/Calls/CA", harm)

    with pytest.raises(RestTimeout):
        shop.answer("POST", f"Calls/{caller.sid}.json", Status="completed")

    assert caller.state == state


def test_a_harm_that_does_not_fit_is_refused() -> None:
    shop = open_shop()

    with pytest.raises(ValueError, match="timeout-before is not among"):
        shop.sim.faults.webhook("/", "timeout-before")
    with pytest.raises(ValueError, match="lose is not among"):
        shop.sim.faults.rest("/", "lose")


def test_an_order_can_be_taken_back() -> None:
    shop = open_shop()
    shop.sim.faults.webhook("/", "lose", times=None)
    shop.sim.faults.clear()

    shop.sim.call(NUMBER).hears("hello")


def test_a_caller_may_hang_up_while_the_application_thinks() -> None:
    shop = open_shop()
    shop.sim.faults.webhook("/voice/incoming", "slow", seconds=5)
    caller = shop.sim.call(NUMBER)
    caller.waits(2)

    caller.hangs_up()
    caller.waits(10)

    assert caller.state == "no-answer"
    assert shop.pages.last("/voice/status")["CallStatus"] == "no-answer"
    shop.sim.assert_quiet()


def test_huge_and_broken_answers_leave_no_call_behind() -> None:
    shop = open_shop()
    bodies = [
        b"\x00" * 100,
        b"<Response>" * 500,
        b"<Response>" + b"x" * 200_000,
        b"\xff\xfe",
        b"<?xml version='9'?>",
    ]

    for body in bodies:
        shop.pages["/voice/incoming"] = Reply(body)
        shop.sim.call(NUMBER).ends()

    assert len(shop.sim.debugger) == len(bodies)
    assert shop.rest("GET", "Calls.json", Status="in-progress")["calls"] == []


def test_a_lost_answer_reaches_the_application_and_comes_back_as_silence() -> None:
    shop = open_shop()
    shop.sim.faults.webhook("/voice/incoming", "lose-answer")

    shop.sim.call(NUMBER).hears("application error", within=20)

    assert len(shop.pages.to("/voice/incoming")) == 1
    assert shop.sim.debugger.codes() == [11200]


def test_a_fault_can_be_for_one_class_of_requests() -> None:
    shop = open_shop(voice='<Gather numDigits="1" action="/voice/incoming" timeout="1"/><Say>bye</Say>')
    shop.sim.faults.webhook("", "lose", times=None, purpose="status")

    shop.sim.call(NUMBER).ends()

    assert shop.pages.to("/voice/status") == []
    assert len(shop.pages.to("/voice/incoming")) == 1


def test_in_a_blackout_nothing_gets_through_in_either_direction() -> None:
    shop = open_shop(voice='<Say>hello</Say><Pause length="9"/>')
    caller = shop.sim.call(NUMBER)
    caller.waits(2)
    shop.sim.faults.blackout(30)

    with pytest.raises(RestTimeout) as silence:
        shop.answer("POST", f"Calls/{caller.sid}.json", Status="completed")
    second = shop.sim.call(NUMBER, from_="+15550107002")
    second.hears("application error")
    shop.sim.advance(30)
    third = shop.sim.call(NUMBER, from_="+15550107003")
    third.hears("hello")

    assert not silence.value.done
    assert 11205 in shop.sim.debugger.codes()
    assert [form["From"] for form in shop.pages.forms("/voice/incoming")] == ["+15550107788", "+15550107003"]


@pytest.mark.parametrize(("harm", "told"), [("late", [62.0, "completed"]), ("absent", [2.0, "absent"])])
def test_recordings_come_late_or_never(harm: str, told: list[object]) -> None:
    shop = open_shop(
        voice='<Record action="/voice/incoming2" recordingStatusCallback="/recorded" '
        'recordingStatusCallbackEvent="completed absent" maxLength="5" playBeep="false"/>',
        recorded="",
    )
    shop.sim.faults.recording(harm, seconds=60)
    caller = shop.sim.call(NUMBER)
    caller.says("hello", seconds=20)
    shop.sim.run_until(lambda: shop.pages.to("/recorded"), within=120)

    (asked,) = shop.pages.to("/recorded")
    recording = next(iter(shop.sim.world.recordings.all.values()))
    assert [round(asked.at - (recording.ended_at or 0), 1), asked.form["RecordingStatus"]] == told


def test_a_leg_dies_some_seconds_after_its_answer() -> None:
    shop = open_shop(voice="<Dial action='/done'>+15550100199</Dial>", done="<Say>the other is gone</Say>")
    phone = shop.sim.phone("+15550100199")
    shop.sim.faults.leg(r"outbound-dial .* \+15550100199", seconds=7)
    caller = shop.sim.call(NUMBER)
    caller.talks_to(phone)

    caller.hears("the other is gone")

    assert (phone.leg.seconds, shop.pages.last("/done")["DialCallDuration"]) == (7, "7")


def test_events_of_leg_and_room_change_places() -> None:
    shop = open_shop(
        voice='<Dial><Conference beep="false" statusCallback="/room" statusCallbackEvent="join leave">r</Conference></Dial>',
        room="",
    )
    shop.sim.faults.webhook("", "reorder", skip=1, purpose="conference status")
    caller = shop.sim.call(NUMBER)
    caller.waits(2)

    caller.hangs_up()
    caller.waits(1)

    paths = [asked.path for asked in shop.pages.asked if asked.path in ("/room", "/voice/status")]
    assert paths == ["/room", "/voice/status", "/room"]


def test_faults_do_not_change_the_names_of_calls() -> None:
    def sids(chance: float) -> list[str]:
        shop = open_shop()
        shop.sim.faults.webhook("/voice/status", "lose", times=None, chance=chance)
        found = []
        for _ in range(3):
            caller = shop.sim.call(NUMBER)
            caller.ends()
            found.append(caller.sid)
        return found

    assert sids(0.5) == sids(0.0)
