"""The snapshot of a decision from SQL: who waits in some queues, and who could take them, each cut to the foremost."""

import json
from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet
from typing import Final

from sqlalchemy import (
    Text,
    bindparam,
    cast,
    null,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import Session

from routing.snapshot import NOBODY, MakeOffer, QueueKey, Snapshot, WaitingCaller
from voice import models
from voice.among import Names, among
from voice.states import Agent
from voice.who_is_free import as_agent, free_for, meant_for, members_of
from voice.who_waits import CANDIDATES, as_caller, foremost, foremost_of_each_plan, is_open, rung_in_vain

NOT_ON_SHIFT = (Agent.OFFLINE, Agent.UNREACHABLE, Agent.AWAY)
_OF_AGENT: Final = union_all(
    select(models.QueueMember.merchant_id, models.QueueMember.queue, cast(null(), Text).label("plan")).where(
        models.QueueMember.agent_id == bindparam("agent")
    ),
    select(models.Waiting.merchant_id, models.Waiting.queue, cast(models.Waiting.plan, Text)).where(
        is_open(), models.Waiting.left_as.is_(None), text(models.RUNG)
    ),
)
_M = models.QueueMember.__table__.c
_SERVED: Final = select(_M.agent_id, _M.merchant_id, _M.queue).where(
    among(_M.agent_id, bindparam("agents", type_=Names()))
)
Serves = dict[str, frozenset[QueueKey]]  # by agent, the queues that she or he takes


def snapshot(
    tx: Session, queues: set[QueueKey], now: float, held: AbstractSet[str], serves: Serves
) -> Snapshot:
    """Callers of these queues, and the free agents who could be rung for them; `held` are in other hands.

    `serves` is what this decision knows already of who takes which queues; what is asked is added.
    """
    waiting = [row for row in foremost(tx, sorted(queues), now) if row.id not in held]
    tried = rung_in_vain(tx, [row for row in waiting if row.gives_up and row.offers_made])
    callers = [as_caller(row, tried.get(row.id, NOBODY)) for row in waiting]
    free = {row.id: row for row in free_for(tx, callers, now) if row.id not in held}
    if not callers or not free:
        return Snapshot(tuple(callers), ())
    _learn(tx, serves, free)
    return Snapshot(tuple(callers), tuple(as_agent(row, serves[agent_id]) for agent_id, row in free.items()))


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
        for row in foremost_of_each_plan(tx, key, now)
        if row.id not in held and row.id not in known
    ]
    if not hidden:
        return None
    tried = rung_in_vain(tx, [row for row in hidden if row.gives_up and row.offers_made])
    found = [as_caller(row, tried.get(row.id, NOBODY)) for row in hidden]
    known_agents = {agent.id for agent in room.agents}
    free = {row.id: row for row in free_for(tx, found, now) if row.id not in held | known_agents}
    _learn(tx, serves, free)
    return Snapshot(
        (*room.callers, *found), (*room.agents, *(as_agent(row, serves[one]) for one, row in free.items()))
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
    for agent_id, merchant_id, queue in tx.execute(_SERVED, {"agents": unknown}).all():
        found[agent_id].add((merchant_id, queue))
    serves.update({agent_id: frozenset(queues) for agent_id, queues in found.items()})


def everybody_was_rung(tx: Session, waiting: models.Waiting, now: float) -> bool:
    """Whether nobody who is there is left to be rung for a caller; who is busy may still come free."""
    tried = rung_in_vain(tx, [waiting]).get(waiting.id, NOBODY)
    caller = as_caller(waiting, tried)
    if caller.plan.only is None and not tried:
        return False
    left = tx.scalars(
        meant_for(select(models.Agent.id), caller, now).where(models.Agent.state.not_in(NOT_ON_SHIFT))
    )
    return set(left) <= tried


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
        models.Agent.id.in_(members_of(merchant_id, (queue,))),
        models.Agent.state == Agent.AVAILABLE,
        models.Agent.not_before_at <= now,
        models.Agent.id.not_in(rung),
    )
    return tx.scalar(idle.limit(1)) is not None
