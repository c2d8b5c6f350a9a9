"""The gate before everything that goes out: where a merchant's flow lets it call, and how many calls the last hour had."""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session as Tx

from callflows.flow import Flow
from voice import models
from voice.dialling import Rules, admit, within_caps
from voice.runtime import Runtime
from voice.states import OfferKind

HOUR = 3600.0
DIALLED = (
    "dialled",
    "forwarded",
    "phone_rung",
    "number_asked",
)  # facts of which each is a call that goes out


def rules_of(flow: Flow) -> Rules:
    """Where a merchant may call, by its flow."""
    return Rules(flow.numbers, flow.forward_to)


def admit_agents_call(tx: Tx, rt: Runtime, flow: Flow, agent_id: str, typed: str) -> str:
    """The number (E.164) that an agent may call now; raises NotDialled."""
    number = admit(typed, rules_of(flow))
    _within(tx, rt, flow, _dialled_by(tx, agent_id, rt.now() - HOUR))
    return number


def admit_forward(tx: Tx, rt: Runtime, flow: Flow, number: str) -> str:
    """The number (E.164) to which a caller may be sent now; raises NotDialled."""
    admitted = admit(number, rules_of(flow))
    _within(tx, rt, flow, 0)
    return admitted


def admit_agents_phone(tx: Tx, rt: Runtime, flow: Flow, agent_id: str, number: str) -> str:
    """The number (E.164) under which an agent may be rung now; raises NotDialled."""
    return admit_agents_call(tx, rt, flow, agent_id, number)


def admit_callback(flow: Flow, number: str) -> str:
    """The number (E.164) at which a customer may be called back; raises NotDialled."""
    return admit(number, rules_of(flow))


def require_calls_left(tx: Tx, rt: Runtime, flow: Flow) -> None:
    """Raises NotDialled when the merchant's calls of this hour are used up."""
    _within(tx, rt, flow, 0)


def admit_asked_number(tx: Tx, rt: Runtime, flow: Flow, agent_id: str, typed: str) -> str:
    """The number (E.164) that an agent may ask before handing a caller over; raises NotDialled."""
    number = admit(typed, rules_of(flow))
    since = rt.now() - HOUR
    _within(tx, rt, flow, _dialled_by(tx, agent_id, since) + _asked_by(tx, flow, agent_id, since))
    return number


def _within(tx: Tx, rt: Runtime, flow: Flow, by_agent: int) -> None:
    within_caps(
        by_agent,
        _dialled_for(tx, flow.merchant, rt.now() - HOUR),
        agent_cap=rt.settings.dial_agent_hour,
        merchant_cap=rt.settings.dial_merchant_hour,
    )


def _dialled_by(tx: Tx, agent_id: str, since: float) -> int:
    """An agent's own calls and the rings of an own phone; of a call out on that phone both legs are one."""
    asked = (
        select(func.count())
        .select_from(models.Offer)
        .where(models.Offer.agent_id == agent_id, models.Offer.offered_at > since)
        .where(or_(models.Offer.kind == OfferKind.OUTBOUND, models.Offer.phone != ""))
    )
    return tx.scalar(asked) or 0


def _asked_by(tx: Tx, flow: Flow, agent_id: str, since: float) -> int:
    asked = (
        select(func.count())
        .select_from(models.Event)
        .where(models.Event.merchant_id == flow.merchant, models.Event.at > since)
        .where(models.Event.kind == "number_asked", models.Event.agent_id == agent_id)
    )
    return tx.scalar(asked) or 0


def _dialled_for(tx: Tx, merchant_id: str, since: float) -> int:
    asked = (
        select(func.count())
        .select_from(models.Event)
        .where(models.Event.merchant_id == merchant_id, models.Event.at > since)
        .where(models.Event.kind.in_(DIALLED))
    )
    return tx.scalar(asked) or 0
