"""What an agent's desk shows beside the phone: today's figures, the last calls, and for whom one answers."""

from collections import defaultdict
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from panel.people import Viewer
from voice.models import Call, Merchant, Offer, Participation, QueueMember, Ticket
from voice.phones import show_number
from voice.states import Offer as OfferState

DAY_SECONDS = 86_400.0
LAST = 8


def today(tx: Session, agent_id: str, now: float) -> dict[str, Any]:
    """The last 24 hours of one agent: calls taken, mean talk in seconds, rings let go by."""
    taken, seconds = tx.execute(
        select(func.count(), func.avg(Participation.ended_at - Participation.joined_at)).where(
            Participation.agent_id == agent_id,
            Participation.joined_at.is_not(None),
            Participation.began_at > now - DAY_SECONDS,
        )
    ).one()
    missed = tx.scalar(
        select(func.count())
        .select_from(Offer)
        .where(Offer.agent_id == agent_id, Offer.offered_at > now - DAY_SECONDS)
        .where(Offer.state.in_((OfferState.EXPIRED, OfferState.UNACKNOWLEDGED)))
    )
    return {"taken": taken, "talk_seconds": seconds, "missed_rings": missed or 0}


def recent(tx: Session, viewer: Viewer) -> list[dict[str, Any]]:
    """The agent's last calls that have a ticket, newest first."""
    rows = tx.execute(
        select(Ticket.number, Call, Merchant.name)
        .join(Call, and_(Call.merchant_id == Ticket.merchant_id, Call.id == Ticket.call_id))
        .join(Merchant, Merchant.id == Ticket.merchant_id)
        .where(Ticket.merchant_id.in_(viewer.merchants), Ticket.agent_id == viewer.user_id)
        .order_by(Ticket.created_at.desc())
        .limit(LAST)
    )
    return [
        {
            "number": number,
            "merchant": {"id": call.merchant_id, "name": name},
            "caller": show_number(call.caller),
            "caller_name": call.caller_name,
            "queue": call.queue,
            "started_at": call.started_at,
        }
        for number, call, name in rows
    ]


def serves(tx: Session, viewer: Viewer) -> list[dict[str, Any]]:
    """The merchants and queues that this agent answers for."""
    queues: dict[str, list[str]] = defaultdict(list)
    rows = tx.execute(
        select(QueueMember.merchant_id, QueueMember.queue)
        .where(QueueMember.agent_id == viewer.user_id, QueueMember.merchant_id.in_(viewer.merchants))
        .order_by(QueueMember.queue)
    )
    for merchant_id, queue in rows:
        queues[merchant_id].append(queue)
    return [
        {"name": viewer.merchant_names[merchant], "queues": queues[merchant]} for merchant in viewer.merchants
    ]
