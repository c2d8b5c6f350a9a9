"""Who may take a caller, and who of them is rung."""

from collections.abc import Iterable

from routing.snapshot import FreeAgent, Strategy, WaitingCaller
from routing.strategies import preference


def may_take(agent: FreeAgent, caller: WaitingCaller, now: float) -> bool:
    """An agent of the caller's queue, or one of the only ones meant, whose back-off after a decline is over."""
    only = caller.plan.only
    is_meant = caller.queue in agent.queues if only is None else agent.id in only
    return is_meant and agent.id not in caller.tried and agent.not_before_at <= now


def place(caller: WaitingCaller) -> tuple[bool, float, str]:
    """The order of a queue: who came back to the head, then by time of entry less the priority's head start."""
    return (caller.head_at is None, caller.rank_at, caller.id)


def chosen(caller: WaitingCaller, agents: Iterable[FreeAgent], now: float) -> tuple[FreeAgent, ...]:
    """Who is rung for this caller: the best of those who may take the call, or all of them at once.

    Whoever was rung last is the best only when nobody else can.
    """
    able = sorted(
        (agent for agent in agents if may_take(agent, caller, now)),
        key=lambda agent: (agent.id == caller.last_agent_id, preference(caller, agent), agent.id),
    )
    return tuple(able if caller.strategy is Strategy.BROADCAST else able[:1])
