"""What is true outside a flow while a turn is made: handed in as values, never looked up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType


class Staffing(StrEnum):
    """Who is there for a queue."""

    AVAILABLE = "available"
    ALL_BUSY = "all_busy"
    ALL_AWAY = "all_away"
    NOBODY = "nobody"  # is signed in
    NO_MEMBERS = "no_members"


# Who must be there, in a queue's words, and with whom that is so.
ENOUGH: Mapping[str, frozenset[Staffing]] = MappingProxyType(
    {
        "always": frozenset(Staffing),
        "signed_in": frozenset({Staffing.AVAILABLE, Staffing.ALL_BUSY, Staffing.ALL_AWAY}),
        "not_away": frozenset({Staffing.AVAILABLE, Staffing.ALL_BUSY}),
        "free": frozenset({Staffing.AVAILABLE}),
    }
)


def lets_in(word: str, staffing: Staffing) -> bool:
    """Whether who is there is enough for a queue that says so."""
    return staffing in ENOUGH[word]


UNKNOWN: Mapping[str, Staffing] = MappingProxyType({})


@dataclass(frozen=True)
class World:
    """`call` names the call and is where chance comes from; `staffing` tells, by queue, who is there."""

    call: str = ""
    staffing: Mapping[str, Staffing] = field(default_factory=lambda: UNKNOWN)

    def percent(self, step: str) -> int:
        """A number from 0 to 99 that is always the same for this call at this step."""
        return int.from_bytes(sha256(f"{self.call}\n{step}".encode()).digest()[:8]) % 100


NOWHERE = World()
