"""What a desk shows while an agent asks a colleague: who asks whom, and how far it is."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from voice.models import Agent, Consult, Offer
from voice.phones import show_number
from voice.states import CONSULT_LIVE, OfferKind
from voice.states import Consult as State

SHOWN = CONSULT_LIVE | {State.FAILED}


def askers(tx: Session, offers: Sequence[Offer]) -> dict[str, str]:
    """By offer, the name of the colleague who asks."""
    asked = [offer.call_id for offer in offers if offer.kind == OfferKind.ASKED]
    if not asked:
        return {}
    rows = tx.execute(
        select(Offer.id, Agent.name)
        .join(Consult, and_(Consult.merchant_id == Offer.merchant_id, Consult.call_id == Offer.call_id))
        .join(Agent, Agent.id == Consult.from_agent_id)
        .where(Offer.id.in_([offer.id for offer in offers]), Consult.state.in_(CONSULT_LIVE))
    )
    return {offer_id: name for offer_id, name in rows}


def consults(tx: Session, call_ids: Collection[str]) -> dict[tuple[str, str], dict[str, Any]]:
    """By merchant and call, the last asking: of whom, by whom, how far; what came to nothing says why."""
    if not call_ids:
        return {}
    asker, asked = aliased(Agent), aliased(Agent)
    rows = tx.execute(
        select(Consult, asker.name, asked.name)
        .join(asker, asker.id == Consult.from_agent_id)
        .outerjoin(asked, asked.id == Consult.agent_id)
        .where(Consult.call_id.in_(call_ids))
        .order_by(Consult.state_at)
    )
    found = {}
    for consult, by, whom in rows:
        key = (consult.merchant_id, consult.call_id)
        shown = show_number(consult.target) if consult.kind == "number" else whom
        found[key] = {
            "state": consult.state,
            "by": by,
            "whom": shown,
            "is_outside": consult.kind == "number",
            "why": consult.why,
        }
    return {key: one for key, one in found.items() if one["state"] in SHOWN}
