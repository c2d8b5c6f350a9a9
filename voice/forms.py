"""What Twilio and the journal get for a turn that is the same for every caller: written once per process.

Only the address of the next turn differs, so the document is kept as the pieces around it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from callflows.actions import Action, Forward, JoinQueue, Request, RingAgents, SendText, TakeVoicemail
from callflows.engine import Turn
from callflows.notes import Note, NoteKind
from voice import xml
from voice.facts import Told

EFFECTS = (JoinQueue, RingAgents, TakeVoicemail, Forward, Request, SendText)
TIMED = (NoteKind.HOURS_CHECKED, NoteKind.STAFFING_CHECKED)
EVIDENCE = frozenset(
    {NoteKind.CONSENT_ANNOUNCED, NoteKind.RECORDING_DECIDED}
)  # facts that somebody may have to prove
HOLE = "https://address.invalid"
MOST = 20_000


@dataclass(frozen=True, slots=True)
class Form:
    """The answer to a common turn; `actions` and `notes` are the turn's own: by their identity it is known again."""

    actions: tuple[Action, ...]
    notes: tuple[Note, ...]
    pieces: tuple[bytes, ...]
    told: Told
    is_evidence: bool

    def document(self, address: str) -> bytes:
        """The answer that sends the caller on to this address."""
        return xml.attribute(address).join(self.pieces)


class Forms:
    """The forms of a process; `write` makes the document of some actions with an address."""

    def __init__(self) -> None:
        self._known: dict[int, Form] = {}

    def of(self, turn: Turn, write: Callable[[str], bytes]) -> Form | None:
        """The form of a turn; None when the turn is not the same for all, or has an effect."""
        if not turn.is_common:
            return None
        form = self._known.get(id(turn.actions))
        if form is None or form.notes is not turn.notes:
            form = _made(turn, write)
            if form is None:
                return None
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[id(turn.actions)] = form
        return form


def _made(turn: Turn, write: Callable[[str], bytes]) -> Form | None:
    if has_effect(turn) or looked_at_time(turn):
        return None
    pieces = tuple(write(HOLE).split(HOLE.encode()))
    return Form(turn.actions, turn.notes, pieces, Told(map(fact, turn.notes)), is_evidence(turn))


def fact(note: Note) -> tuple[str, Mapping[str, object]]:
    """A note as the journal takes it."""
    return note.kind.value, {"step": note.step, **note.data}


def has_effect(turn: Turn) -> bool:
    """Whether it does something that must not happen twice."""
    return any(isinstance(action, EFFECTS) for action in turn.actions)


def looked_at_time(turn: Turn) -> bool:
    """Whether it would be another one at another time."""
    return any(note.kind in TIMED for note in turn.notes)


def is_evidence(turn: Turn) -> bool:
    """Whether its facts may have to be proved."""
    return any(note.kind in EVIDENCE for note in turn.notes)
