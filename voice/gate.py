"""The gate before everything that goes out: where a merchant's flow lets it call, and how many calls the last hour had."""

from sqlalchemy import func, select
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
        .where(models.Offer.kind == OfferKind.OUTBOUND)
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
