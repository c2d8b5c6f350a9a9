"""What happens in a run: who calls when and what for, what is killed when. The same seed gives the same plan."""

import random
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

SHORTEST_SECONDS = 30
USUAL_SECONDS = 120
FIRST_FAULT_SECONDS = 2.0
QUIET_SECONDS = 10.0  # after SQL came back, before it goes away again or the time is over
LAST_CALL_SECONDS = 12.0  # before the time is over: a caller comes while SQL is away, and is served
MOST_CALLS = 50
CALLS_A_SECOND = MOST_CALLS / USUAL_SECONDS
LONGEST_AWAY = 60.0
SHORT_AWAY = 6.0  # in a short run: longer than the five seconds after which a document asks again
NUMBERS = ("+12025550100", "+12025550200")  # the two merchants of flows/


class Wish(StrEnum):
    """What a caller calls for."""

    TALK = "talk"  # the agent ends it
    TALK_SHORT = "talk_short"  # the caller ends it
    GIVE_UP = "give_up"  # waits a while and hangs up, unless somebody answers before
    MESSAGE = "message"
    HOURS = "hours"  # hears a sentence; nobody is needed


class Target(StrEnum):
    """What breaks."""

    WEB = "web"
    WEB_CHILD = "web_child"  # the one of web's two processes that answers
    WORKER = "worker"
    CLOCK = "clock"
    PUSH = "push"
    VALKEY = "valkey"
    POSTGRESQL = "postgresql"
    FLUSHALL = "flushall"


WISHES = (Wish.TALK,) * 6 + (Wish.TALK_SHORT,) * 4 + (Wish.GIVE_UP, Wish.MESSAGE, Wish.HOURS)


@dataclass(frozen=True)
class Call:
    """One scripted caller. The number is nobody else's, so that a ticket tells whose it is."""

    at: float  # seconds after the beginning
    number: str
    dials: str
    wish: Wish
    seconds: float  # of the talk, or until giving up


@dataclass(frozen=True)
class Fault:
    """One thing that breaks; `away` is how long it stays so before it may come back."""

    at: float
    target: Target
    away: float = 0.0


@dataclass(frozen=True)
class Plan:
    """A run."""

    seed: int
    seconds: int
    calls: tuple[Call, ...]
    faults: tuple[Fault, ...]

    def as_json(self) -> dict[str, Any]:
        """For the last line of a run."""
        return {"seed": self.seed, "seconds": self.seconds, "calls": len(self.calls)}


def make_plan(seed: int, seconds: int) -> Plan:
    """The plan of a seed; calls stop early enough for the last ones to be served within the time."""
    if seconds < SHORTEST_SECONDS:
        raise ValueError(
            f"SECONDS is {seconds}; give {SHORTEST_SECONDS} or more, or there is no time to recover"
        )
    lots = random.Random(seed)
    return Plan(seed, seconds, _calls(lots, seconds), _faults(lots, seconds))


def _calls(lots: random.Random, seconds: int) -> tuple[Call, ...]:
    count = min(MOST_CALLS, round(CALLS_A_SECOND * seconds))
    last = seconds - LAST_CALL_SECONDS
    moments = sorted(lots.uniform(0.0, last) for _ in range(count))
    wishes = [WISHES[place % len(WISHES)] for place in range(count)]
    lots.shuffle(wishes)
    return tuple(
        Call(
            round(at, 2),
            f"+1202555{1000 + place}",
            lots.choice(NUMBERS),
            wish,
            round(lots.uniform(6.0, 12.0) if wish is Wish.GIVE_UP else lots.uniform(1.5, 4.0), 1),
        )
        for place, (at, wish) in enumerate(zip(moments, wishes, strict=True))
    )


def _faults(lots: random.Random, seconds: int) -> tuple[Fault, ...]:
    """Everything once in a drawn order, then PostgreSQL away: for a while, and for a minute when there is time for it."""
    turns = list(Target)
    lots.shuffle(turns)
    away = [10.0, LONGEST_AWAY] if seconds >= USUAL_SECONDS else [SHORT_AWAY]
    room = seconds - sum(away) - QUIET_SECONDS * len(away) - FIRST_FAULT_SECONDS
    gap = room / len(turns)
    faults = [
        Fault(round(FIRST_FAULT_SECONDS + gap * (place + lots.uniform(0.0, 0.6)), 2), target)
        for place, target in enumerate(turns)
    ]
    begins = FIRST_FAULT_SECONDS + room
    for length in away:
        faults.append(Fault(round(begins, 2), Target.POSTGRESQL, length))
        begins += length + QUIET_SECONDS
    return tuple(faults)
