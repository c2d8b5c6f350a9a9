"""A call from its journal: the pinned flow is played again, and what the journal tells says what must have happened.

Nobody kept the events of a call, only what came of them. So at each turn every event that could have been is tried, and
the first whose turn tells the same facts was it. Where the journal has a gap the call is taken up again behind it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from callflows import engine
from callflows.actions import JoinQueue, RequestCallback, RingAgents
from callflows.engine import Turn
from callflows.events import (
    CallbackOutcome,
    CallbackSettled,
    Event,
    KeysPressed,
    NothingPressed,
    QueueLeft,
    QueueOutcome,
    RingEnded,
    RingOutcome,
)
from callflows.flow import Flow
from callflows.kinds import MOST_DIGITS
from callflows.notes import Note, NoteKind
from callflows.session import Caller, Session
from callflows.tools.happenings import KEYS, every_event
from callflows.tools.ways import Way, ways
from callflows.world import Staffing, World

KINDS = frozenset(map(str, NoteKind))
SKIPPED: Mapping[type[Any], tuple[QueueLeft | RingEnded | CallbackSettled, ...]] = {
    JoinQueue: (
        QueueLeft(QueueOutcome.FULL),
        QueueLeft(QueueOutcome.NO_AGENTS),
        QueueLeft(QueueOutcome.TOO_LONG),
    ),
    RingAgents: (RingEnded(RingOutcome.BUSY), RingEnded(RingOutcome.AWAY)),
    RequestCallback: (
        CallbackSettled(CallbackOutcome.ACCEPTED),
        CallbackSettled(CallbackOutcome.INVALID),
    ),
}
ENTERED = (NoteKind.ENQUEUED, NoteKind.AGENTS_RUNG)
MOST_SKIPPED = 4
# A silence last: steps that take it for something else tell the same facts.
SAMPLES = sorted(every_event(), key=lambda event: isinstance(event, NothingPressed))


@dataclass(frozen=True)
class Told:
    """What the journal tells of one turn: kind, step and data of each fact."""

    number: int
    at: float
    facts: tuple[tuple[str, str, Mapping[str, Any]], ...]


@dataclass(frozen=True)
class Replayed:
    """One turn again; `turn` is None where the journal does not say enough. `skipped` turns before it are not known."""

    told: Told
    event: Event | None
    turn: Turn | None
    walked: tuple[Way, ...]
    skipped: int = 0

    @property
    def path(self) -> tuple[str, ...]:
        """The steps it came to, at least those that the journal names."""
        if self.turn is not None:
            return self.turn.path
        return tuple(dict.fromkeys(step for _, step, _ in self.told.facts if step))


def replay(
    flow: Flow, caller: Caller, call: str, told: Sequence[Told], given: Mapping[int, Sequence[Event]]
) -> list[Replayed]:
    """All turns of a call; `call` names it, `given` are events that are known for certain, by turn."""
    found: list[Replayed] = []
    session: Session | None = None
    for one in told:
        wanted = [fact for fact in one.facts if fact[0] in KINDS]
        due = 0 if session is None else session.turn + 1
        skipped = one.number - due if session is not None or one.number else 0
        if skipped and session is not None:
            session = _taken_up(session, one)
        tries: Iterator[tuple[Event | None, Turn]] = iter(())
        if one.number == 0:
            tries = ((None, engine.start(flow, caller, one.at, world)) for world in _worlds(flow, call))
        elif session is not None:
            tries = _tries(flow, session, one, call, given.get(one.number, ()))
        event, turn, known = _fitting(flow, tries, wanted, one.at, call)
        before = session if one.number else None
        walked = ways(flow, before, event, turn, known) if turn is not None else ()
        found.append(Replayed(one, event, turn, walked, max(0, skipped)))
        session = turn.session if turn is not None else _after(session, flow, one)
    return found


def _tries(
    flow: Flow, session: Session, told: Told, call: str, given: Iterable[Event]
) -> Iterator[tuple[Event | None, Turn]]:
    for world in _worlds(flow, call):
        for event in chain(given, _pressed(told), SAMPLES):
            yield event, engine.resume(flow, session, event, told.at, world)


def _pressed(told: Told) -> Iterator[Event]:
    """Keys that the journal names, then every single one, then as many as somebody may have entered in confidence."""
    values = [str(value) for _, _, data in told.facts for value in data.values()]
    several = ("1" * count for count in range(2, MOST_DIGITS + 1))
    for keys in dict.fromkeys([*filter(KEYS.fullmatch, values), *"0123456789*#", *several]):
        yield KeysPressed(keys)
        yield QueueLeft(QueueOutcome.EXIT_KEY, keys)


def _worlds(flow: Flow, call: str) -> Iterator[World]:
    """Who was there is not kept either: each answer in turn."""
    for staffing in Staffing if flow.queues else (Staffing.AVAILABLE,):
        yield World(call, dict.fromkeys(flow.queues, staffing))


def _fitting(
    flow: Flow, tries: Iterator[tuple[Event | None, Turn]], wanted: Sequence[Any], at: float, call: str
) -> tuple[Event | None, Turn | None, Mapping[str, str]]:
    """The first that tells the same; failing that the first that tells the same kinds at the same steps."""
    alike: tuple[Event | None, Turn | None, Mapping[str, str]] = (None, None, {})
    for event, first in tries:
        for turn, skipped in _with_queues_that_let_nobody_in(flow, first, at, call, {}):
            likeness = _likeness(turn.notes, wanted)
            if likeness == 2:
                return event, turn, skipped
            if likeness == 1 and alike[1] is None:
                alike = event, turn, skipped
    return alike


def _likeness(notes: Sequence[Note], wanted: Sequence[Any]) -> int:
    """2 when all is the same, 1 when kinds and steps are, else 0."""
    if [(str(note.kind), note.step) for note in notes] != [fact[:2] for fact in wanted]:
        return 0
    same = all(_plain(note.data) == _plain(fact[2]) for note, fact in zip(notes, wanted, strict=True))
    return 2 if same else 1


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in data.items()
        if name != "step"
    }


def _with_queues_that_let_nobody_in(
    flow: Flow, turn: Turn, at: float, call: str, skipped: Mapping[str, str]
) -> Iterator[tuple[Turn, Mapping[str, str]]]:
    """The turn, and what comes of it when its queue is full or deserted: that happens within the same turn."""
    yield turn, skipped
    session = turn.session
    if session is None or len(skipped) >= MOST_SKIPPED:
        return
    for event in SKIPPED.get(type(turn.actions[-1]), ()):
        on = engine.resume(flow, session, event, at, World(call))
        notes = tuple(note for note in turn.notes if note.kind not in ENTERED)
        merged = Turn(on.session, turn.actions[:-1] + on.actions, notes + on.notes, turn.path + on.path)
        yield from _with_queues_that_let_nobody_in(
            flow, merged, at, call, {**skipped, session.step: str(event.outcome)}
        )


def _taken_up(session: Session, told: Told) -> Session:
    """Behind a gap: the call stood at the step of which the journal speaks first."""
    step = next((step for _, step, _ in told.facts if step), session.step)
    return replace(session, step=step, turn=told.number - 1)


def _after(session: Session | None, flow: Flow, told: Told) -> Session:
    """After a turn that could not be played again: it waits at the last step that the journal names."""
    steps = [step for _, step, _ in told.facts if step in flow.steps]
    known = session or Session(flow.digest, flow.start, 0, told.at)
    return replace(known, step=steps[-1] if steps else known.step, turn=told.number)
