"""What a desk shows while an agent asks a colleague: who asks whom, and how far it is."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session, aliased

from voice.models import Agent, Consult, Offer
from voice.phones import show_number
from voice.states import CONSULT_LIVE
from voice.states import Consult as State

SHOWN = CONSULT_LIVE | {State.FAILED}


_ASKER, _ASKED = aliased(Agent), aliased(Agent)
_ASKERS: Final = (
    select(Offer.id, Agent.name)
    .join(Consult, and_(Consult.merchant_id == Offer.merchant_id, Consult.call_id == Offer.call_id))
    .join(Agent, Agent.id == Consult.from_agent_id)
    .where(Offer.id.in_(bindparam("offers", expanding=True)), Consult.state.in_(CONSULT_LIVE))
)
_CONSULTS: Final = (
    select(Consult, _ASKER.name, _ASKED.name)
    .join(_ASKER, _ASKER.id == Consult.from_agent_id)
    .outerjoin(_ASKED, _ASKED.id == Consult.agent_id)
    .where(Consult.call_id.in_(bindparam("calls", expanding=True)))
    .order_by(Consult.state_at)
)


def askers(tx: Session, offers: Mapping[str, str]) -> dict[str, str]:
    """By offer, the name of the colleague who asks; `offers` are askings, by the ids of the callers' places."""
    if not offers:
        return {}
    rows = tx.execute(_ASKERS, {"offers": list(offers.values())})
    return {offer_id: name for offer_id, name in rows}


def consults(tx: Session, call_ids: Collection[str]) -> dict[tuple[str, str], dict[str, Any]]:
    """By merchant and call, the last asking: of whom, by whom, how far; what came to nothing says why."""
    if not call_ids:
        return {}
    rows = tx.execute(_CONSULTS, {"calls": list(call_ids)})
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
