"""Digits that callers enter: how many, confirmed, and kept secret when they must be."""

import pytest

from callflows.actions import AskKeys, JoinQueue
from callflows.events import KeysPressed, NothingPressed
from callflows.faults import FlowFaults
from tests.callflows.build import Call, flow

PLAIN = """
  hello: {gather: "Your order number?", digits: 4-6, save: order, again: "Sorry.", next: told, no_input: bye, no_match: message}
  told: {menu: "Order {order}.", options: {1: bye}}"""
CONFIRMED = """
  hello: {gather: "Your number?", digits: 4, save: order, confirm: "Is {order} right?", next: told, no_input: bye, no_match: message}
  told: {menu: "Thank you.", options: {1: bye}}"""
SECRET = """
  hello: {gather: "Your PIN?", digits: 4, save: pin, sensitive: yes, next: check}
  check: {branch: [{field: pin, is: "1234", next: good}], otherwise: bye}
  good: {menu: "Press 1.", options: {1: line}}
  line: {queue: orders}"""


def test_digits_are_asked_for_saved_and_spoken_one_by_one() -> None:
    call = Call(flow(PLAIN))
    (asked,) = call.turn.actions
    assert isinstance(asked, AskKeys)
    assert asked == AskKeys(asked.prompts, max_keys=6, wait_seconds=6, finish_key="#")

    call.then(KeysPressed("12345"))

    assert call.said == ["Order 1 2 3 4 5."]


@pytest.mark.parametrize("keys", ["123", "1234567", "12*4", "*"])
def test_another_number_of_digits_is_asked_again_and_leaves_at_last(keys: str) -> None:
    call = Call(flow(PLAIN)).then(KeysPressed(keys))
    assert call.said == ["Sorry.", "Your order number?"]

    call.then(KeysPressed(keys)).then(KeysPressed(keys))

    assert call.said == ["This call is recorded.", "Please leave a message."]


def test_silence_leaves_through_its_own_exit() -> None:
    call = Call(flow(PLAIN)).then(NothingPressed()).then(NothingPressed()).then(NothingPressed())

    assert call.said == ["Goodbye."]


def test_confirmed_digits_go_on_and_others_are_asked_again() -> None:
    call = Call(flow(CONFIRMED)).then(KeysPressed("1111"))
    assert call.said == ["Is 1 1 1 1 right?"]

    call.then(KeysPressed("2"))
    assert call.said == ["Your number?"]
    call.then(KeysPressed("2222"))
    assert call.said == ["Is 2 2 2 2 right?"]
    call.then(KeysPressed("1"))

    assert call.said == ["Thank you."]
    assert call.session.value("order") == "2222"


def test_who_never_confirms_leaves_at_last() -> None:
    call = Call(flow(CONFIRMED)).then(KeysPressed("1111"))

    call.then(KeysPressed("7"))
    assert call.said == ["Is 1 1 1 1 right?"]
    call.then(NothingPressed()).then(KeysPressed("2"))

    assert "Please leave a message." in call.said


def test_secret_digits_are_in_no_note_and_forgotten_before_the_queue() -> None:
    call = Call(flow(SECRET))
    assert isinstance(call.turn.actions[0], AskKeys)
    assert call.turn.actions[0].sensitive

    call.then(KeysPressed("1234"))
    assert call.session.value("pin") == "1234"
    told = [str(note.data) for turn in call.turns for note in turn.notes]
    call.then(KeysPressed("1"))

    assert isinstance(call.turn.actions[-1], JoinQueue)
    assert call.session.value("pin") is None
    assert not [text for text in told if "1234" in text]


@pytest.mark.parametrize("digits", ["0", "4-3", "25", "many", "1-"])
def test_a_number_of_digits_that_makes_no_sense_is_refused(digits: str) -> None:
    with pytest.raises(FlowFaults, match="is no number of digits"):
        flow(f'  hello: {{gather: "Digits?", digits: {digits}, save: order, next: bye}}')
