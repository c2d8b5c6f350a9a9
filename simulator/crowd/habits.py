"""Who calls when, how long they wait and talk, and how agents behave: drawn beforehand, so that a seed says it all."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.script import Press, read_press, read_seconds


class BadCrowd(ValueError):
    """Habits that cannot be; the message names the word."""


@dataclass(frozen=True)
class Habits:
    """Averages: arrivals a minute (they come by chance), seconds of patience and talk.

    presses are what callers do at menus; of keys with | between, each caller draws one: 1|1|2@4s.
    """

    to: tuple[str, ...]
    minutes: float = 10.0
    per_minute: float = 6.0
    patience: float = 120.0
    talk: float = 180.0
    presses: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    browsers: tuple[str, ...] = ()
    takers: tuple[str, ...] = ()
    agent_presses: tuple[str, ...] = ()
    answers_after: float = 4.0
    declines: float = 0.05
    misses: float = 0.05
    wrap_up: float = 20.0
    seed: int = 1

    def __post_init__(self) -> None:
        if not self.to:
            raise BadCrowd("a crowd needs a number to call")
        for name in ("minutes", "per_minute", "patience", "talk"):
            if getattr(self, name) <= 0:
                raise BadCrowd(f"{name} must be above 0")
        if not 0 <= self.declines + self.misses <= 1:
            raise BadCrowd("declines and misses together are a part of 1")

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], to: tuple[str, ...]) -> Habits:
        """From the JSON of POST /sim/crowd; times may be written like 90s or 3m."""
        known = cls.__dataclass_fields__
        wrong = sorted(set(data) - set(known))
        if wrong:
            raise BadCrowd(f"{wrong[0]!r} is no habit; known are {', '.join(known)}")
        values: dict[str, Any] = {"to": to}
        for name, value in data.items():
            if isinstance(value, list):
                values[name] = tuple(str(one) for one in value)
            elif name in ("patience", "talk", "answers_after", "wrap_up"):
                values[name] = read_seconds(str(value))
            else:
                values[name] = int(value) if name == "seed" else float(value)
        return cls(**values)


@dataclass(frozen=True)
class Arrival:
    """One caller, `at` seconds from the beginning; keys are pressed at those seconds of the call."""

    at: float
    from_: str
    to: str
    presses: tuple[Press, ...]
    patience: float
    talk: float


def arrivals(habits: Habits) -> tuple[Arrival, ...]:
    """Callers come by chance (exponential gaps) and are patient by chance; talks are mostly short and sometimes long."""
    lots = random.Random(habits.seed)
    found: list[Arrival] = []
    at = lots.expovariate(habits.per_minute / 60)
    while at < habits.minutes * 60:
        presses = tuple(_press(lots, text) for text in habits.presses)
        patience, talk = lots.expovariate(1 / habits.patience), around(lots, habits.talk)
        number = f"+1555{1_000_000 + len(found) % 9_000_000:07d}"
        found.append(Arrival(round(at, 3), number, lots.choice(habits.to), presses, round(patience, 1), talk))
        at += lots.expovariate(habits.per_minute / 60)
    return tuple(found)


def around(lots: random.Random, mean: float, spread: float = 0.6) -> float:
    """A time of that average, log-normal as conversations are, never under a second."""
    return round(max(1.0, lots.lognormvariate(math.log(mean) - spread * spread / 2, spread)), 1)


def _press(lots: random.Random, text: str) -> Press:
    keys, at, moment = text.partition("@")
    return read_press(lots.choice(keys.split("|")) + at + moment)
