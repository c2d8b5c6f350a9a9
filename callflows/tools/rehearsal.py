"""A call without a telephone: the engine that answers callers, a scene, and what somebody does turn by turn."""

from dataclasses import dataclass

from callflows import engine
from callflows.actions import Action
from callflows.engine import Turn
from callflows.events import CallerHungUp, Event, caller_is_gone
from callflows.flow import Flow
from callflows.notes import NoteKind
from callflows.session import Caller, Session
from callflows.tools.happenings import at_once, meanings, outcomes, words_of
from callflows.tools.scene import Scene
from callflows.tools.ways import Way, ways
from callflows.world import Staffing, World

TIMES = ("max_wait_seconds", "ring_seconds", "wait_seconds", "timeout_seconds")
A_MOMENT = 3.0


@dataclass(frozen=True)
class Stretch:
    """One turn as it was played: what led to it (None for the ring), when, the turn, and the exits that were walked."""

    event: Event | None
    typed: str
    at: float
    turn: Turn
    walked: tuple[Way, ...]


class CannotHappen(ValueError):
    """What was typed means nothing where the call stands; the text says what would."""


class Rehearsal:
    """One call; `stretches` is all of it so far."""

    def __init__(self, flow: Flow, scene: Scene) -> None:
        self.flow, self.scene, self.now = flow, scene, scene.at
        self.stretches: list[Stretch] = []
        turn = engine.start(flow, Caller(scene.caller, _dialled(flow)), self.now, self._world())
        self._keep(None, "", turn, None)

    @property
    def turn(self) -> Turn:
        """The last turn."""
        return self.stretches[-1].turn

    @property
    def is_over(self) -> bool:
        """Whether the call ended."""
        return self.turn.session is None

    @property
    def waits_for(self) -> Action | None:
        """What the call waits for; None when it is over."""
        return None if self.is_over else self.turn.actions[-1]

    def actions(self) -> list[Action]:
        """All that was done in the call."""
        return [action for stretch in self.stretches for action in stretch.turn.actions]

    def hear(self, typed: str) -> None:
        """Somebody presses, says or lets something happen; raises CannotHappen."""
        if self.is_over:
            raise CannotHappen(f"the call is over already; nobody hears '{typed}'")
        for event in meanings(typed, self.waits_for, self.scene):
            turn = self._tried(event)
            if turn is not None:
                self.now += _seconds(self.waits_for, event, turn)
                self._keep(event, typed, self._resumed(event), self.turn.session)
                return
        raise CannotHappen(f"'{typed}' means nothing here; {self.choices()}")

    def choices(self) -> str:
        """What can happen now, as a sentence."""
        return f"this could happen: {', '.join(self.understood())}"

    def understood(self) -> list[str]:
        """Words that would be understood now, each with another result."""
        words: list[str] = []
        for typed in ("silence", *"0123456789", "star", "hash"):
            if any(self._tried(event) for event in list(meanings(typed, self.waits_for, self.scene))[:3]):
                words.append(typed)
        for word, events in outcomes().items():
            if word not in words and any(self._tried(one) for one in events if not caller_is_gone(one)):
                words.append(word)
        return [*words, "hang up"]

    def _keep(self, event: Event | None, typed: str, turn: Turn, before: Session | None) -> None:
        walked = ways(self.flow, before, event, turn)
        self.stretches.append(Stretch(event, typed, self.now, turn, walked))
        happens = at_once(self.waits_for, self.scene)
        if happens is not None and self._tried(happens) is not None:
            self._keep(happens, "", self._resumed(happens), turn.session)

    def _tried(self, event: Event) -> Turn | None:
        """The turn that an event would lead to; None when the step would not know what to do with it."""
        if isinstance(event, CallerHungUp):
            return self._resumed(event)
        turn = self._resumed(event)
        failed = any(note.kind is NoteKind.FLOW_FAILED for note in turn.notes[:1])
        return None if failed else turn

    def _resumed(self, event: Event) -> Turn:
        session = self.turn.session
        if session is None:
            raise CannotHappen("the call is over")
        return engine.resume(self.flow, Session.load(session.dump()), event, self.now, self._world())

    def _world(self) -> World:
        staffing: dict[str, Staffing] = {queue: self.scene.staffing_of(queue) for queue in self.flow.queues}
        return World(call=f"{self.scene.caller} {self.scene.at}", staffing=staffing)


def _dialled(flow: Flow) -> str:
    return flow.numbers[0] if flow.numbers else ""


def _seconds(action: Action | None, event: Event, turn: Turn) -> float:
    """How long it took: a silence or a time-out takes all the time there is, everything else a moment."""
    if words_of(event) in ("silence", "timeout", "no_answer"):
        for name in TIMES:
            if isinstance(value := getattr(action, name, None), int | float):
                return float(value)
    return A_MOMENT
