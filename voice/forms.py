"""What Twilio and the journal get for a turn that is the same for every caller: written once per process.

Only the sealed session in the address of the next turn differs, so the document is kept as the pieces around it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from callflows.actions import (
    Action,
    Forward,
    JoinQueue,
    Request,
    RequestCallback,
    RingAgents,
    SendText,
    TakeVoicemail,
)
from callflows.engine import Turn
from callflows.notes import Note, NoteKind
from voice.facts import Told
from voice.links import LinkTooLong

EFFECTS = (JoinQueue, RingAgents, TakeVoicemail, Forward, Request, RequestCallback, SendText)
TIMED = (NoteKind.HOURS_CHECKED, NoteKind.STAFFING_CHECKED)
EVIDENCE = frozenset(
    {NoteKind.CONSENT_ANNOUNCED, NoteKind.RECORDING_DECIDED}
)  # facts that somebody may have to prove
HOLE = sha256(b"the sealed session").hexdigest()  # stands for it, and in no text of a flow
MOST = 20_000


@dataclass(frozen=True, slots=True)
class Form:
    """The answer to a common turn; `actions` and `notes` are the turn's own: by their identity it is known again.

    `room` is how many characters a sealed session may have here before the address becomes too long.
    """

    actions: tuple[Action, ...]
    notes: tuple[Note, ...]
    pieces: tuple[bytes, ...]
    room: int
    told: Told
    is_evidence: bool

    def document(self, sealed: str) -> bytes:
        """The answer that sends the caller on with this sealed session (empty: the call ends); raises LinkTooLong."""
        if len(sealed) > self.room:
            raise LinkTooLong(f"a sealed session of {len(sealed)} characters, more than {self.room}")
        return sealed.encode().join(self.pieces)


class Forms:
    """The forms of a process."""

    def __init__(self) -> None:
        self._known: dict[int, Form] = {}

    def known(self, turn: Turn) -> Form | None:
        """The form of a common turn, if it was made."""
        form = self._known.get(id(turn.actions))
        return form if form is not None and form.notes is turn.notes else None

    def of(self, turn: Turn, write: Callable[[str], bytes], room: int) -> Form | None:
        """The form of a turn, made now if need be; None when the turn is not the same for all, or has an effect.

        `write` makes the document with a sealed session, which may have `room` characters.
        """
        if not turn.is_common:
            return None
        return self.known(turn) or self._made(turn, write, room)

    def _made(self, turn: Turn, write: Callable[[str], bytes], room: int) -> Form | None:
        if has_effect(turn) or looked_at_time(turn):
            return None
        pieces = tuple(write(HOLE).split(HOLE.encode()))
        form = Form(turn.actions, turn.notes, pieces, room, Told(map(fact, turn.notes)), is_evidence(turn))
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[id(turn.actions)] = form
        return form


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
