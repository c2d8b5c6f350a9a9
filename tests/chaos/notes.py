"""What the people of a run know of it besides the simulator: what desks showed, what agents wished, what broke when."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Say = Callable[[str], None]
NEVER = float("inf")


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

    @property
    def well_at(self) -> float:
        """When all was well again."""
        return NEVER if self.back is None else self.until + self.back

    def as_json(self, began: float) -> dict[str, Any]:
        """For the last line of a run."""
        told: dict[str, Any] = {"target": self.target, "at_s": round(self.at - began, 1)}
        if self.until - self.at > 1.0:
            told["away_s"] = round(self.until - self.at, 1)
        return told | {"back_s": None if self.back is None else round(self.back, 1)}


@dataclass(frozen=True)
class Look:
    """What a desk showed from a moment on: the agent's state, and the caller on it (digits), offered or in talk."""

    at: float
    state: str  # "" when the stream broke: nobody knows
    caller: str = ""


@dataclass(frozen=True)
class Published:
    """A flow that went live while people called; `words` are in no earlier version of it."""

    at: float
    merchant: str
    words: str


@dataclass
class Notes:
    """Filled while a run goes on."""

    ended_by_agents: dict[str, float] = field(
        default_factory=dict
    )  # a caller's digits, and when the agent wished it
    broken: list[Broken] = field(default_factory=list)
    looks: list[tuple[str, Look]] = field(
        default_factory=list
    )  # an agent's identity, and what the desk showed
    published: list[Published] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)  # a number that is dialled, and its merchant
    shops: dict[str, str] = field(default_factory=dict)  # merchants, and their names as callers hear them
    agents: dict[str, tuple[str, str]] = field(
        default_factory=dict
    )  # identity: merchant and the agent's name
    errors: list[str] = field(default_factory=list)  # clicks that were answered by 500 or above
    _by_agent: dict[str, list[Look]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        for agent, look in self.looks:
            self._by_agent.setdefault(agent, []).append(look)

    def sees(self, agent: str, at: float, desk: dict[str, Any] | None) -> None:
        """A desk shows something new; None when its stream broke."""
        shown = desk or {}
        about = shown.get("offer") or shown.get("talk") or {}
        look = Look(at, shown.get("state", ""), digits(about.get("caller", "")))
        if (before := self.looks_of(agent)[-1:]) and (before[0].state, before[0].caller) == (
            look.state,
            look.caller,
        ):
            return
        self.looks.append((agent, look))
        self._by_agent.setdefault(agent, []).append(look)

    def looks_of(self, agent: str) -> list[Look]:
        """What one desk showed, in order."""
        return self._by_agent.get(agent, [])

    def looked(self) -> list[str]:
        """The agents whose desks were seen."""
        return list(self._by_agent)
