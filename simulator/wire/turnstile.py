"""How many REST requests of an account are under way at once; one too many is refused (assumed: rest-limit)."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from simulator.rest.answer import RestError

if TYPE_CHECKING:
    from simulator.world import World

TOO_MANY = RestError(429, 20429, "Too Many Requests").body()


class Turnstile:
    """Asked by every thread that serves a request."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._lock = threading.Lock()
        self._inside: Counter[str] = Counter()

    def most(self, account_sid: str) -> int | None:
        account = self._world.accounts.get(account_sid)
        return account.concurrent_requests if account is not None else None

    @contextmanager
    def place_for(self, account_sid: str) -> Iterator[int | None]:
        """How many are inside with this one; None when there is no room for it."""
        most = self.most(account_sid)
        with self._lock:
            full = most is not None and self._inside[account_sid] >= most
            if not full:
                self._inside[account_sid] += 1
            count = self._inside[account_sid]
        try:
            yield None if full else count
        finally:
            if not full:
                with self._lock:
                    self._inside[account_sid] -= 1
                    if not self._inside[account_sid]:
                        del self._inside[account_sid]
