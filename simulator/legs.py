"""A leg: one party's connection to Twilio, which REST calls a Call; its states and what hangs on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from simulator.account import Account
from simulator.hearing import Ear, Mouth
from simulator.kernel import Signal, Task

if TYPE_CHECKING:
    from simulator.recordings import Recording


class Status(StrEnum):
    QUEUED = "queued"
    INITIATED = "initiated"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    FAILED = "failed"
    NO_ANSWER = "no-answer"
    CANCELED = "canceled"


class Direction(StrEnum):
    INBOUND = "inbound"
    OUTBOUND_API = "outbound-api"
    OUTBOUND_DIAL = "outbound-dial"


FINAL = frozenset({Status.COMPLETED, Status.BUSY, Status.FAILED, Status.NO_ANSWER, Status.CANCELED})
MOVES: dict[Status, frozenset[Status]] = {
    Status.QUEUED: frozenset({Status.INITIATED, Status.RINGING, Status.CANCELED, Status.FAILED}),
    Status.INITIATED: frozenset({Status.RINGING, Status.IN_PROGRESS}) | FINAL,
    Status.RINGING: frozenset({Status.IN_PROGRESS}) | FINAL,
    Status.IN_PROGRESS: frozenset({Status.COMPLETED}),
}


class WrongMove(RuntimeError):
    """The simulator tried a change of state that calls do not make."""


@dataclass(frozen=True)
class Callback:
    """Where events are reported; events is empty when the default of the place counts."""

    url: str
    method: str = "POST"
    events: frozenset[str] = frozenset()


class Place(Protocol):
    """Where a leg is with others: a bridge or a conference."""

    def listeners(self, leg: Leg) -> list[Leg]:
        """Who hears this leg now."""
        ...


class Interrupted(Exception):
    """Raised into the document of a leg that has to stop; verbs clean up and let it pass."""


class HungUp(Interrupted):
    """The leg has ended."""


class Redirected(Interrupted):
    """REST gave the leg a new document."""


@dataclass(frozen=True)
class Spoken:
    """Words of the far end, from `at` for so many seconds, and how sure a recogniser would be of them (0 to 1)."""

    words: str
    at: float
    seconds: float
    confidence: float


class KeyPad:
    """The keys pressed while a verb listens."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.pressed: Signal[None] = Signal()

    def press(self, key: str) -> None:
        self.keys.append(key)
        self.wake()

    def wake(self) -> None:
        """Whoever waits looks again."""
        pressed, self.pressed = self.pressed, Signal()
        pressed.fire(None)


@dataclass(eq=False)
class Leg:
    """One call resource; mutable, changed only by the exchange and by the verbs of its own document."""

    sid: str
    account: Account
    direction: Direction
    from_: str
    to: str
    created_at: float
    now: Callable[[], float]
    parent: Leg | None = None
    trunk: Leg | None = None
    status: Status = Status.QUEUED
    caller_name: str | None = None
    application_sid: str = ""
    phone_number_sid: str = ""
    custom: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    forwarded_from: str = ""
    fallback: Callback | None = None
    status_callback: Callback | None = None
    ringing_at: float | None = None
    answered_at: float | None = None
    ended_at: float | None = None
    updated_at: float = 0.0
    queue_seconds: float = 0.0
    sequence: int = 0
    sip_code: int | None = None
    cookies: dict[str, str] = field(default_factory=dict)
    logins: dict[str, str] = field(default_factory=dict)
    asked_at: float = 0.0
    asked_in_a_row: int = 0
    place: Place | None = None
    document_url: str = ""
    verb: str = ""
    task: Task[Any] | None = None
    children: list[Leg] = field(default_factory=list)
    recordings: list[Recording] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.updated_at = self.created_at
        self.ear = Ear(self.now)
        self.mouth = Mouth(self.now)
        self.answered: Signal[None] = Signal()
        self.ended: Signal[None] = Signal()
        self.freed: Signal[None] = Signal()
        self.on_key: list[Callable[[str], None]] = []
        self.on_words: list[Callable[[Spoken], None]] = []
        self.said: list[Spoken] = []

    def move(self, status: Status) -> None:
        if status not in MOVES.get(self.status, frozenset()):
            raise WrongMove(f"call {self.sid} cannot go from {self.status} to {status}")
        self.status = status
        self.updated_at = self.now()

    @property
    def is_over(self) -> bool:
        return self.status in FINAL

    @property
    def is_up(self) -> bool:
        return self.status is Status.IN_PROGRESS

    @property
    def seconds(self) -> int:
        """Whole seconds since the answer, as Twilio bills them."""
        if self.answered_at is None:
            return 0
        return round((self.ended_at if self.ended_at is not None else self.now()) - self.answered_at)

    def press(self, key: str) -> None:
        """A key reaches whoever listens now; nobody keeps it for later (assumed: keys-not-kept)."""
        for listener in list(self.on_key):
            listener(key)

    def say(self, words: str, seconds: float, confidence: float) -> None:
        """Words reach whoever listens now, and are kept for transcriptions."""
        spoken = Spoken(words, self.now(), seconds, confidence)
        self.said.append(spoken)
        for listener in list(self.on_words):
            listener(spoken)

    @property
    def name(self) -> str:
        """Who is at the far end, for people."""
        return self.from_ if self.direction is Direction.INBOUND else self.to
