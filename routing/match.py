"""Who may take a caller, and who of them is rung."""

from collections.abc import Iterable

from routing.snapshot import FreeAgent, Strategy, WaitingCaller
from routing.strategies import preference


def may_take(agent: FreeAgent, caller: WaitingCaller, now: float) -> bool:
    """An agent of the caller's queue or of an open tier, or one of the only ones meant, who knows what is needed by now.

    Whose back-off after a decline is not over takes nobody, and who was rung in vain is not rung again.
    """
    waited, plan = now - caller.entered_at, caller.plan
    is_meant = tier(agent, caller, now) is not None if plan.only is None else agent.id in plan.only
    able, reserved = plan.able_after(waited), caller.reserved_for(now)
    return (
        is_meant
        and reserved in (None, agent.id)
        and (able is None or agent.id in able)
        and agent.id not in caller.tried
        and agent.not_before_at <= now
    )


def tier(agent: FreeAgent, caller: WaitingCaller, now: float) -> int | None:
    """0 for an agent of the caller's queue, 1 and more for those who help out by now; None for everybody else."""
    merchant, queue = caller.queue
    open_queues = (queue, *caller.plan.tiers_after(now - caller.entered_at))
    found = (rank for rank, name in enumerate(open_queues) if (merchant, name) in agent.queues)
    return next(found, None)


def place(caller: WaitingCaller) -> tuple[bool, float, str]:
    """The order of a queue: who came back to the head, then by time of entry less the priority's head start."""
    return (caller.head_at is None, caller.rank_at, caller.id)


def chosen(caller: WaitingCaller, agents: Iterable[FreeAgent], now: float) -> tuple[FreeAgent, ...]:
    """Who is rung for this caller: the best of those who may take the call, or all of them at once.

    Whoever was rung last is the best only when nobody else can.
    """
    able = sorted(
        (agent for agent in agents if may_take(agent, caller, now)),
        key=lambda agent: (
            agent.id == caller.last_agent_id,
            tier(agent, caller, now) or 0,
            preference(caller, agent),
            agent.id,
        ),
    )
    return tuple(able if caller.strategy is Strategy.BROADCAST else able[:1])
