"""Queues of waiting calls, in their order (twilio.com/docs/voice/api/queue-resource)."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulator.account import Account
from simulator.kernel import Signal
from simulator.legs import Leg

DEFAULT_MAX_SIZE = 1000
LARGEST_MAX_SIZE = 5000
LONGEST_NAME = 64


@dataclass(eq=False)
class Member:
    """A call in a queue since a moment."""

    queue: Queue
    leg: Leg
    enqueued_at: float

    def waited(self, now: float) -> int:
        return int(now - self.enqueued_at)

    @property
    def position(self) -> int:
        """1 for the front member."""
        return self.queue.members.index(self) + 1


@dataclass(eq=False)
class Queue:
    """A queue resource; it lives on when empty."""

    sid: str
    account: Account
    friendly_name: str
    created_at: float
    updated_at: float
    max_size: int = DEFAULT_MAX_SIZE
    members: list[Member] = field(default_factory=list)
    joined: Signal[None] = field(default_factory=Signal)

    @property
    def is_full(self) -> bool:
        return len(self.members) >= self.max_size

    def average_wait(self, now: float) -> int:
        """Of those who wait now, in whole seconds."""
        if not self.members:
            return 0
        return int(sum(now - member.enqueued_at for member in self.members) / len(self.members))

    def member(self, call_sid: str) -> Member | None:
        if call_sid == "Front":
            return self.members[0] if self.members else None
        return next((member for member in self.members if member.leg.sid == call_sid), None)

    def join(self, leg: Leg, now: float) -> Member:
        member = Member(self, leg, now)
        self.members.append(member)
        self.updated_at = now
        joined, self.joined = self.joined, Signal()
        joined.fire(None)
        return member

    def leave(self, member: Member, now: float) -> None:
        if member in self.members:
            self.members.remove(member)
            self.updated_at = now
