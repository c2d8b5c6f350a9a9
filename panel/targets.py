"""Whom a caller can be sent to: the merchant's other agents with their states, and the queues of the call's flow."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from voice.models import Agent, Call, Membership, Participation, QueueMember, User
from voice.refusals import Refused
from voice.runtime import Runtime
from voice.states import PARTICIPATION_LIVE
from voice.states import Agent as State

ORDER = (State.AVAILABLE, State.WRAP_UP, State.ON_CALL, State.ON_HOLD, State.RINGING, State.AWAY)


def targets_of(tx: Session, rt: Runtime, agent_id: str, call_id: str) -> dict[str, Any]:
    """The colleagues of an agent in a call, who can be had first, and the queues; raises Refused."""
    call = tx.scalar(
        select(Call)
        .join(
            Participation,
            (Participation.merchant_id == Call.merchant_id) & (Participation.call_id == Call.id),
        )
        .where(
            Call.id == call_id,
            Participation.agent_id == agent_id,
            Participation.state.in_(PARTICIPATION_LIVE),
        )
    )
    if call is None:
        raise Refused("gone", "You are not in this call.")
    queues = rt.books.flow(call.merchant_id, call.flow_digest).queues
    free = free_of(tx, call.merchant_id)
    return {
        "agents": colleagues(tx, call.merchant_id, agent_id),
        "queues": [{"name": name, "free": free.get(name, 0)} for name in queues],
    }


def colleagues(tx: Session, merchant_id: str, but_for: str = "") -> list[dict[str, Any]]:
    """A merchant's agents who are on shift, who can be had first."""
    rows = tx.scalars(
        select(Agent)
        .join(Membership, Membership.user_id == Agent.id)
        .join(User, User.id == Agent.id)
        .where(
            Membership.merchant_id == merchant_id,
            User.disabled_at.is_(None),
            Agent.id != but_for,
            Agent.state.in_(ORDER),
        )
    )
    shown = sorted(rows, key=lambda one: (ORDER.index(State(one.state)), one.name.lower(), one.id))
    return [
        {"id": one.id, "name": one.name, "state": one.state, "reason": one.reason, "since_at": one.since_at}
        for one in shown
    ]


def free_of(tx: Session, merchant_id: str) -> dict[str, int]:
    """How many agents of each queue are available."""
    rows = tx.execute(
        select(QueueMember.queue, func.count())
        .join(Agent, Agent.id == QueueMember.agent_id)
        .where(QueueMember.merchant_id == merchant_id, Agent.state == State.AVAILABLE)
        .group_by(QueueMember.queue)
    )
    return {queue: count for queue, count in rows}
