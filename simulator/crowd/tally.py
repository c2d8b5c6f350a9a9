"""What became of a crowd: how many were talked to, how long they waited, and what Twilio complained about."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from simulator.legs import Leg


@dataclass
class Tally:
    """Filled while the crowd lives; waits are seconds from dialling to the first word with somebody."""

    calls: int = 0
    running: int = 0
    most_at_once: int = 0
    talks: int = 0
    gave_up: int = 0
    waits: list[float] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)

    def began(self) -> None:
        self.calls += 1
        self.running += 1
        self.most_at_once = max(self.most_at_once, self.running)

    def talked(self, wait: float) -> None:
        self.talks += 1
        self.waits.append(wait)

    def ended(self, leg: Leg, *, talked: bool) -> None:
        self.running -= 1
        self.ends[str(leg.status)] += 1
        if not talked:
            self.gave_up += 1

    def summary(self) -> dict[str, Any]:
        ordered = sorted(self.waits)

        def share(part: float) -> float | None:
            return round(ordered[min(len(ordered) - 1, int(part * len(ordered)))], 1) if ordered else None

        return {
            "calls": self.calls,
            "running": self.running,
            "most_at_once": self.most_at_once,
            "talked": self.talks,
            "not_talked": self.gave_up,
            "wait_seconds": {"median": share(0.5), "p90": share(0.9), "longest": share(1.0)},
            "ended_as": dict(sorted(self.ends.items())),
        }
