"""The snapshot of a decision from SQL: who waits in some queues, and who could take them, each cut to the foremost."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache, lru_cache
from typing import Any, Final, assert_never

from sqlalchemy import (
    ColumnElement,
    Executable,
    Float,
    Integer,
    Result,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import Session

from routing.plan import Plan
from routing.snapshot import NOBODY, FreeAgent, MakeOffer, QueueKey, Snapshot, Strategy, WaitingCaller
from voice import models
from voice.states import Agent, Offer, Waiting

CANDIDATES = 32  # callers and agents of one queue that a decision looks at
LOTS = 200  # agents who draw lots
# How a ring ended that is not made again where each is rung once; a claim that failed was nobody's no.
IN_VAIN = (Offer.DECLINED, Offer.EXPIRED, Offer.UNACKNOWLEDGED, Offer.UNDELIVERED)
NOT_ON_SHIFT = (Agent.OFFLINE, Agent.UNREACHABLE, Agent.AWAY)


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
_AGENT = [
    getattr(models.Agent, name)
    for name in ("id", "last_offer_at", "not_before_at", "calls_taken", "talk_seconds")
]
_OF_AGENT: Final = union_all(
    select(models.QueueMember.merchant_id, models.QueueMember.queue, cast(null(), Text).label("plan")).where(
        models.QueueMember.agent_id == bindparam("agent")
    ),
    select(models.Waiting.merchant_id, models.Waiting.queue, cast(models.Waiting.plan, Text)).where(
        is_open(), models.Waiting.left_as.is_(None), text(models.RUNG)
    ),
)
_SERVED: Final = select(
    models.QueueMember.agent_id, models.QueueMember.merchant_id, models.QueueMember.queue
).where(models.QueueMember.agent_id.in_(bindparam("agents", expanding=True)))


Serves = dict[str, frozenset[QueueKey]]  # by agent, the queues that she or he takes


def snapshot(
    tx: Session, queues: set[QueueKey], now: float, held: AbstractSet[str], serves: Serves
) -> Snapshot:
    """Callers of these queues, and the free agents who could be rung for them; `held` are in other hands.

    `serves` is what this decision knows already of who takes which queues; what is asked is added.
    """
    waiting = [row for row in _foremost(tx, sorted(queues), now) if row.id not in held]
    tried = _rung_in_vain(tx, [row for row in waiting if row.gives_up and row.offers_made])
    callers = [_caller(row, tried.get(row.id, NOBODY)) for row in waiting]
    free = {row.id: row for row in _free(tx, callers, now) if row.id not in held}
    if not callers or not free:
        return Snapshot(tuple(callers), ())
    _learn(tx, serves, free)
    return Snapshot(tuple(callers), tuple(_agent(row, serves[agent_id]) for agent_id, row in free.items()))


def passed_over(
    tx: Session,
    room: Snapshot,
    offers: Collection[MakeOffer],
    now: float,
    held: AbstractSet[str],
    serves: Serves,
) -> Snapshot | None:
    """The room with callers whom the cut hid behind others whom nobody free can help; None when it hid nobody.

    `offers` are about to be made. Looked for only where some of the foremost are left over, all of them hard to please,
    and an agent too: then the foremost of each kind are taken, however many of another kind stand before them.
    """
    served, rung = {offer.waiting_id for offer in offers}, {offer.agent_id for offer in offers}
    hidden = [
        row
        for key, known in _cut(room, served, now).items()
        if _is_idle(tx, key, rung, now)
        for row in _foremost_of_each_plan(tx, key, now)
        if row.id not in held and row.id not in known
    ]
    if not hidden:
        return None
    tried = _rung_in_vain(tx, [row for row in hidden if row.gives_up and row.offers_made])
    found = [_caller(row, tried.get(row.id, NOBODY)) for row in hidden]
    known_agents = {agent.id for agent in room.agents}
    free = {row.id: row for row in _free(tx, found, now) if row.id not in held | known_agents}
    _learn(tx, serves, free)
    return Snapshot(
        (*room.callers, *found), (*room.agents, *(_agent(row, serves[one]) for one, row in free.items()))
    )


def queues_for(tx: Session, agent_id: str) -> tuple[frozenset[QueueKey], frozenset[QueueKey]]:
    """The queues that an agent takes, and the rings without a queue that mean the agent."""
    served, meant = set[QueueKey](), set[QueueKey]()
    for merchant_id, queue, plan in tx.execute(_OF_AGENT, {"agent": agent_id}):
        if plan is None:
            served.add((merchant_id, queue))
        elif agent_id in (json.loads(plan).get("only") or ()):
            meant.add((merchant_id, queue))
    return frozenset(served), frozenset(meant)


def _learn(tx: Session, serves: Serves, agent_ids: Iterable[str]) -> None:
    """Ask of those whose queues are not known yet."""
    unknown = [one for one in agent_ids if one not in serves]
    if not unknown:
        return
    found: dict[str, set[QueueKey]] = {one: set() for one in unknown}
    for agent_id, merchant_id, queue in tx.execute(_SERVED, {"agents": unknown}):
        found[agent_id].add((merchant_id, queue))
    serves.update({agent_id: frozenset(queues) for agent_id, queues in found.items()})


def everybody_was_rung(tx: Session, waiting: models.Waiting, now: float) -> bool:
    """Whether nobody who is there is left to be rung for a caller; who is busy may still come free."""
    tried = _rung_in_vain(tx, [waiting]).get(waiting.id, NOBODY)
    caller = _caller(waiting, tried)
    if caller.plan.only is None and not tried:
        return False
    left = tx.scalars(
        _meant(select(models.Agent.id), caller, now).where(models.Agent.state.not_in(NOT_ON_SHIFT))
    )
    return set(left) <= tried


def _foremost(tx: Session, queues: Sequence[QueueKey], now: float) -> Sequence[Any]:
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


def _cut(room: Snapshot, served: Collection[str], now: float) -> dict[QueueKey, set[str]]:
    """The queues of which a room holds only the foremost callers, and their ids.

    But for those where somebody is left over who would take any agent of the queue: then no agent is left.
    """
    found: dict[QueueKey, set[str]] = {}
    for caller in room.callers:
        found.setdefault(caller.queue, set()).add(caller.id)
    content = {one.queue for one in room.callers if one.id not in served and _takes_anybody(one, now)}
    return {key: ids for key, ids in found.items() if len(ids) >= CANDIDATES and key not in content}


def _takes_anybody(caller: WaitingCaller, now: float) -> bool:
    plan = caller.plan
    return (
        plan.only is None
        and not caller.tried
        and plan.able_after(now - caller.entered_at) is None
        and caller.reserved_for(now) is None
    )


def _is_idle(tx: Session, key: QueueKey, rung: Collection[str], now: float) -> bool:
    """Whether an agent of a queue is available whom nobody is about to ring."""
    merchant_id, queue = key
    idle = select(models.Agent.id).where(
        models.Agent.id.in_(_members(merchant_id, (queue,))),
        models.Agent.state == Agent.AVAILABLE,
        models.Agent.not_before_at <= now,
        models.Agent.id.not_in(rung),
    )
    return tx.scalar(idle.limit(1)) is not None


def _foremost_of_each_plan(tx: Session, key: QueueKey, now: float) -> Sequence[Any]:
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
    return tx.execute(first.order_by(ranked.c.in_kind, ranked.c.rank_at).limit(LOTS)).all()


@lru_cache(maxsize=1024)
def _plan(dumped: str) -> Plan:
    """A plan of its JSON; callers of a queue mostly have the same, and those who know enough may be thousands."""
    return Plan.load(json.loads(dumped))


def _caller(row: Any, tried: frozenset[str]) -> WaitingCaller:
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


def _agent(row: Any, queues: frozenset[QueueKey]) -> FreeAgent:
    return FreeAgent(row.id, queues, row.last_offer_at, row.not_before_at, row.calls_taken, row.talk_seconds)


def _free(tx: Session, callers: Iterable[WaitingCaller], now: float) -> Iterator[Any]:
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
        free = _meant(select(*_AGENT), one, now).where(
            models.Agent.state == Agent.AVAILABLE, models.Agent.not_before_at <= now
        )
        order = (*_own_first(one, now), *_order(one), models.Agent.id)
        yield from tx.execute(free.order_by(*order).limit(most))
    if usual:
        yield from _free_as_usual(tx, sorted(usual), now)


def _free_as_usual(tx: Session, pools: Sequence[tuple[Strategy, QueueKey, int]], now: float) -> Result[Any]:
    named: dict[str, Any] = {"now": now}
    for number, (_, (merchant_id, queue), most) in enumerate(pools):
        named |= {f"merchant_{number}": merchant_id, f"queue_{number}": queue, f"most_{number}": most}
    return tx.execute(_usual(tuple(strategy for strategy, _, _ in pools)), named)


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


def _meant(agents: Select[Any], caller: WaitingCaller, now: float) -> Select[Any]:
    """The agents who may be rung for a caller by now, free or not (routing/match.py)."""
    plan, waited = caller.plan, now - caller.entered_at
    merchant_id, queue = caller.queue
    meant = agents.where(
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


def _rung_in_vain(tx: Session, waiting: Collection[Any]) -> Mapping[str, frozenset[str]]:
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
