"""The snapshot of a decision from SQL: who waits in some queues, and who could take them, each cut to the foremost."""

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, assert_never

from sqlalchemy import ColumnElement, Select, and_, case, literal, or_, select
from sqlalchemy.orm import Session

from routing.plan import Plan
from routing.snapshot import NOBODY, FreeAgent, QueueKey, Snapshot, Strategy, WaitingCaller
from voice import models
from voice.states import Agent, Offer, Waiting

CANDIDATES = 32  # callers and agents of one queue that a decision looks at
LOTS = 500  # agents who draw lots
# How a ring ended that is not made again where each is rung once; a claim that failed was nobody's no.
IN_VAIN = (Offer.DECLINED, Offer.EXPIRED, Offer.UNACKNOWLEDGED, Offer.UNDELIVERED)
NOT_ON_SHIFT = (Agent.OFFLINE, Agent.UNREACHABLE, Agent.AWAY)


def is_open() -> ColumnElement[bool]:
    """Whether desks can be rung for a caller now: none rings, or all that can are to ring."""
    return or_(
        models.Waiting.state == Waiting.WAITING,
        and_(models.Waiting.state == Waiting.OFFERED, models.Waiting.strategy == Strategy.BROADCAST),
    )


def snapshot(tx: Session, queues: set[QueueKey], now: float, held: AbstractSet[str] = NOBODY) -> Snapshot:
    """Callers of these queues, and the free agents who could be rung for them; `held` are in other hands."""
    callers: dict[str, WaitingCaller] = {}
    agent_ids: set[str] = set()
    for key in queues:
        waiting = [row for row in tx.scalars(_foremost(key, now)) if row.id not in held]
        tried = _rung_in_vain(tx, [row for row in waiting if row.gives_up and row.offers_made])
        found = [_caller(row, tried.get(row.id, NOBODY)) for row in waiting]
        callers |= {one.id: one for one in found}
        if found:
            agent_ids |= _free(tx, found, now)
    agent_ids -= held
    if not callers or not agent_ids:
        return Snapshot((), ())
    serves = queues_of(tx, agent_ids)
    agents = tx.scalars(select(models.Agent).where(models.Agent.id.in_(agent_ids)))
    return Snapshot(
        tuple(callers.values()),
        tuple(_agent(one, serves.get(one.id, frozenset())) for one in agents),
    )


def queues_for(tx: Session, agent_id: str) -> frozenset[QueueKey]:
    """The queues that an agent takes, and the rings without a queue that mean the agent."""
    rung = tx.scalars(
        select(models.Waiting).where(is_open(), models.Waiting.queue.like("@%"))  # few, and never for long
    )
    meant = {(row.merchant_id, row.queue) for row in rung if agent_id in (Plan.load(row.plan).only or ())}
    return queues_of(tx, [agent_id]).get(agent_id, frozenset()) | meant


def queues_of(tx: Session, agent_ids: Iterable[str]) -> dict[str, frozenset[QueueKey]]:
    """The queues that each of these agents takes."""
    found: dict[str, set[QueueKey]] = {}
    for row in tx.scalars(select(models.QueueMember).where(models.QueueMember.agent_id.in_(list(agent_ids)))):
        found.setdefault(row.agent_id, set()).add((row.merchant_id, row.queue))
    return {agent_id: frozenset(queues) for agent_id, queues in found.items()}


def everybody_was_rung(tx: Session, waiting: models.Waiting, now: float) -> bool:
    """Whether nobody who is there is left to be rung for a caller; who is busy may still come free."""
    tried = _rung_in_vain(tx, [waiting]).get(waiting.id, NOBODY)
    caller = _caller(waiting, tried)
    if caller.plan.only is None and not tried:
        return False
    left = tx.scalars(_meant(caller, now).where(models.Agent.state.not_in(NOT_ON_SHIFT)))
    return set(left) <= tried


def _foremost(key: QueueKey, now: float) -> Select[models.Waiting]:
    merchant_id, queue = key
    return (
        select(models.Waiting)
        .where(
            models.Waiting.merchant_id == merchant_id,
            models.Waiting.queue == queue,
            is_open(),
            models.Waiting.left_as.is_(None),
            models.Waiting.deadline_at > now,
        )
        .order_by(models.Waiting.head_at.is_(None), models.Waiting.rank_at, models.Waiting.id)
        .limit(CANDIDATES)
    )


def _caller(row: models.Waiting, tried: frozenset[str]) -> WaitingCaller:
    return WaitingCaller(
        row.id,
        (row.merchant_id, row.queue),
        row.rank_at,
        row.head_at,
        row.last_agent_id,
        Strategy(row.strategy),
        Plan.load(row.plan),
        tried,
        row.offers_made,
        row.entered_at,
    )


def _agent(row: models.Agent, queues: frozenset[QueueKey]) -> FreeAgent:
    return FreeAgent(row.id, queues, row.last_offer_at, row.not_before_at, row.calls_taken, row.talk_seconds)


def _free(tx: Session, callers: Collection[WaitingCaller], now: float) -> set[str]:
    """The ids of the foremost agents who are available for these callers of a queue, or of a ring that bears its name."""
    pools = {_pool(one, now): one for one in callers}
    spare = len(frozenset().union(*(one.tried for one in callers)))
    found: set[str] = set()
    for one in pools.values():
        free = _meant(one, now).where(
            models.Agent.state == Agent.AVAILABLE, models.Agent.not_before_at <= now
        )
        most = LOTS if one.strategy is Strategy.RANDOM else CANDIDATES
        order = (*_own_first(one, now), *_order(one), models.Agent.id)
        found |= set(tx.scalars(free.order_by(*order).limit(most + spare)))
    return found


def _pool(caller: WaitingCaller, now: float) -> tuple[object, ...]:
    """Callers with the same have the same agents, in the same order."""
    plan, waited = caller.plan, now - caller.entered_at
    return (
        caller.strategy,
        plan.only,
        plan.order,
        plan.able_after(waited),
        plan.tiers_after(waited),
        caller.reserved_for(now),
    )


def _meant(caller: WaitingCaller, now: float) -> Select[str]:
    """The agents who may be rung for a caller by now, free or not (routing/match.py)."""
    plan, waited = caller.plan, now - caller.entered_at
    merchant_id, queue = caller.queue
    meant = select(models.Agent.id).where(
        models.Agent.id.in_(_members(merchant_id, (queue, *plan.tiers_after(waited))))
        if plan.only is None
        else models.Agent.id.in_(plan.only)
    )
    able, reserved = plan.able_after(waited), caller.reserved_for(now)
    if reserved is not None:
        meant = meant.where(models.Agent.id == reserved)
    return meant if able is None else meant.where(models.Agent.id.in_(able))


def _own_first(caller: WaitingCaller, now: float) -> tuple[ColumnElement[Any], ...]:
    merchant_id, queue = caller.queue
    if not caller.plan.tiers_after(now - caller.entered_at):
        return ()
    return (models.Agent.id.not_in(_members(merchant_id, (queue,))),)


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


def _members(merchant_id: str, queues: Collection[str]) -> Select[str]:
    return select(models.QueueMember.agent_id).where(
        models.QueueMember.merchant_id == merchant_id, models.QueueMember.queue.in_(queues)
    )


def _rung_in_vain(tx: Session, waiting: Collection[models.Waiting]) -> Mapping[str, frozenset[str]]:
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
