"""Twilio's debugger: every warning and error that an application caused."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from simulator.ledger import Ledger


@dataclass(frozen=True)
class Alert:
    """One line of the debugger: level is "error" or "warning"."""

    at: float
    code: int
    level: str
    message: str
    call_sid: str = ""
    url: str = ""
    sid: str = ""

    def __str__(self) -> str:
        where = " ".join(part for part in (self.call_sid, self.url) if part)
        return f"{self.level} {self.code}: {self.message}" + (f" ({where})" if where else "")


class Debugger:
    """Collects alerts; in tests an empty debugger is part of passing."""

    def __init__(self, now: Callable[[], float], ledger: Ledger, keep: int | None = None) -> None:
        self._now = now
        self._ledger = ledger
        self._count = 0
        self.alerts: deque[Alert] = deque(maxlen=keep)

    def error(self, code: int, message: str, *, call_sid: str = "", url: str = "") -> None:
        self._add(code, "error", message, call_sid, url)

    def warn(self, code: int, message: str, *, call_sid: str = "", url: str = "") -> None:
        self._add(code, "warning", message, call_sid, url)

    def clear(self) -> None:
        self.alerts.clear()

    def codes(self) -> list[int]:
        return [alert.code for alert in self.alerts]

    def __iter__(self) -> Iterator[Alert]:
        return iter(self.alerts)

    def __len__(self) -> int:
        return len(self.alerts)

    def __bool__(self) -> bool:
        return bool(self.alerts)

    def _add(self, code: int, level: str, message: str, call_sid: str, url: str) -> None:
        self._count += 1
        alert = Alert(self._now(), code, level, message, call_sid, url, f"NO{self._count:032x}")
        self.alerts.append(alert)
        self._ledger.write("debugger." + level, code=code, message=message, call=call_sid, url=url)
