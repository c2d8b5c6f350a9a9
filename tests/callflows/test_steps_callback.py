"""The step `callback`: the number is read back or asked for, and the promise is made in the same turn."""

import pytest

from callflows.actions import AskKeys, HangUp, JoinQueue, RequestCallback, Say
from callflows.check import check
from callflows.events import (
    CallbackOutcome,
    CallbackSettled,
    Event,
    KeysPressed,
    NothingPressed,
    QueueLeft,
    QueueOutcome,
)
from callflows.faults import FlowFaults
from callflows.tools.judging import judge
from callflows.tools.scenarios import Expect
from callflows.tools.scene import Scene
from callflows.tools.transcript import transcript
from tests.callflows.build import NOON, Call, flow, rehearse

STEP = "  hello: {callback: orders, attempts: 2, retry: 10m, delay: 1m, accepted: bye, refused: message}"
ACCEPTED, INVALID = CallbackSettled(CallbackOutcome.ACCEPTED), CallbackSettled(CallbackOutcome.INVALID)


def asked(call: Call) -> str:
    """What the caller is asked now."""
    action = call.turn.actions[-1]
    assert isinstance(action, AskKeys)
    return " ".join(prompt.text for prompt in action.prompts if isinstance(prompt, Say))


def test_the_callers_number_is_read_back_and_confirmed_with_1() -> None:
    call = Call(flow(STEP))
    assert "at 1 2 0 2 5 5 5 0 1 2 3." in asked(call)
    call.then(KeysPressed("1"))

    assert list(call.turn.actions) == [RequestCallback("orders", "+12025550123", 60, 2, 600)]
    call.then(ACCEPTED)
    first, *_, last = call.turn.actions
    assert isinstance(first, Say)
    assert "You keep your place" in first.text
    assert last == HangUp()
    assert "callback_asked" in call.kinds()


@pytest.mark.parametrize("number", ["+12025550123", None])
def test_another_number_is_entered_and_read_back(number: str | None) -> None:
    call = Call(flow(STEP), number=number)
    if number:
        call.then(KeysPressed("2"))
    assert "Please enter the telephone number" in asked(call)
    call.then(KeysPressed("03012345678"))
    assert "at 0 3 0 1 2 3 4 5 6 7 8." in asked(call)
    call.then(KeysPressed("1"))

    (wish,) = call.turn.actions
    assert isinstance(wish, RequestCallback)
    assert wish.number == "03012345678"


def test_instead_of_a_number_that_is_not_called_another_is_asked_for() -> None:
    call = Call(flow(STEP))
    for _ in range(2):
        call.then(KeysPressed("1")).then(INVALID)
        assert "We cannot call that number" in asked(call)
        call.then(KeysPressed("09005550123"))
    call.then(KeysPressed("1"))

    assert isinstance(call.turn.actions[-1], RequestCallback)


@pytest.mark.parametrize("event", [NothingPressed(), KeysPressed("7")])
def test_who_does_not_agree_is_asked_three_times_and_refuses(event: Event) -> None:
    call = Call(flow(STEP))
    for _ in range(3):
        call.then(event)

    assert "Please leave a message." in call.said


def test_all_sentences_are_in_the_calls_language() -> None:
    german = Call(flow("  hello: {language: de-DE, next: back}\n  back: {callback: orders, accepted: bye}"))

    assert "Wir rufen Sie unter" in asked(german)


def test_a_waiting_caller_has_a_key_for_it() -> None:
    waits = flow(
        "  hello: {queue: orders, callback: back, callback_key: star, timeout: message}\n  back" + STEP[7:]
    )
    call = Call(waits)
    joined = call.turn.actions[-1]
    assert isinstance(joined, JoinQueue)
    assert joined.exit_keys == ("*",)

    call.then(QueueLeft(QueueOutcome.EXIT_KEY, "*"))
    assert "We will call you back" in asked(call)
    assert "queue-without-exit-key" not in [fault.rule for fault in check(waits)]


def test_one_key_cannot_lead_to_two_steps() -> None:
    with pytest.raises(FlowFaults, match="the key 1 leads to a step by 'exit_keys' already"):
        flow("  hello: {queue: orders, callback: back, exit_keys: {1: message}}\n  back" + STEP[7:])


def test_it_can_be_played_and_tested() -> None:
    called = rehearse(flow(STEP), Scene(NOON), ["1"])

    assert list(judge(Expect(callback="orders"), called)) == []
    assert list(judge(Expect(callback="repairs"), called)) == [
        ("callback", "expected repairs, it was orders")
    ]

    assert called.is_over
    assert "request callback: orders, number +12025550123" in transcript(called)
