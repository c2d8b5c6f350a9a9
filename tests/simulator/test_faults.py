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
