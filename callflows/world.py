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
    NOBODY = "nobody"


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
