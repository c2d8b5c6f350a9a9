"""The machine: a flow, a call's session and what just happened give what the caller hears next.

Pure: no clock, no network, no randomness. A turn runs step after step until one waits or ends the call. Whatever
fails leads to the flow's fallback, once; if that fails too, the caller hears an apology. Nothing loops for ever: a
turn takes at most 50 steps, a call 500, and the fallback then has 50 more.
"""

from dataclasses import dataclass, field
from typing import assert_never

from callflows.actions import Action, HangUp
from callflows.events import Event, caller_is_gone
from callflows.flow import Flow
from callflows.notes import Note, NoteKind
from callflows.session import Caller, Session
from callflows.steps.base import End, Go, Move, Step, StepFailed, Visit, Wait
from callflows.words import APOLOGY, in_language
from callflows.world import NOWHERE, World

STEPS_PER_TURN = 50
STEPS_PER_CALL = 500
# A number is 16 characters, an address of an internet phone can be far longer, and the session must stay small.
LONGEST_NUMBER = 64
LONGEST_NAME = 40
IDLE_NOTES = (
    NoteKind.MESSAGE_PLAYED,
    NoteKind.HOURS_CHECKED,
    NoteKind.STAFFING_CHECKED,
    NoteKind.VARIABLES_SET,
    NoteKind.BRANCHED,
    NoteKind.SPLIT,
    NoteKind.LOOPED,
    NoteKind.MODULE_ENTERED,
    NoteKind.LANGUAGE_CHANGED,
)


@dataclass(frozen=True)
class Turn:
    """What to do now; `session` is None when the call ends after it. `notes` are the facts for the journal.

    `path` are the steps that the call came to in this turn, in order; `is_common` tells that actions and notes are the
    very ones of every other caller (callflows/remembered.py).
    """

    session: Session | None
    actions: tuple[Action, ...]
    notes: tuple[Note, ...]
    path: tuple[str, ...] = ()
    is_common: bool = False


def start(flow: Flow, caller: Caller, now: float, world: World = NOWHERE) -> Turn:
    """The first turn of a call; `now` in seconds since the epoch, UTC."""
    known = {
        "number": caller.called[:LONGEST_NUMBER],
        "caller": (caller.number or "")[:LONGEST_NUMBER],
        "caller_name": caller.name[:LONGEST_NAME],
    }
    variables = tuple((name, value) for name, value in known.items() if value)
    session = Session(flow=flow.digest, step=flow.start, turn=0, started_at=now, variables=variables)
    if flow.blocked is not None and flow.blocked.blocks(caller.number):
        said = Visit(flow, session, now, world).say(flow.blocked.say)
        notes = (
            Note(NoteKind.CALLER_BLOCKED, ""),
            Note(NoteKind.ENDING_TRIGGERED, "", {"reason": "blocked"}),
        )
        return Turn(None, (said, HangUp()), notes)
    return _Run(flow, session, now, world).go(Go(flow.start))


def resume(flow: Flow, session: Session, event: Event, now: float, world: World = NOWHERE) -> Turn:
    """The next turn, after something happened; the same arguments always give the same turn."""
    if caller_is_gone(event):
        return Turn(None, (), ())
    run = _Run(flow, session.but(turn=session.turn + 1), now, world)
    step = flow.steps.get(session.step)
    if step is None:
        return run.go(run.failed(f"there is no step '{session.step}'"))
    return run.go(run.attempt(step, event))


@dataclass
class _Run:
    """One turn while it is being made."""

    flow: Flow
    session: Session
    now: float
    world: World
    taken: int = 0
    actions: list[Action] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    path: list[str] = field(default_factory=list)

    def go(self, move: Move) -> Turn:
        """Follow moves until one waits or ends the call."""
        while True:
            match move:
                case Go():
                    self._heard(move)
                    if move.changes:
                        self.session = self.session.but(**(move.changes or {}))
                    move = self._next(move.to)
                case Wait():
                    self._announce_recording()
                    self._heard(move)
                    self.session = self.session.but(
                        tries=move.tries, steps=self.session.steps + 1, **(move.changes or {})
                    )
                    self._forget_secrets()
                    return Turn(self.session, tuple(self.actions), tuple(self.notes), tuple(self.path))
                case End():
                    self._heard(move)
                    return Turn(None, (*self.actions, HangUp()), tuple(self.notes), tuple(self.path))
                case _:
                    assert_never(move)

    def attempt(self, step: Step, event: Event | None = None) -> Move:
        """What a step says; whatever goes wrong in it becomes a way to the fallback."""
        visit = self._visit()
        try:
            return step.enter(visit) if event is None else step.resume(visit, event)
        except StepFailed as problem:
            return self.failed(str(problem))
        except Exception as problem:  # a caller must never pay for a mistake of ours
            return self.failed(f"{type(problem).__name__} in the {step.verb} step")

    def failed(self, reason: str) -> Move:
        """Something went wrong: note it, and go to the fallback."""
        self.notes.append(Note(NoteKind.FLOW_FAILED, self.session.step, {"reason": reason}))
        return Go(None)

    def _next(self, name: str | None) -> Move:
        if name is None:
            return self._fallback()
        step = self.flow.steps.get(name)
        if step is None:
            return self.failed(f"there is no step '{name}'")
        limit = STEPS_PER_CALL + (STEPS_PER_TURN if self.session.in_fallback else 0)
        if self.taken >= STEPS_PER_TURN or self.session.steps >= limit:
            return self._too_many()
        self.taken += 1
        self.path.append(name)
        self.session = self.session.but(step=name, steps=self.session.steps + 1, tries=0, stage=0)
        return self.attempt(step)

    def _too_many(self) -> Move:
        """The flow runs in circles, so what this turn said and looked up is not worth hearing or telling."""
        self.actions.clear()
        self.notes = [note for note in self.notes if note.kind not in IDLE_NOTES]
        self.taken = 0
        return self.failed(f"the call took {self.session.steps} steps without an end")

    def _fallback(self) -> Move:
        if self.flow.fallback is None or self.session.in_fallback:
            return self._last_words()
        self.session = self.session.but(in_fallback=True)
        return Go(self.flow.fallback)

    def _last_words(self) -> Move:
        visit = self._visit()
        said = visit.say(in_language(APOLOGY, visit.language))
        notes = (
            Note(NoteKind.MESSAGE_PLAYED, self.session.step, {"text": said.text}),
            Note(NoteKind.ENDING_TRIGGERED, self.session.step, {"reason": "no way on"}),
        )
        return End((said,), notes)

    def _announce_recording(self) -> None:
        """Say once that the call is recorded, before the first step that records."""
        step = self.flow.steps.get(self.session.step)
        words = self.flow.recording.announce
        if step is None or not words or self.session.consented or not step.records(self._visit()):
            return
        self.session = self.session.but(consented=True)
        said = self._visit().say(words)
        self.actions.append(said)
        self.notes.append(Note(NoteKind.CONSENT_ANNOUNCED, step.name, {"text": said.text[:200]}))

    def _forget_secrets(self) -> None:
        """What was asked in confidence goes no further than the steps that asked: not into a queue, not to a person."""
        secrets, step = self.flow.memory.sensitive, self.flow.steps.get(self.session.step)
        if secrets and step is not None and step.recorded:
            kept = tuple(pair for pair in self.session.variables if pair[0] not in secrets)
            self.session = self.session.but(variables=kept)

    def _visit(self) -> Visit:
        return Visit(self.flow, self.session, self.now, self.world)

    def _heard(self, move: Move) -> None:
        self.actions.extend(move.actions)
        self.notes.extend(move.notes)
