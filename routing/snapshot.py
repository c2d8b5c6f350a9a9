"""What a decision looks at: the callers who wait and the agents who could take them, at one moment."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from routing.plan import AS_USUAL, Plan

QueueKey = tuple[str, str]  # merchant, queue
NOBODY: frozenset[str] = frozenset()


class Strategy(StrEnum):
    """Which of the able agents is rung first."""

    LONGEST_IDLE = "longest_idle"
    FEWEST_CALLS = "fewest_calls"
    LEAST_TALK = "least_talk"
    LINEAR = "linear"
    RANDOM = "random"
    BROADCAST = "broadcast"


@dataclass(frozen=True)
class WaitingCaller:
    """Somebody in a queue whom no desk rings for, or, where all desks ring at once, not yet every desk that could."""

    id: str
    queue: QueueKey
    rank_at: float  # entered less the head start of the priority
    head_at: float | None = None  # came back to the head at this moment
    last_agent_id: str | None = None  # who was offered this caller last
    strategy: Strategy = Strategy.LONGEST_IDLE
    plan: Plan = AS_USUAL
    tried: frozenset[str] = NOBODY  # who is not rung again for this caller
    offers_made: int = 0
    entered_at: float = 0.0  # since then skills relax and tiers open

    def reserved_for(self, now: float) -> str | None:
        """The only agent to be rung now: the preferred one, until the time is over or that agent was rung."""
        if self.plan.preferred is None or self.offers_made:
            return None
        agent_id, seconds = self.plan.preferred
        return agent_id if now - self.entered_at < seconds else None


class FreeAgent(NamedTuple):
    """Somebody who is available and reachable."""

    id: str
    queues: frozenset[QueueKey]
    last_offer_at: float = 0.0
    not_before_at: float = 0.0
    calls: int = 0  # taken since the shift began
    talk_seconds: float = 0.0  # with callers since the shift began


@dataclass(frozen=True)
class Snapshot:
    """Callers and agents of the queues that a fact touched."""

    callers: tuple[WaitingCaller, ...]
    agents: tuple[FreeAgent, ...]


@dataclass(frozen=True)
class MakeOffer:
    """Ring this agent for this caller."""

    waiting_id: str
    agent_id: str
