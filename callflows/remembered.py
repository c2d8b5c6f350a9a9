"""Turns that are the same for every caller, made once per process and remembered.

Most turns of a flow look at nothing but the key that was pressed: what is said next, what is noted and where the call
stands then follow from the flow alone. Such a turn is found out by making it for nobody: with a caller, a moment and a
world of which nothing can be known. If that goes well, and comes out the same another time, it holds for everybody.

It is kept under the place of the session (session.py) and the event, both as they travel: so the next caller's turn is
found, and the call moved on, without reading the session at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, NoReturn

from callflows import engine
from callflows.engine import STEPS_PER_CALL, STEPS_PER_TURN, Turn
from callflows.events import Event, KeysPressed, NothingPressed
from callflows.flow import Flow
from callflows.notes import NoteKind
from callflows.session import Cut, Session
from callflows.world import World

MOST = 20_000  # turns in memory; a flow of a hundred menus has some thousand
LAST_STEP = (
    STEPS_PER_CALL - 2 * STEPS_PER_TURN
)  # calls that went further may be stopped: their turns are made
OF_A_CALL = ("turn", "started_at", "steps", "variables")  # differ from call to call
SHARED = tuple(field.name for field in fields(Session) if field.name not in OF_A_CALL)


class Personal(BaseException):
    """The turn wanted to know something about the caller, the moment or the world."""


class _Unknowable:
    """Stands for whatever must not be looked at."""

    def _looked_at(self, *_: object) -> NoReturn:
        raise Personal

    __iter__ = __len__ = __getitem__ = __contains__ = __bool__ = __float__ = __int__ = __index__ = _looked_at
    __lt__ = __le__ = __gt__ = __ge__ = __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __truediv__ = (
        _looked_at
    )
    __mod__ = __floordiv__ = __str__ = __repr__ = __format__ = __getattr__ = _looked_at


@dataclass(frozen=True)
class Common:
    """A turn for everybody, without a session: where the call stands then (None: it ends), and how many steps it took.

    `changes` are the values of the session that make the place another one.
    """

    turn: Turn
    place: bytes | None
    changes: Mapping[str, Any]
    steps: int

    def moved(self, stands: Cut) -> bytes | None:
        """The session of a call after this turn, dumped; None when the call ends."""
        return None if self.place is None else stands.moved(self.place, self.steps)


_known: dict[tuple[bytes, Event], Common | None] = {}


def known(stands: Cut, event: Event) -> Common | None:
    """The turn of a call that stands there, if it was made before for somebody and holds for everybody."""
    return _known.get((stands.place, event)) if stands.steps <= LAST_STEP else None


def resume(flow: Flow, session: Session, event: Event, now: float, world: World) -> Turn:
    """The same turn as engine.resume makes."""
    is_plain = isinstance(event, NothingPressed) or (isinstance(event, KeysPressed) and len(event.keys) == 1)
    if not is_plain or session.steps > LAST_STEP:
        return engine.resume(flow, session, event, now, world)
    key = (session.place(), event)
    common = _known.get(key, Personal)
    if common is Personal:
        common = _remember(key, _for_nobody(flow, session, event))
    if not isinstance(common, Common):
        return engine.resume(flow, session, event, now, world)
    turn = common.turn
    if common.place is None:
        return turn
    onward = session.but(turn=session.turn + 1, steps=session.steps + common.steps, **common.changes)
    return Turn(onward, turn.actions, turn.notes, turn.path, is_common=True)


def _remember(key: tuple[bytes, Event], common: Common | None) -> Common | None:
    if len(_known) >= MOST:
        _known.clear()
    _known[key] = common
    return common


def _for_nobody(flow: Flow, session: Session, event: Event) -> Common | None:
    """The turn without anything of the caller; None when it would have to know."""
    nothing: Any = _Unknowable()
    nobody = session.but(variables=nothing)
    try:
        one = engine.resume(flow, nobody.but(turn=1, started_at=1.0, steps=2), event, nothing, nothing)
        other = engine.resume(flow, nobody.but(turn=5, started_at=7.0, steps=11), event, nothing, nothing)
        repr((one.actions, one.notes))  # what was passed on without a look is looked at here
    except Personal:
        return None
    turn = replace(one, session=None, is_common=True)
    if turn != replace(other, session=None, is_common=True) or _has_failed(one):
        return None
    if one.session is None or other.session is None:
        return Common(turn, None, {}, 0)
    if one.session.variables is not nothing or one.session.place() != other.session.place():
        return None
    before, after = session.__dict__, one.session.__dict__
    changes = {name: after[name] for name in SHARED if after[name] != before[name]}
    return Common(turn, one.session.place(), changes, one.session.steps - 2)


def _has_failed(turn: Turn) -> bool:
    """A step that failed may have failed because there was nobody."""
    return any(note.kind is NoteKind.FLOW_FAILED for note in turn.notes)
