"""Faults that a test or a person orders: callbacks lost, doubled, late or out of order, and REST that fails."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from simulator.http import HttpReply, HttpRequest
from simulator.legs import Status

if TYPE_CHECKING:
    from simulator.legs import Leg
    from simulator.world import World


class Harm(StrEnum):
    """What happens to a request."""

    LOSE = "lose"
    DUPLICATE = "duplicate"
    DELAY = "delay"
    SLOW = "slow"
    REORDER = "reorder"
    STATUS = "status"
    LOSE_ANSWER = "lose-answer"
    TIMEOUT_BEFORE = "timeout-before"
    TIMEOUT_AFTER = "timeout-after"
    LATE = "late"
    ABSENT = "absent"
    DIE = "die"


WEBHOOK_HARMS = frozenset(
    {Harm.LOSE, Harm.LOSE_ANSWER, Harm.DUPLICATE, Harm.DELAY, Harm.SLOW, Harm.REORDER, Harm.STATUS}
)
REST_HARMS = frozenset({Harm.STATUS, Harm.TIMEOUT_BEFORE, Harm.TIMEOUT_AFTER})
RECORDING_HARMS = frozenset({Harm.LATE, Harm.ABSENT})
LEG_HARMS = frozenset({Harm.DIE})


@dataclass
class Fault:
    """A harm for the next `times` requests (None: all) whose "METHOD path" matches; chance below 1 draws by seed.

    purposes narrow it to classes of webhooks (voice, gather, wait, status, conference, recording, ...); none: all.
    """

    harm: Harm
    pattern: str
    times: int | None = 1
    seconds: float = 0.0
    status: int = 500
    chance: float = 1.0
    skip: int = 0
    purposes: frozenset[str] = frozenset()
    hits: int = 0

    def __post_init__(self) -> None:
        self._matcher = re.compile(self.pattern)

    @property
    def is_spent(self) -> bool:
        return self.times is not None and self.hits >= self.times

    def matches(self, text: str, purpose: str = "") -> bool:
        if self.purposes and purpose not in self.purposes:
            return False
        return self._matcher.search(text) is not None


SECONDS_HELD = 5.0


@dataclass(frozen=True, eq=False)
class _Held:
    """A request that waits until another one of its kind has overtaken it, or five seconds have passed."""

    fault: Fault
    request: HttpRequest
    answer: Callable[[HttpReply], None]


@dataclass
class Faults:
    """The orders that stand, and how many requests each has hit."""

    world: World
    webhooks: list[Fault] = field(default_factory=list)
    rest_faults: list[Fault] = field(default_factory=list)
    recordings: list[Fault] = field(default_factory=list)
    legs: list[Fault] = field(default_factory=list)
    dark_until: float = 0.0
    _held: list[_Held] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lots = random.Random(self.world.seed)

    def webhook(
        self,
        pattern: str,
        harm: Harm | str,
        *,
        times: int | None = 1,
        seconds: float = 0.0,
        status: int = 500,
        chance: float = 1.0,
        skip: int = 0,
        purpose: str = "",
    ) -> Fault:
        """Harms requests to the application: lose, lose-answer, duplicate, delay, slow, reorder, status.

        purpose names classes of requests, with spaces between: "status conference".
        """
        purposes = frozenset(purpose.split())
        return self._add(
            self.webhooks,
            WEBHOOK_HARMS,
            Fault(Harm(harm), pattern, times, seconds, status, chance, skip, purposes),
        )

    def rest(
        self,
        pattern: str,
        harm: Harm | str,
        *,
        times: int | None = 1,
        status: int = 500,
        chance: float = 1.0,
        skip: int = 0,
    ) -> Fault:
        """Harms REST requests: status, timeout-before (never done), timeout-after (done, the answer lost)."""
        return self._add(
            self.rest_faults, REST_HARMS, Fault(Harm(harm), pattern, times, 0.0, status, chance, skip)
        )

    def recording(
        self,
        harm: Harm | str,
        *,
        times: int | None = 1,
        seconds: float = 60.0,
        chance: float = 1.0,
        skip: int = 0,
    ) -> Fault:
        """Recordings come late by so many seconds, or never (absent)."""
        return self._add(
            self.recordings, RECORDING_HARMS, Fault(Harm(harm), "", times, seconds, 0, chance, skip)
        )

    def leg(
        self, pattern: str, *, times: int | None = 1, seconds: float = 5.0, chance: float = 1.0, skip: int = 0
    ) -> Fault:
        """Legs whose "direction from to" matches die so many seconds after their answer."""
        return self._add(self.legs, LEG_HARMS, Fault(Harm.DIE, pattern, times, seconds, 0, chance, skip))

    def blackout(self, seconds: float) -> None:
        """Nothing gets through in either direction for so long: no connection, no answer."""
        self.dark_until = max(self.dark_until, self.world.now + seconds)
        self.world.ledger.write("fault.blackout", until=self.dark_until)

    def clear(self) -> None:
        for ordered in (self.webhooks, self.rest_faults, self.recordings, self.legs):
            ordered.clear()
        self.dark_until = 0.0

    @property
    def is_dark(self) -> bool:
        return self.world.now < self.dark_until

    def leg_answered(self, leg: Leg) -> None:
        fault = self._pick(self.legs, f"{leg.direction} {leg.from_} {leg.to}")
        if fault is None:
            return
        self.world.ledger.write("fault.leg", harm=fault.harm, call=leg.sid)
        end = self.world.exchange.end
        self.world.kernel.after(fault.seconds, lambda: end(leg, Status.COMPLETED, "the connection broke"))

    def for_recording(self) -> Fault | None:
        """The harm for a recording that has just ended."""
        fault = self._pick(self.recordings, "")
        if fault is not None:
            self.world.ledger.write("fault.recording", harm=fault.harm)
        return fault

    def for_rest(self, method: str, path: str) -> Fault | None:
        return self._pick(self.rest_faults, f"{method} {path}")

    def send(self, request: HttpRequest, purpose: str, answer: Callable[[HttpReply], None]) -> Harm | None:
        """Passes the request on to the application; gives the harm that was done to it, if any."""
        text = f"{request.method} /{request.url.split('/', 3)[-1]}"
        if self.is_dark:
            self.world.kernel.soon(lambda: answer(HttpReply(failure="connect")))
            return Harm.LOSE
        overtaken = [held for held in self._held if held.fault.matches(text, purpose)]
        fault = self._pick(self.webhooks, text, purpose)
        if fault is None:
            self.world.port.send(request, answer)
        else:
            self.world.ledger.write("fault.webhook", harm=fault.harm, url=request.url, purpose=purpose)
            self._harm(fault, request, answer)
        for held in overtaken:
            self.world.kernel.soon(partial(self._let_go, held))
        return fault.harm if fault is not None else None

    def _harm(self, fault: Fault, request: HttpRequest, answer: Callable[[HttpReply], None]) -> None:
        kernel = self.world.kernel
        match fault.harm:
            case Harm.LOSE:
                pass
            case Harm.LOSE_ANSWER:
                self.world.port.send(request, lambda reply: None)
            case Harm.DUPLICATE:
                self.world.port.send(request, answer)
                kernel.after(fault.seconds, lambda: self.world.port.send(request, lambda reply: None))
            case Harm.DELAY:
                kernel.after(fault.seconds, lambda: self.world.port.send(request, answer))
            case Harm.SLOW:
                self.world.port.send(request, lambda reply: _later(self.world, fault.seconds, answer, reply))
            case Harm.REORDER:
                held = _Held(fault, request, answer)
                self._held.append(held)
                kernel.after(SECONDS_HELD, lambda: self._let_go(held))
            case Harm.STATUS:
                kernel.soon(lambda: answer(HttpReply(fault.status)))
            case _:
                raise ValueError(f"{fault.harm} is no harm for a webhook")

    def _let_go(self, held: _Held) -> None:
        if held in self._held:
            self._held.remove(held)
            self.world.port.send(held.request, held.answer)

    def _pick(self, faults: list[Fault], text: str, purpose: str = "") -> Fault | None:
        for fault in faults:
            if fault.is_spent or not fault.matches(text, purpose):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            if fault.chance < 1.0 and self._lots.random() >= fault.chance:
                continue
            fault.hits += 1
            return fault
        return None

    @staticmethod
    def _add(faults: list[Fault], allowed: frozenset[Harm], fault: Fault) -> Fault:
        if fault.harm not in allowed:
            raise ValueError(f"{fault.harm} is not among {', '.join(sorted(allowed))}")
        faults.append(fault)
        return fault


def _later(world: World, seconds: float, answer: Callable[[HttpReply], None], reply: HttpReply) -> None:
    world.kernel.after(seconds, lambda: answer(reply))
