"""How long somebody who guesses passwords has to wait: longer each time, and only where the guesses come from.

A stranger's burst never locks the owner out: the pair (account, address) waits, and an address that tries many
accounts waits as a whole. Kept in memory, at most `room` pairs.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass

FREE_TRIES = 4
FREE_TRIES_OF_ADDRESS = 30
LONGEST_WAIT = 300.0
FORGET_AFTER = 3600.0


@dataclass(frozen=True)
class Failures:
    """What went wrong so far, and until when nothing more is tried."""

    count: int
    last_at: float
    until_at: float


class Throttle:
    """Counts failures and tells who has to wait, in seconds."""

    def __init__(self, room: int = 20_000) -> None:
        self._room = room
        self._failures: OrderedDict[tuple[str, str], Failures] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, account: str, address: str, now: float) -> float:
        """Seconds until the next try is looked at; 0 when it may come now."""
        with self._lock:
            known = [self._failures.get(key) for key in ((account, address), ("", address))]
        return max((one.until_at - now for one in known if one), default=0.0) if any(known) else 0.0

    def failed(self, account: str, address: str, now: float) -> None:
        """A wrong password, or an account that does not exist: the two are not told apart."""
        with self._lock:
            self._count((account, address), FREE_TRIES, now)
            self._count(("", address), FREE_TRIES_OF_ADDRESS, now)

    def succeeded(self, account: str, address: str) -> None:
        """The right password: this pair starts anew."""
        with self._lock:
            self._failures.pop((account, address), None)

    def _count(self, key: tuple[str, str], free: int, now: float) -> None:
        known = self._failures.pop(key, None)
        count = 1 if known is None or now - known.last_at > FORGET_AFTER else known.count + 1
        pause = 0.0 if count <= free else min(LONGEST_WAIT, 2.0 ** min(count - free - 1, 16))
        self._failures[key] = Failures(count, now, now + pause)
        while len(self._failures) > self._room:
            self._failures.popitem(last=False)
