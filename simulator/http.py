"""Values of an HTTP exchange with the application, and the port through which one is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class HttpRequest:
    """One request to the application; the url carries no fragment."""

    method: str
    url: str
    headers: Headers = ()
    body: bytes = b""
    connect_seconds: float = 5.0
    read_seconds: float = 15.0


@dataclass(frozen=True)
class HttpReply:
    """What came back, or why nothing did: failure is "", "connect", "read", "host", "tls" or "protocol"."""

    status: int = 0
    headers: Headers = ()
    body: bytes = b""
    failure: str = ""

    def header(self, name: str) -> str:
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")

    @property
    def is_good(self) -> bool:
        return not self.failure and 200 <= self.status < 300


class Port(Protocol):
    """Makes one exchange and calls back on the kernel; follows no redirect, retries nothing."""

    def send(self, request: HttpRequest, answer: Callable[[HttpReply], None]) -> None: ...
