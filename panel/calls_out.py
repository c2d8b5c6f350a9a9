"""What a desk shows of calls that its agent makes: whether the customer's phone rings, and what became of the last one."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from sqlalchemy import BindParameter, and_, bindparam, func, select
from sqlalchemy.orm import Session

from voice.models import Call, Merchant, Offer, Ticket, Waiting
from voice.phones import show_number
from voice.states import CallEnd, OfferKind

OWN = (OfferKind.OUTBOUND, OfferKind.CALLBACK)
NOT_REACHED = (CallEnd.BUSY, CallEnd.NO_ANSWER, CallEnd.FAILED)
SAME_MOMENT_SECONDS = 2.0  # the agent is free a moment before the call's end is written
SHOWN_SECONDS = 120.0  # how long a call that nobody answered stays on the desk


_RINGING: Final = (
    select(Waiting.merchant_id, Waiting.call_id)
    .join(Call, and_(Call.merchant_id == Waiting.merchant_id, Call.id == Waiting.call_id))
    .where(
        Waiting.call_id.in_(bindparam("calls", expanding=True)),
        Call.direction == "outbound",
        Waiting.proved_at.is_not(None),
        Waiting.left_as.is_(None),
    )
)
_AGENTS: Final[BindParameter[Any]] = bindparam("agents", expanding=True)
_LATEST: Final = (
    select(Offer.agent_id, func.max(Offer.offered_at).label("offered_at"))
    .where(Offer.agent_id.in_(_AGENTS))
    .group_by(Offer.agent_id)
    .subquery()
)
_LAST_DIALS: Final = (
    select(Offer.agent_id, Call, Merchant.name, Ticket.number)
    .join(_LATEST, and_(Offer.agent_id == _LATEST.c.agent_id, Offer.offered_at == _LATEST.c.offered_at))
    .join(Call, and_(Call.merchant_id == Offer.merchant_id, Call.id == Offer.call_id))
    .join(Merchant, Merchant.id == Call.merchant_id)
    .outerjoin(Ticket, and_(Ticket.merchant_id == Call.merchant_id, Ticket.call_id == Call.id))
    .where(Offer.kind.in_(OWN), Call.ended_as.in_(NOT_REACHED))
)


def ringing_customers(tx: Session, dialling: Collection[tuple[str, str]]) -> Collection[tuple[str, str]]:
    """Those of these calls of ours (merchant, call) whose customer's phone rings now."""
    if not dialling:
        return ()
    rows = tx.execute(_RINGING, {"calls": [call_id for _, call_id in dialling]})
    return {(merchant_id, call_id) for merchant_id, call_id in rows}


def last_dials(tx: Session, since: Mapping[str, float]) -> dict[str, dict[str, Any]]:
    """By agent, the call that was just made and not answered, if nothing else happened `since` the agent is free."""
    if not since:
        return {}
    rows = tx.execute(_LAST_DIALS, {"agents": list(since)})
    return {
        agent_id: {
            "merchant": {"id": call.merchant_id, "name": name},
            "call_id": call.id,
            "number": call.caller,
            "caller": show_number(call.caller),
            "line": call.dialled,
            "ended_as": call.ended_as,
            "ended_at": call.ended_at,
            "shown_until": (call.ended_at or 0.0) + SHOWN_SECONDS,
            "ticket": ticket,
            "callback": call.callback_of is not None,
        }
        for agent_id, call, name, ticket in rows
        if since[agent_id] > (call.ended_at or 0.0) - SAME_MOMENT_SECONDS
    }
