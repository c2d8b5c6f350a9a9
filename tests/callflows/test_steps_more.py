"""Steps about recording, marks and text messages."""

import pytest

from callflows.actions import AskKeys, JoinQueue, RingAgents, Say, SendText
from callflows.events import (
    Event,
    KeysPressed,
    NothingPressed,
    QueueLeft,
    QueueOutcome,
    RingEnded,
    RingOutcome,
)
from callflows.faults import FlowFaults
from callflows.read import read_flow
from tests.callflows.build import HEAD, MORE, Call, flow

CONSENT = """
  hello: {recording: ask, say: "May we? 1 or 2.", next: line}
  line: {queue: orders}"""


def joined(call: Call) -> JoinQueue:
    action = call.turn.actions[-1]
    assert isinstance(action, JoinQueue)
    return action


@pytest.mark.parametrize(
    ("events", "records"),
    [
        ([KeysPressed("1")], True),
        ([KeysPressed("2")], False),
        ([KeysPressed("7")], False),
        ([NothingPressed(), KeysPressed("1")], True),
        ([NothingPressed(), NothingPressed()], False),
    ],
)
def test_recording_needs_a_one_when_it_is_asked(events: list[Event], records: bool) -> None:
    call = Call(flow(CONSENT))

    for event in events:
        call.then(event)

    assert joined(call).record is records
    assert "consent_announced" not in call.kinds()
    assert call.said == []


@pytest.mark.parametrize(("event", "records"), [(KeysPressed("9"), False), (NothingPressed(), True)])
def test_a_caller_can_opt_out(event: Event, records: bool) -> None:
    call = Call(flow(CONSENT.replace("recording: ask", "recording: opt_out"))).then(event)

    assert joined(call).record is records


def test_off_is_off_for_the_rest_of_the_call_and_on_is_announced() -> None:
    off = Call(flow(CONSENT.replace('recording: ask, say: "May we? 1 or 2."', "recording: off")))
    own = Call(
        flow(CONSENT.replace('recording: ask, say: "May we? 1 or 2."', 'recording: announce, say: "Taped."'))
    )
    queue = Call(flow("  hello: {queue: orders, record: no}"))

    assert (joined(off).record, off.said) == (False, [])
    assert (joined(own).record, own.said) == (True, ["Taped."])
    assert (joined(queue).record, queue.said) == (False, [])


def test_asking_needs_words() -> None:
    with pytest.raises(FlowFaults, match="'recording: ask' needs words"):
        flow("  hello: {recording: ask, next: bye}")


SURVEY = """
  hello: {queue: orders, answered: how}
  how: {survey: "From 1 to 5?", save: mark, next: thanks, no_answer: bye}
  thanks: {hangup: "Thank you for a {mark}."}"""


def test_a_mark_is_asked_after_the_talk() -> None:
    call = Call(flow(SURVEY)).then(QueueLeft(QueueOutcome.ANSWERED))
    assert isinstance(call.turn.actions[-1], AskKeys)

    call.then(KeysPressed("9"))
    assert call.said == ["From 1 to 5?"]
    call.then(KeysPressed("4"))

    assert call.said == ["Thank you for a 4."]
    assert {"mark": 4, "most": 5} in [note.data for note in call.turn.notes]


def test_no_mark_has_its_own_way() -> None:
    call = Call(flow(SURVEY)).then(QueueLeft(QueueOutcome.ANSWERED)).then(NothingPressed())

    assert call.then(KeysPressed("0")).said == ["Goodbye."]


TEXT = '  hello: {send_sms: "Order {caller}: https://acme.example", next: bye, not_mobile: message}'


def test_a_text_is_sent_and_the_call_goes_on() -> None:
    call = Call(flow(TEXT))

    assert call.turn.actions[0] == SendText("+12025550123", "Order +12025550123: https://acme.example")
    assert call.said == ["Goodbye."]


@pytest.mark.parametrize("number", [None, "+493012345678", "anonymous"])
def test_a_number_that_takes_no_texts_has_its_own_way(number: str | None) -> None:
    call = Call(flow(TEXT), number=number)

    assert not [action for action in call.turn.actions if isinstance(action, SendText)]
    assert "Please leave a message." in call.said


def test_a_menu_may_wait_for_its_words_to_end() -> None:
    patient = flow("  hello: {menu: Press 1., early_keys: no, options: {1: bye}}")

    said, asked = Call(patient).turn.actions

    assert said == Say("Press 1.", "en-US")
    assert asked == AskKeys((), max_keys=1, wait_seconds=6)


RING = "  hello: {ring: owner, time: 20s, no_answer: message, away: bye}"


def test_a_ring_names_whom_and_how_long_and_tells_what_came_of_it() -> None:
    call = Call(flow(RING))

    assert call.turn.actions[-1] == RingAgents("owner", 20)
    assert call.said == ["This call is recorded."]
    assert set(call.kinds()) == {"consent_announced", "agents_rung"}


@pytest.mark.parametrize(
    ("outcome", "leads_to"),
    [("no_answer", "message"), ("busy", "message"), ("away", "bye"), ("answered", None)],
)
def test_each_end_of_a_ring_has_its_way(outcome: str, leads_to: str | None) -> None:
    call = Call(flow(RING)).then(RingEnded(RingOutcome(outcome)))

    assert call.turn.path == ((leads_to,) if leads_to else ())
    assert call.is_over == (leads_to in (None, "bye"))


def test_who_hangs_up_while_it_rings_hears_nothing_more() -> None:
    call = Call(flow(RING)).then(RingEnded(RingOutcome.CALLER_HUNG_UP))

    assert call.is_over
    assert call.turn.actions == ()


def test_one_side_is_recorded_from_a_step_on_or_as_the_flow_says() -> None:
    stepwise = Call(flow("  hello: {recording: on, who: caller, next: line}\n  line: {queue: orders}"))
    assert joined(stepwise).side == "caller"
    one_sided = HEAD.replace("recording: {", "recording: {who: agent, ")
    text = f"{one_sided}fallback: message\nstart: hello\nsteps:\n  hello: STEP\n  line: {{queue: orders}}\n{MORE}"
    assert joined(Call(read_flow(text.replace("STEP", "{queue: orders}"), "t.yaml"))).side == "agent"
    both = read_flow(text.replace("STEP", "{recording: on, who: both, next: line}"), "t.yaml")
    assert joined(Call(both)).side == ""
