"""One ticket as people read it: facts, the call's story, the recordings."""

from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from panel.people import Viewer
from recordings.story import story
from recordings.tickets import recordings_of
from voice.contacts import calls_of
from voice.models import Agent, Call, Merchant, Participation, Ticket
from voice.phones import show_number


def one_ticket(tx: Session, viewer: Viewer, merchant_id: str, number: int) -> dict[str, Any] | None:
    """The ticket of this number, if it is one of the viewer's merchants'."""
    found = tx.execute(
        select(Ticket, Call, Merchant.name, Agent.name)
        .join(Call, and_(Call.merchant_id == Ticket.merchant_id, Call.id == Ticket.call_id))
        .join(Merchant, Merchant.id == Ticket.merchant_id)
        .outerjoin(Agent, Agent.id == Ticket.agent_id)
        .where(
            Ticket.merchant_id == merchant_id,
            Ticket.merchant_id.in_(viewer.merchants),
            Ticket.number == number,
        )
    ).one_or_none()
    if found is None:
        return None
    ticket, call, merchant, agent = found
    return {
        "number": ticket.number,
        "merchant": {"id": merchant_id, "name": merchant},
        "subject": ticket.subject,
        "status": ticket.status,
        "tags": ticket.tags,
        "agent": agent,
        "created_at": ticket.created_at,
        "call_id": call.id,
        "caller": show_number(call.caller),
        "number_to_call": call.caller,
        "direction": call.direction,
        "caller_name": call.caller_name,
        "dialled": show_number(call.dialled),
        "queue": call.queue,
        "started_at": call.started_at,
        "ended_at": call.ended_at,
        "ended_as": call.ended_as,
        "hung_up_by": call.hung_up_by,
        "waited_seconds": call.waited_seconds,
        "talked_seconds": _talked(tx, merchant_id, call.id),
        "flow_digest": ticket.flow_digest,
        "story": [{"at": line.at, "kind": line.kind, "text": line.text} for line in story(tx, merchant_id, call.id)],
        "recordings": [
            {"id": one.id, "kind": one.kind, "state": one.state, "channels": one.channels, "seconds": one.seconds,
             "started_at": one.started_at, "error": one.error, "has_outline": one.waveform_key is not None}
            for one in recordings_of(tx, merchant_id, call.id)
        ],
    }  # fmt: skip


def _talked(tx: Session, merchant_id: str, call_id: str) -> float | None:
    """Seconds in which agent and caller could talk; None when they never met."""
    return tx.scalar(
        select(func.sum(Participation.ended_at - Participation.joined_at)).where(
            Participation.merchant_id == merchant_id,
            Participation.call_id.in_(calls_of(tx, merchant_id, call_id)),
            Participation.joined_at.is_not(None),
        )
    )
