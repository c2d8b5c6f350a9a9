"""Ids that follow from what they name, so that a repeated request means the same row and nothing is looked up."""

from functools import lru_cache
from hashlib import sha256
from itertools import product

# Base 32 of RFC 4648 in small letters, two of them for ten bits: Python's own takes three times as long.
_PAIRS = [one + other for one, other in product("abcdefghijklmnopqrstuvwxyz234567", repeat=2)]
_SHIFTS = range(90, -1, -10)


@lru_cache(maxsize=8192)
def call_id(account_sid: str, call_sid: str) -> str:
    """Our id of a customer's call."""
    return _derived("ca", account_sid, call_sid)


def waiting_id(call: str, turn: int) -> str:
    """The place in a queue that a turn of a call took."""
    return _derived("wt", call, str(turn))


def text_id(call: str, turn: int, count: int) -> str:
    """One of the text messages that a turn of a call sends."""
    return _derived("tx", call, str(turn), str(count))


def room_name(call: str, assignment: int) -> str:
    """The room of one assignment: opaque, and never used again."""
    return f"{call}-{assignment}"


def call_of_room(room: str) -> str:
    """The call whose talk a room holds."""
    return room.rpartition("-")[0]


def _derived(kind: str, *parts: str) -> str:
    bits = int.from_bytes(sha256("\x1f".join((kind, *parts)).encode()).digest()[:13], "big") >> 4
    return f"{kind}_" + "".join([_PAIRS[bits >> shift & 1023] for shift in _SHIFTS])
