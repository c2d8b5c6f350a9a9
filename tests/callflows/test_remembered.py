"""A turn that is remembered is the turn that would have been made."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callflows import engine, remembered
from callflows.actions import AskKeys
from callflows.engine import Turn
from callflows.events import Event, KeysPressed, NothingPressed
from callflows.flow import Flow
from callflows.session import Caller, Session, cut
from callflows.world import World
from tests.callflows.build import NOON, flow
from tests.callflows.test_properties import FLOWS, HAPPENINGS, SHIPPED

CALLERS = st.sampled_from([None, "+12025550123", "+442079460123"])


@pytest.fixture(autouse=True)
def nothing_known() -> Iterator[None]:
    """What another test's flow was like is forgotten."""
    remembered._known.clear()
    yield
    remembered._known.clear()


def resume(made: Flow, session: Session, event: Event, now: float = NOON, call: str = "ca_1") -> Turn:
    return remembered.resume(made, session, event, now, World(call))


def begun(made: Flow, number: str | None = "+12025550123") -> Session:
    session = engine.start(made, Caller(number, made.numbers[0], ""), NOON, World("ca_1")).session
    assert session is not None
    return session


@settings(max_examples=200, deadline=None)
@given(st.data(), FLOWS | st.sampled_from(SHIPPED), st.integers(0, 30 * 24), CALLERS)
def test_remembered_or_made_a_turn_is_the_same(
    data: st.DataObject, made: Flow, hours: int, number: str | None
) -> None:
    now = NOON + hours * 3600
    turn = engine.start(made, Caller(number, made.numbers[0], ""), now, World("ca_9"))

    for _ in range(12):
        if turn.session is None:
            break
        event = data.draw(HAPPENINGS[type(turn.actions[-1])])
        wanted = engine.resume(made, turn.session, event, now, World("ca_9"))
        for _again in range(2):
            got = remembered.resume(made, turn.session, event, now, World("ca_9"))
            assert (got.session, got.actions, got.notes, got.path) == (
                wanted.session,
                wanted.actions,
                wanted.notes,
                wanted.path,
            )
        _is_the_same_without_reading(turn.session, event, wanted)
        turn, now = wanted, now + 5


def _is_the_same_without_reading(session: Session, event: Event, wanted: Turn) -> None:
    """A remembered turn moves the bytes of a session to where the turn that was made leads."""
    stands = cut(session.dump())
    assert stands is not None
    common = remembered.known(stands, event)
    if common is None:
        return
    onward = common.moved(stands)
    assert onward == (wanted.session and wanted.session.dump())
    assert (common.turn.actions, common.turn.notes) == (wanted.actions, wanted.notes)


MENU = 'hello: {menu: "Press one.", options: {1: hello, 2: bye}}'


def test_two_callers_at_the_same_menu_share_one_turn() -> None:
    made = flow(f"  {MENU}")

    one = resume(made, begun(made, "+12025550123"), KeysPressed("1"))
    other = resume(made, begun(made, "+12025550124"), KeysPressed("1"), NOON + 60, "ca_2")

    assert one.is_common
    assert other.actions is one.actions
    assert other.notes is one.notes
    assert one.session is not None
    assert other.session is not None
    assert one.session.value("caller") == "+12025550123"
    assert other.session.value("caller") == "+12025550124"


@pytest.mark.parametrize(
    "step",
    [
        '{say: "You call from {caller}.", next: hello}',
        "{hours: shop, open: hello, closed: hello}",
        "{set: {vip: yes}, next: hello}",
        "{split: {hello: 50%}, rest: bye}",
    ],
)
def test_a_turn_that_looks_at_the_caller_the_moment_or_chance_is_made_anew(step: str) -> None:
    made = flow(f"  {MENU.replace('1: hello', '1: personal')}\n  personal: {step}", head="fallback: message")

    assert not resume(made, begun(made), KeysPressed("1")).is_common
    assert resume(made, begun(made), KeysPressed("2")).is_common


def test_long_keys_are_never_kept_in_memory() -> None:
    made = flow(f"  {MENU}")

    resume(made, begun(made), KeysPressed("4111111111111111"))
    resume(made, begun(made), NothingPressed())

    assert "4111" not in str(remembered._known)
    assert len(remembered._known) == 1


def test_memory_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "MOST", 3)
    made = flow(f"  {MENU}")

    for key in "0123456789":
        turn = resume(made, begun(made), KeysPressed(key))
        assert isinstance(turn.actions[0], AskKeys) or turn.session is None

    assert len(remembered._known) <= 3
