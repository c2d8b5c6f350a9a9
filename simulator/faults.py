"""Faults that a test or a person orders: callbacks lost, doubled, late or out of order, and REST that fails."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from simulator.http import HttpReply, HttpRequest

if TYPE_CHECKING:
    from simulator.world import World


class Harm(StrEnum):
    """What happens to a request."""

    LOSE = "lose"
    DUPLICATE = "duplicate"
    DELAY = "delay"
    SLOW = "slow"
    REORDER = "reorder"
    STATUS = "status"
    TIMEOUT_BEFORE = "timeout-before"
    TIMEOUT_AFTER = "timeout-after"


WEBHOOK_HARMS = frozenset({Harm.LOSE, Harm.DUPLICATE, Harm.DELAY, Harm.SLOW, Harm.REORDER, Harm.STATUS})
REST_HARMS = frozenset({Harm.STATUS, Harm.TIMEOUT_BEFORE, Harm.TIMEOUT_AFTER})


@dataclass
class Fault:
    """A harm for the next `times` requests (None: all) whose "METHOD path" matches; chance below 1 draws by seed."""

    harm: Harm
    pattern: str
    times: int | None = 1
    seconds: float = 0.0
    status: int = 500
    chance: float = 1.0
    skip: int = 0
    hits: int = 0

    def __post_init__(self) -> None:
        self._matcher = re.compile(self.pattern)

    @property
    def is_spent(self) -> bool:
        return self.times is not None and self.hits >= self.times

    def matches(self, text: str) -> bool:
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
    _held: list[_Held] = field(default_factory=list)

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
    ) -> Fault:
        """Harms requests to the application: lose, duplicate, delay, slow (answers late), reorder, status."""
        return self._add(
            self.webhooks, WEBHOOK_HARMS, Fault(Harm(harm), pattern, times, seconds, status, chance, skip)
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

    def clear(self) -> None:
        self.webhooks.clear()
        self.rest_faults.clear()

    def for_rest(self, method: str, path: str) -> Fault | None:
        return self._pick(self.rest_faults, f"{method} {path}")

    def send(self, request: HttpRequest, purpose: str, answer: Callable[[HttpReply], None]) -> Harm | None:
        """Passes the request on to the application; gives the harm that was done to it, if any."""
        text = f"{request.method} /{request.url.split('/', 3)[-1]}"
        overtaken = [held for held in self._held if held.fault.matches(text)]
        fault = self._pick(self.webhooks, text)
        if fault is None:
            self.world.port.send(request, answer)
        else:
            self.world.ledger.write("fault.webhook", harm=fault.harm, url=request.url, purpose=purpose)
            self._harm(fault, request, answer)
        for held in overtaken:
            self.world.kernel.soon(lambda held=held: self._let_go(held))  # type: ignore[misc]
        return fault.harm if fault is not None else None

    def _harm(self, fault: Fault, request: HttpRequest, answer: Callable[[HttpReply], None]) -> None:
        kernel = self.world.kernel
        match fault.harm:
            case Harm.LOSE:
                pass
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

    def _pick(self, faults: list[Fault], text: str) -> Fault | None:
        for fault in faults:
            if not fault.matches(text) or fault.is_spent:
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            if fault.chance < 1.0 and self.world.mint.random.random() >= fault.chance:
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
