"""Who waits in queues, from SQL: the foremost callers, as routing knows them."""

import json
from collections.abc import Collection, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Float,
    Text,
    and_,
    bindparam,
    cast,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from routing.plan import Plan
from routing.snapshot import QueueKey, Strategy, WaitingCaller
from voice import models
from voice.states import Offer, Waiting

CANDIDATES = 32  # callers and agents of one queue that a decision looks at
LOTS = 100  # agents who draw lots: those who have been idle longest
HIDDEN = 200  # callers of all kinds whom a cut hid, looked at together
# How a ring ended that is not made again where each is rung once; a claim that failed was nobody's no.
IN_VAIN = (Offer.DECLINED, Offer.EXPIRED, Offer.UNACKNOWLEDGED, Offer.UNDELIVERED)


def is_open() -> ColumnElement[bool]:
    """Whether desks can be rung for a caller now: none rings, or all that can are to ring."""
    return or_(
        models.Waiting.state == Waiting.WAITING,
        and_(models.Waiting.state == Waiting.OFFERED, models.Waiting.strategy == Strategy.BROADCAST),
    )


_CALLER = [
    cast(models.Waiting.plan, Text).label("plan"),
    *(
        getattr(models.Waiting, name)
        for name in ("id", "merchant_id", "queue", "rank_at", "head_at", "last_agent_id", "strategy", "gives_up",
                     "offers_made", "entered_at")
    ),
]  # fmt: skip


def foremost(tx: Session, queues: Sequence[QueueKey], now: float) -> Sequence[Any]:
    """The rows of the foremost callers of each of these queues."""
    if not queues:
        return ()
    named: dict[str, Any] = {"now": now}
    for number, (merchant_id, queue) in enumerate(queues):
        named |= {f"merchant_{number}": merchant_id, f"queue_{number}": queue}
    return tx.execute(_foremost_of(len(queues)), named).all()


@cache
def _foremost_of(queues: int) -> Executable:
    """One statement for so many queues: making it takes longer than carrying it out."""
    waiting = models.Waiting
    foremost = (
        select(*_CALLER)
        .where(
            waiting.merchant_id == bindparam(f"merchant_{number}"),
            waiting.queue == bindparam(f"queue_{number}"),
            is_open(),
            waiting.left_as.is_(None),
            waiting.deadline_at > bindparam("now", type_=Float),
            at_head,
        )
        .order_by(waiting.rank_at, waiting.id)
        .limit(CANDIDATES)
        for number in range(queues)
        for at_head in (
            waiting.head_at.is_not(None),
            waiting.head_at.is_(None),
        )  # each in an index of its own
    )
    return union_all(*(select(*one.subquery().c) for one in foremost))


def foremost_of_each_plan(tx: Session, key: QueueKey, now: float) -> Sequence[Any]:
    """The rows of the foremost callers of each kind: those who need the same have the same plan."""
    merchant_id, queue = key
    waiting = models.Waiting
    order = (waiting.head_at.is_(None), waiting.rank_at, waiting.id)
    alike = (cast(waiting.plan, Text), waiting.strategy)
    ranked = (
        select(*_CALLER, func.row_number().over(partition_by=alike, order_by=order).label("in_kind"))
        .where(
            waiting.merchant_id == merchant_id,
            waiting.queue == queue,
            is_open(),
            waiting.left_as.is_(None),
            waiting.deadline_at > now,
        )
        .subquery()
    )
    first = select(ranked).where(ranked.c.in_kind <= CANDIDATES)
    return tx.execute(first.order_by(ranked.c.in_kind, ranked.c.rank_at).limit(HIDDEN)).all()


@lru_cache(maxsize=1024)
def _plan(dumped: str) -> Plan:
    """A plan of its JSON; callers of a queue mostly have the same, and those who know enough may be thousands."""
    return Plan.load(json.loads(dumped))


def as_caller(row: Any, tried: frozenset[str]) -> WaitingCaller:
    """A caller as routing knows one, made of a row; `tried` are the ids of the agents who were rung already."""
    return WaitingCaller(
        row.id,
        (row.merchant_id, row.queue),
        row.rank_at,
        row.head_at,
        row.last_agent_id,
        Strategy(row.strategy),
        _plan(row.plan) if isinstance(row.plan, str) else Plan.load(row.plan),
        tried,
        row.offers_made,
        row.entered_at,
    )


def rung_in_vain(tx: Session, waiting: Collection[Any]) -> Mapping[str, frozenset[str]]:
    """Of each of these callers, who declined, let it ring or could not be shown it."""
    if not waiting:
        return {}
    rows = tx.execute(
        select(models.Offer.waiting_id, models.Offer.agent_id).where(
            models.Offer.merchant_id.in_({row.merchant_id for row in waiting}),
            models.Offer.waiting_id.in_([row.id for row in waiting]),
            models.Offer.state.in_(IN_VAIN),
        )
    )
    found: dict[str, set[str]] = {}
    for waiting_id, agent_id in rows:
        found.setdefault(waiting_id, set()).add(agent_id)
    return {waiting_id: frozenset(agents) for waiting_id, agents in found.items()}
