"""What a call must remember between two turns, small enough to travel inside an address.

A dump is one format byte, the 32 bytes of the flow's digest and a JSON list: about 120 bytes for a plain menu turn.
Format 1 is a plain call; format 2 has one more value, a table of what only some calls remember. Calls in progress
survive a new version of this program, so both are read for ever.
"""

import json
from dataclasses import dataclass
from typing import Any

PLAIN, EXTENDED = b"\x01", b"\x02"
DIGEST_BYTES = 32
CONSENTED = 1
IN_FALLBACK = 2
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
        flags = (CONSENTED if self.consented else 0) | (IN_FALLBACK if self.in_fallback else 0)
        rest = [self.step, self.turn, self.started_at, self.tries, self.steps, flags, self.variables]
        more = self._more()
        if more:
            return EXTENDED + bytes.fromhex(self.flow) + _pack([*rest, more]).encode()
        return PLAIN + bytes.fromhex(self.flow) + _pack(rest).encode()

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
        if dumped[:1] not in (PLAIN, EXTENDED) or len(dumped) <= 1 + DIGEST_BYTES:
            raise BadSession("these bytes are no session")
        flow = dumped[1 : 1 + DIGEST_BYTES].hex()
        try:
            rest = json.loads(dumped[1 + DIGEST_BYTES :].decode())
            more = rest.pop() if dumped[:1] == EXTENDED else None
            step, turn, started_at, tries, steps, flags, variables = rest
            loaded = _NEW.but(
                flow=flow,
                step=str(step),
                turn=int(turn),
                started_at=float(started_at),
                tries=int(tries),
                steps=int(steps),
                consented=bool(flags & CONSENTED),
                in_fallback=bool(flags & IN_FALLBACK),
                variables=tuple([(str(name), str(value)) for name, value in variables]),
            )
            return loaded if more is None else loaded.but(**_extended(more))
        except (ValueError, TypeError, AttributeError, RecursionError) as problem:
            raise BadSession("these bytes are no session") from problem


_NEW = Session(flow="", step="", turn=0, started_at=0.0)


def _extended(more: dict[str, Any]) -> dict[str, Any]:
    records = more.get("r")
    return {
        "stage": int(more.get("s", 0)),
        "counts": tuple((str(name), int(count)) for name, count in more.get("c", ())),
        "language": str(more.get("l", "")),
        "records": None if records is None else bool(records),
        "side": str(more.get("w", "")),
    }
