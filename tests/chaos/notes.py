"""What the people of a run know of it besides the simulator: what agents wished, and what was broken when."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Say = Callable[[str], None]


def digits(text: str) -> str:
    """+1 202-555-1000 and +12025551000 are one number."""
    return "".join(mark for mark in text if mark.isdigit())


@dataclass(frozen=True)
class Broken:
    """One fault as it was done: when it began, when it was no longer held, and how long until all was well again."""

    target: str
    at: float  # epoch seconds, as the ledger's
    until: float
    back: float | None = None  # seconds after `until`; None: not within the run

    def as_json(self, began: float) -> dict[str, Any]:
        """For the last line of a run."""
        told: dict[str, Any] = {"target": self.target, "at_s": round(self.at - began, 1)}
        if self.until - self.at > 1.0:
            told["away_s"] = round(self.until - self.at, 1)
        return told | {"back_s": None if self.back is None else round(self.back, 1)}


@dataclass
class Notes:
    """Filled while a run goes on."""

    ended_by_agents: dict[str, float] = field(
        default_factory=dict
    )  # a caller's digits, and when the agent wished it
    broken: list[Broken] = field(default_factory=list)
