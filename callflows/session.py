"""What a call must remember between two turns, small enough to travel inside an address.

A dump is one format byte, the 32 bytes of the flow's digest and a JSON list: about 120 bytes for a plain menu turn.
"""

import json
from dataclasses import dataclass

FORMAT = b"\x01"
DIGEST_BYTES = 32
CONSENTED = 1
IN_FALLBACK = 2


class BadSession(ValueError):
    """Bytes that are no session of ours, or of a newer format."""


@dataclass(frozen=True)
class Caller:
    """Who calls and which number was dialled; `number` is None when it is withheld. Numbers are E.164."""

    number: str | None
    called: str


@dataclass(frozen=True)
class Session:
    """Where a call stands: flow version (sha256 hex), step that waits, turn, and what was counted and learned.

    `tries` counts unsuccessful answers at this step, `steps` all steps of the call; `consented` tells that the
    recording was announced, `in_fallback` that the flow's fallback has been used.
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

    def dump(self) -> bytes:
        """The session as bytes; equal sessions give equal bytes."""
        flags = (CONSENTED if self.consented else 0) | (IN_FALLBACK if self.in_fallback else 0)
        rest = [self.step, self.turn, self.started_at, self.tries, self.steps, flags, self.variables]
        packed = json.dumps(rest, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return FORMAT + bytes.fromhex(self.flow) + packed.encode()

    def value(self, name: str) -> str | None:
        """A variable of this call."""
        return dict(self.variables).get(name)

    @classmethod
    def load(cls, dumped: bytes) -> "Session":
        """The session of a dump; raises BadSession."""
        if dumped[:1] != FORMAT or len(dumped) <= 1 + DIGEST_BYTES:
            raise BadSession("these bytes are no session")
        flow = dumped[1 : 1 + DIGEST_BYTES].hex()
        try:
            step, turn, started_at, tries, steps, flags, variables = json.loads(dumped[1 + DIGEST_BYTES :])
            return cls(
                flow=flow,
                step=str(step),
                turn=int(turn),
                started_at=float(started_at),
                tries=int(tries),
                steps=int(steps),
                consented=bool(flags & CONSENTED),
                in_fallback=bool(flags & IN_FALLBACK),
                variables=tuple((str(name), str(value)) for name, value in variables),
            )
        except (ValueError, TypeError, RecursionError) as problem:
            raise BadSession("these bytes are no session") from problem
