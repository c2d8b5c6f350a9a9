"""What a <Dial> was told, whatever it dials, and the two legs that it brings together."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.legs import Leg
from simulator.recordings import Order


@dataclass(frozen=True)
class Dialling:
    """Seconds for timeout and time_limit; caller_id is "" when the call's own From counts."""

    timeout: int
    time_limit: int
    hangup_on_star: bool
    answer_on_bridge: bool
    sequential: bool
    caller_id: str
    record: Order | None


@dataclass(eq=False)
class Bridge:
    """Two legs that hear each other."""

    legs: tuple[Leg, Leg]

    def listeners(self, leg: Leg) -> list[Leg]:
        return [other for other in self.legs if other is not leg]
