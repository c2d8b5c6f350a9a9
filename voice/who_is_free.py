"""Who may be rung, from SQL: the foremost agents for callers, in the order of their strategies."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, assert_never

from sqlalchemy import (
    ColumnElement,
    Executable,
    Float,
    Integer,
    Select,
    bindparam,
    case,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from routing.snapshot import FreeAgent, QueueKey, Strategy, WaitingCaller
from voice import models
from voice.among import among
from voice.states import Agent
from voice.who_waits import CANDIDATES, LOTS

_ID = models.Agent.__table__.c.id
_AGENT = [  # plain columns: rows of the ORM take twice as long
    models.Agent.__table__.c[name]
    for name in ("id", "last_offer_at", "not_before_at", "calls_taken", "talk_seconds")
]


def as_agent(row: Any, queues: frozenset[QueueKey]) -> FreeAgent:
    """An agent as routing knows one, made of a row; `queues` are those that the agent serves."""
    return FreeAgent(row.id, queues, row.last_offer_at, row.not_before_at, row.calls_taken, row.talk_seconds)


def free_for(tx: Session, callers: Iterable[WaitingCaller], now: float) -> Iterator[Any]:
    """The rows of the foremost agents who are available for these callers."""
    pools: dict[tuple[object, ...], list[WaitingCaller]] = {}
    for one in callers:
        pools.setdefault(_pool(one, now), []).append(one)
    usual: list[tuple[Strategy, QueueKey, int]] = []
    for alike in pools.values():
        one, spare = alike[0], len(frozenset().union(*(caller.tried for caller in alike)))
        most = spare + (LOTS if one.strategy is Strategy.RANDOM else CANDIDATES)
        if _is_usual(one, now):
            usual.append((one.strategy, one.queue, most))
            continue
        free = meant_for(select(*_AGENT), one, now).where(
            models.Agent.state == Agent.AVAILABLE, models.Agent.not_before_at <= now
        )
        order = (*_own_first(one, now), *_order(one), models.Agent.id)
        yield from tx.execute(free.order_by(*order).limit(most)).all()
    if usual:
        yield from _free_as_usual(tx, sorted(usual), now)


def _free_as_usual(tx: Session, pools: Sequence[tuple[Strategy, QueueKey, int]], now: float) -> Sequence[Any]:
    named: dict[str, Any] = {"now": now}
    for number, (_, (merchant_id, queue), most) in enumerate(pools):
        named |= {f"merchant_{number}": merchant_id, f"queue_{number}": queue, f"most_{number}": most}
    return tx.execute(_usual(tuple(strategy for strategy, _, _ in pools)), named).all()


def _is_usual(caller: WaitingCaller, now: float) -> bool:
    """Whether everybody of the queue may take this caller now, and the strategy alone orders them."""
    plan = caller.plan
    return (
        plan.only is None
        and caller.strategy is not Strategy.LINEAR
        and not plan.tiers_after(now - caller.entered_at)
        and plan.able_after(now - caller.entered_at) is None
        and caller.reserved_for(now) is None
    )


@cache
def _usual(strategies: tuple[Strategy, ...]) -> Executable:
    """The free agents of a queue for each of these strategies, in its order: one statement, made once."""
    foremost = []
    for number, strategy in enumerate(strategies):
        members = select(models.QueueMember.agent_id).where(
            models.QueueMember.merchant_id == bindparam(f"merchant_{number}"),
            models.QueueMember.queue == bindparam(f"queue_{number}"),
        )
        free = select(*_AGENT).where(
            models.Agent.id.in_(members),
            models.Agent.state == Agent.AVAILABLE,
            models.Agent.not_before_at <= bindparam("now", type_=Float),
        )
        order = (*_order(WaitingCaller("", ("", ""), 0.0, strategy=strategy)), models.Agent.id)
        foremost.append(free.order_by(*order).limit(bindparam(f"most_{number}", type_=Integer)))
    return union_all(*(select(*one.subquery().c) for one in foremost)) if len(foremost) > 1 else foremost[0]


def _pool(caller: WaitingCaller, now: float) -> tuple[object, ...]:
    """Callers with the same have the same agents, in the same order."""
    plan, waited = caller.plan, now - caller.entered_at
    return (
        caller.queue,
        caller.strategy,
        plan.only,
        plan.order,
        plan.able_after(waited),
        plan.tiers_after(waited),
        caller.reserved_for(now),
    )


def meant_for(agents: Select[Any], caller: WaitingCaller, now: float) -> Select[Any]:
    """The agents who may be rung for a caller by now, free or not (routing/match.py)."""
    plan, waited = caller.plan, now - caller.entered_at
    merchant_id, queue = caller.queue
    meant = agents.where(
        models.Agent.id.in_(members_of(merchant_id, (queue, *plan.tiers_after(waited))))
        if plan.only is None
        else among(_ID, plan.only)
    )
    able, reserved = plan.able_after(waited), caller.reserved_for(now)
    if reserved is not None:
        meant = meant.where(models.Agent.id == reserved)
    return meant if able is None else meant.where(among(_ID, able))


def _own_first(caller: WaitingCaller, now: float) -> tuple[ColumnElement[Any], ...]:
    merchant_id, queue = caller.queue
    if not caller.plan.tiers_after(now - caller.entered_at):
        return ()
    return (models.Agent.id.not_in(members_of(merchant_id, (queue,))),)


def _order(caller: WaitingCaller) -> tuple[ColumnElement[Any], ...]:
    """The order of a strategy in SQL, so that the cut leaves those who would be chosen (routing/strategies.py)."""
    idle = models.Agent.last_offer_at.expression
    match caller.strategy:
        case Strategy.LONGEST_IDLE | Strategy.BROADCAST | Strategy.RANDOM:
            return (idle,)
        case Strategy.FEWEST_CALLS:
            return (models.Agent.calls_taken.expression, idle)
        case Strategy.LEAST_TALK:
            return (models.Agent.talk_seconds.expression, idle)
        case Strategy.LINEAR:
            ranks = {agent_id: rank for rank, agent_id in enumerate(caller.plan.order)}
            last = literal(len(ranks))
            return (case(ranks, value=models.Agent.id, else_=last) if ranks else last, idle)
        case _:
            assert_never(caller.strategy)


def members_of(merchant_id: str, queues: Collection[str]) -> Select[str]:
    """The ids of the agents who take these queues of a merchant."""
    return select(models.QueueMember.agent_id).where(
        models.QueueMember.merchant_id == merchant_id, models.QueueMember.queue.in_(queues)
    )
