"""What a call must remember between two turns, small enough to travel inside an address.

A dump has three parts: a head of 19 bytes with the call's own counts, the *place*, which is the same for every caller
who stands there (the 32 bytes of the flow's digest, then JSON), and what this call alone has learned (JSON); about 120
bytes for a plain menu turn. So a turn that is the same for all moves a call on without reading it (remembered.py).
Formats 1 and 2 are older ones, all JSON. Calls in progress survive a new version of this program: all are read for ever.
"""

import json
import struct
from dataclasses import dataclass
from typing import Any, NamedTuple

PLAIN, EXTENDED, CUT = b"\x01", b"\x02", b"\x03"
DIGEST_BYTES = 32
CONSENTED = 1
IN_FALLBACK = 2
_HEAD = struct.Struct(">cIIdH")  # format, turn, steps, started_at, length of the place
_pack = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


class BadSession(ValueError):
    """Bytes that are no session of ours, or of a newer format."""


@dataclass(frozen=True)
class Caller:
    """Who calls and which number was dialled; `number` is None when it is withheld. Numbers are E.164.

    `name` is what the telephone network calls the caller, mostly nothing.
    """

    number: str | None
    called: str
    name: str = ""


class Cut(NamedTuple):
    """A dump taken apart and not read: where the call stands, its own counts, and what it has learned."""

    place: bytes
    turn: int
    steps: int
    started_at: float
    learned: bytes

    def dump(self) -> bytes:
        """The parts as one."""
        head = _HEAD.pack(CUT, self.turn, self.steps, self.started_at, len(self.place))
        return head + self.place + self.learned

    def moved(self, place: bytes, steps: int) -> bytes:
        """The dump of this call a turn later, so many steps on, at another place."""
        head = _HEAD.pack(CUT, self.turn + 1, self.steps + steps, self.started_at, len(place))
        return head + place + self.learned


def cut(dumped: bytes) -> Cut | None:
    """The parts of a dump; None for an older format, and for bytes that are no session."""
    if dumped[:1] != CUT or len(dumped) <= _HEAD.size + DIGEST_BYTES:
        return None
    _, turn, steps, started_at, length = _HEAD.unpack_from(dumped)
    end = _HEAD.size + length
    return Cut(dumped[_HEAD.size : end], turn, steps, started_at, dumped[end:])


@dataclass(frozen=True)
class Session:
    """Where a call stands: flow version (sha256 hex), step that waits, turn, and what was counted and learned.

    `tries` counts unsuccessful answers at this step, `steps` all steps of the call; `consented` tells that the
    recording was announced, `in_fallback` that the flow's fallback has been used. `stage` is how far the call is
    inside this step, `counts` how often each loop went round, `language` what is spoken since a language step,
    `records` and `side` what a recording step decided (None and empty: as the flow says).
    """

    flow: str
    step: str
    turn: int
    started_at: float
    tries: int = 0
    steps: int = 0
    consented: bool = False
    in_fallback: bool = False
    variables: tuple[tuple[str, str], ...] = ()
    stage: int = 0
    counts: tuple[tuple[str, int], ...] = ()
    language: str = ""
    records: bool | None = None
    side: str = ""

    def dump(self) -> bytes:
        """The session as bytes; equal sessions give equal bytes."""
        learned = _pack(self.variables).encode()
        return Cut(self.place(), self.turn, self.steps, self.started_at, learned).dump()

    def place(self) -> bytes:
        """Everything that other callers may share: the same for all who stand at the same point of the same flow."""
        flags = (CONSENTED if self.consented else 0) | (IN_FALLBACK if self.in_fallback else 0)
        more = self._more()
        rest = [self.step, self.tries, flags, more] if more else [self.step, self.tries, flags]
        return bytes.fromhex(self.flow) + _pack(rest).encode()

    def _more(self) -> dict[str, Any]:
        if not (self.stage or self.counts or self.language or self.side or self.records is not None):
            return {}
        known = {"s": self.stage, "c": self.counts, "l": self.language, "w": self.side}
        more = {name: value for name, value in known.items() if value}
        return more if self.records is None else more | {"r": self.records}

    def value(self, name: str) -> str | None:
        """A variable of this call."""
        return next((value for known, value in self.variables if known == name), None)

    def but(self, **changes: Any) -> "Session":
        """This session with something changed: dataclasses.replace in a third of its time, on the path of every turn."""
        changed = object.__new__(Session)
        changed.__dict__.update(self.__dict__, **changes)
        return changed

    @classmethod
    def load(cls, dumped: bytes) -> "Session":
        """The session of a dump; raises BadSession."""
        try:
            parts = cut(dumped)
            return _older(dumped) if parts is None else _read(parts)
        except (ValueError, TypeError, AttributeError, RecursionError) as problem:
            raise BadSession("these bytes are no session") from problem


_NEW = Session(flow="", step="", turn=0, started_at=0.0)


def _read(parts: Cut) -> Session:
    step, tries, flags, *more = json.loads(parts.place[DIGEST_BYTES:].decode())
    if len(more) > 1:
        raise ValueError("more than a place has")
    read = _NEW.but(
        flow=parts.place[:DIGEST_BYTES].hex(),
        turn=parts.turn,
        started_at=parts.started_at,
        steps=parts.steps,
        **_shared(step, tries, flags),
        variables=_variables(json.loads(parts.learned.decode())),
    )
    return read.but(**_extended(more[0])) if more else read


def _older(dumped: bytes) -> Session:
    """A dump of format 1 or 2."""
    if dumped[:1] not in (PLAIN, EXTENDED):
        raise ValueError("an unknown format")
    rest = json.loads(dumped[1 + DIGEST_BYTES :].decode())
    more = rest.pop() if dumped[:1] == EXTENDED else None
    step, turn, started_at, tries, steps, flags, variables = rest
    read = _NEW.but(
        flow=dumped[1 : 1 + DIGEST_BYTES].hex(),
        turn=int(turn),
        started_at=float(started_at),
        steps=int(steps),
        **_shared(step, tries, flags),
        variables=_variables(variables),
    )
    return read if more is None else read.but(**_extended(more))


def _shared(step: Any, tries: Any, flags: Any) -> dict[str, Any]:
    return {
        "step": str(step),
        "tries": int(tries),
        "consented": bool(flags & CONSENTED),
        "in_fallback": bool(flags & IN_FALLBACK),
    }


def _variables(pairs: Any) -> tuple[tuple[str, str], ...]:
    return tuple([(str(name), str(value)) for name, value in pairs])


def _extended(more: dict[str, Any]) -> dict[str, Any]:
    records = more.get("r")
    return {
        "stage": int(more.get("s", 0)),
        "counts": tuple((str(name), int(count)) for name, count in more.get("c", ())),
        "language": str(more.get("l", "")),
        "records": None if records is None else bool(records),
        "side": str(more.get("w", "")),
    }
