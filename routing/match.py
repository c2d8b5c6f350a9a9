"""Who may take a caller, and who of them is rung."""

from collections.abc import Iterable
from typing import NamedTuple

from routing.snapshot import FreeAgent, QueueKey, Strategy, WaitingCaller
from routing.strategies import preference


class Asked(NamedTuple):
    """What a caller asks of agents by now, settled once for all who are looked at."""

    queues: tuple[QueueKey, ...]  # the caller's own, then those that help out by now
    only: tuple[str, ...] | None
    able: frozenset[str] | None
    reserved: str | None
    tried: frozenset[str]
    now: float

    @classmethod
    def of(cls, caller: WaitingCaller, now: float) -> "Asked":
        """What this caller asks."""
        waited, plan, (merchant, queue) = now - caller.entered_at, caller.plan, caller.queue
        queues = tuple((merchant, name) for name in (queue, *plan.tiers_after(waited)))
        return cls(queues, plan.only, plan.able_after(waited), caller.reserved_for(now), caller.tried, now)

    def is_met_by(self, agent: FreeAgent) -> bool:
        """Whether this agent may take the caller; see may_take."""
        return (
            (self.tier(agent) is not None if self.only is None else agent.id in self.only)
            and self.reserved in (None, agent.id)
            and (self.able is None or agent.id in self.able)
            and agent.id not in self.tried
            and agent.not_before_at <= self.now
        )

    def tier(self, agent: FreeAgent) -> int | None:
        """0 for an agent of the caller's queue, 1 and more for those who help out by now; None for everybody else."""
        for rank, queue in enumerate(self.queues):
            if queue in agent.queues:
                return rank
        return None


def may_take(agent: FreeAgent, caller: WaitingCaller, now: float) -> bool:
    """An agent of the caller's queue or of an open tier, or one of the only ones meant, who knows what is needed by now.

    Whose back-off after a decline is not over takes nobody, and who was rung in vain is not rung again.
    """
    return Asked.of(caller, now).is_met_by(agent)


def place(caller: WaitingCaller) -> tuple[bool, float, str]:
    """The order of a queue: who came back to the head, then by time of entry less the priority's head start."""
    return (caller.head_at is None, caller.rank_at, caller.id)


def chosen(caller: WaitingCaller, agents: Iterable[FreeAgent], now: float) -> tuple[FreeAgent, ...]:
    """Who is rung for this caller: the best of those who may take the call, or all of them at once.

    Whoever was rung last is the best only when nobody else can.
    """
    asked = Asked.of(caller, now)
    able = sorted(
        (agent for agent in agents if asked.is_met_by(agent)),
        key=lambda agent: (
            agent.id == caller.last_agent_id,
            asked.tier(agent) or 0,
            preference(caller, agent),
            agent.id,
        ),
    )
    return tuple(able if caller.strategy is Strategy.BROADCAST else able[:1])
