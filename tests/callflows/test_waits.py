"""What waiting callers hear, and when."""

import pytest

from callflows.actions import JoinQueue
from callflows.check import check
from callflows.faults import FlowFaults
from callflows.waits import Message, Music, Part, Position, Wait, due
from tests.callflows.build import Call, flow

PLACE, LATER = Position(every=60), Message(text="Thank you.", first=30, every=120)
ONCE = Message(text="Only once.", first=50, every=None)


def heard(parts: tuple[Part, ...], pieces: list[float]) -> list[list[str]]:
    """The verbs that come up at each piece, when the caller asks at these seconds after joining."""
    found: list[list[str]] = []
    before: float | None = None
    for at in pieces:
        found.append([part.verb for part in due(Wait(parts), 1000.0, before, 1000.0 + at)])
        before = 1000.0 + at
    return found


def test_the_place_is_told_at_once_and_then_every_minute() -> None:
    assert heard((PLACE,), [0.2, 22, 44, 66, 88, 110, 132]) == [
        ["position"], [], [], ["position"], [], [], ["position"],
    ]  # fmt: skip


def test_a_message_comes_after_its_time_and_once_when_it_has_no_every() -> None:
    assert heard((LATER, ONCE), [0, 25, 50, 75, 100, 125, 155]) == [
        [], [], ["say", "say"], [], [], [], ["say"],
    ]  # fmt: skip


def test_what_was_missed_is_said_once_and_not_made_up_for() -> None:
    assert heard((PLACE,), [0, 500]) == [["position"], ["position"]]


def test_music_is_no_words() -> None:
    assert heard((Music(audio="jingle"),), [0, 60]) == [[], []]


def test_a_queue_names_its_wait() -> None:
    calm = flow("  hello: {queue: orders, wait: calm}", "fallback: message\nwaits: {calm: [{music: jingle}]}")

    joined = Call(calm).turn.actions[-1]

    assert isinstance(joined, JoinQueue)
    assert joined.wait == "calm"
    assert calm.waits["calm"].music == "jingle"
    assert [fault.rule for fault in check(calm) if "error" in str(fault.severity)] == []


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ("{menu: Press, options: {1: bye}}", "'menu' cannot be in a wait"),
        ("{position: 5s}", "it can be 15s to 30m"),
        ("{position: 1m}, {position: 2m}", "here twice"),
        ("calm", "write what callers hear"),
        ("{say: ''}", "nothing to say"),
    ],
)
def test_a_wait_holds_only_what_can_be_interrupted(part: str, told: str) -> None:
    with pytest.raises(FlowFaults, match=told):
        flow("  hello: {queue: orders, wait: calm}", f"waits: {{calm: [{part}]}}")
