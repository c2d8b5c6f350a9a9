"""The snapshot of a decision from SQL: who waits in some queues, and who could take them, each cut to the foremost."""

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from routing.plan import Plan
from routing.snapshot import NOBODY, FreeAgent, QueueKey, Snapshot, Strategy, WaitingCaller
from voice import models
from voice.states import Agent, Offer, Waiting

CANDIDATES = 32  # callers and agents of one queue that a decision looks at
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
            agent_ids |= _free(tx, key, found, now)
    agent_ids -= held
    if not callers or not agent_ids:
        return Snapshot((), ())
    serves = queues_of(tx, agent_ids)
    agents = tx.scalars(select(models.Agent).where(models.Agent.id.in_(agent_ids)))
    return Snapshot(
        tuple(callers.values()),
        tuple(
            FreeAgent(one.id, serves.get(one.id, frozenset()), one.last_offer_at, one.not_before_at)
            for one in agents
        ),
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


def everybody_was_rung(tx: Session, waiting: models.Waiting) -> bool:
    """Whether nobody who is there is left to be rung for a caller; who is busy may still come free."""
    only = Plan.load(waiting.plan).only
    tried = _rung_in_vain(tx, [waiting]).get(waiting.id, NOBODY)
    if only is None and not tried:
        return False
    meant = _members((waiting.merchant_id, waiting.queue)) if only is None else _among(only)
    left = tx.scalars(meant.where(models.Agent.state.not_in(NOT_ON_SHIFT)))
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
    only = Plan.load(row.plan).only
    return WaitingCaller(
        row.id,
        (row.merchant_id, row.queue),
        row.rank_at,
        row.head_at,
        row.last_agent_id,
        Strategy(row.strategy),
        None if only is None else frozenset(only),
        tried,
    )


def _free(tx: Session, key: QueueKey, callers: Collection[WaitingCaller], now: float) -> set[str]:
    """The ids of the agents who are available for a queue, or for the rings that bear its name."""
    meant = frozenset().union(*(one.only for one in callers if one.only is not None))
    found = _members(key) if all(one.only is None for one in callers) else _among(meant)
    free = found.where(models.Agent.state == Agent.AVAILABLE, models.Agent.not_before_at <= now)
    return set(tx.scalars(free.order_by(models.Agent.last_offer_at, models.Agent.id).limit(CANDIDATES)))


def _members(key: QueueKey) -> Select[str]:
    merchant_id, queue = key
    return (
        select(models.Agent.id)
        .join(models.QueueMember, models.QueueMember.agent_id == models.Agent.id)
        .where(models.QueueMember.merchant_id == merchant_id, models.QueueMember.queue == queue)
    )


def _among(agent_ids: Collection[str]) -> Select[str]:
    return select(models.Agent.id).where(models.Agent.id.in_(agent_ids))


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
