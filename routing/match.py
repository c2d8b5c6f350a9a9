"""Who may take a caller, and who is best."""

from collections.abc import Iterable

from routing.snapshot import FreeAgent, WaitingCaller


def may_take(agent: FreeAgent, caller: WaitingCaller, now: float) -> bool:
    """An agent of the caller's queue whose back-off after a decline is over."""
    return caller.queue in agent.queues and agent.not_before_at <= now


def place(caller: WaitingCaller) -> tuple[bool, float, str]:
    """The order of a queue: who came back to the head, then by time of entry less the priority's head start."""
    if caller.head_at is not None:
        return (False, caller.rank_at, caller.id)
    return (True, caller.rank_at, caller.id)


def best_agent(caller: WaitingCaller, agents: Iterable[FreeAgent], now: float) -> FreeAgent | None:
    """The longest idle of those who may take this caller; whoever just had the caller only when nobody else can."""
    able = [agent for agent in agents if may_take(agent, caller, now)]
    return min(
        able,
        key=lambda agent: (agent.id == caller.last_agent_id, agent.last_offer_at, agent.id),
        default=None,
    )
