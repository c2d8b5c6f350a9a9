"""How long somebody who guesses passwords has to wait: longer each time, and first of all where the guesses come from.

The pair (account, address) waits; an address that tries many accounts waits as a whole; and an account that is tried
from many addresses waits everywhere, but never longer than 30 s and not where its owner has signed in before: so
strangers cannot lock an owner out. Kept in memory by each web process, at most `room` pairs.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

FREE_TRIES = 4
FREE_TRIES_OF_ADDRESS = 30
FREE_TRIES_OF_ACCOUNT = 50
LONGEST_WAIT = 300.0
LONGEST_WAIT_OF_ACCOUNT = 30.0  # 120 guesses an hour, from however many addresses
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
        """Seconds until the next try from this address is looked at; 0 when it may come now."""
        return self._longest(now, (account, _network(address)), ("", _network(address)))

    def wait_of_account(self, account: str, now: float) -> float:
        """Seconds until the next try for this account is looked at where its owner has never signed in."""
        return self._longest(now, (account, ""))

    def failed(self, account: str, address: str, now: float) -> None:
        """A wrong password, or an account that does not exist: the two are not told apart."""
        network = _network(address)
        with self._lock:
            self._count((account, network), FREE_TRIES, now)
            self._count(("", network), FREE_TRIES_OF_ADDRESS, now)
            self._count((account, ""), FREE_TRIES_OF_ACCOUNT, now, LONGEST_WAIT_OF_ACCOUNT)

    def succeeded(self, account: str, address: str) -> None:
        """The right password: this pair starts anew."""
        with self._lock:
            self._failures.pop((account, _network(address)), None)

    def _longest(self, now: float, *keys: tuple[str, str]) -> float:
        with self._lock:
            known = [self._failures[key].until_at for key in keys if key in self._failures]
        return max((until - now for until in known), default=0.0)

    def _count(self, key: tuple[str, str], free: int, now: float, longest: float = LONGEST_WAIT) -> None:
        known = self._failures.pop(key, None)
        count = 1 if known is None or now - known.last_at > FORGET_AFTER else known.count + 1
        pause = 0.0 if count <= free else min(longest, 2.0 ** min(count - free - 1, 16))
        self._failures[key] = Failures(count, now, now + pause)
        while len(self._failures) > self._room:
            self._failures.popitem(last=False)


def _network(address: str) -> str:
    """What one client holds: an IPv4 address, or the /64 of an IPv6 address, of which it may take any."""
    try:
        known = ip_address(address)
    except ValueError:
        return address or "unknown"
    if known.version == 6 and known.ipv4_mapped is None:
        return str(ip_network((known, 64), strict=False))
    return address
