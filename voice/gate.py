"""The gate before everything that goes out: where a merchant's flow lets it call, and how many calls the last hour had."""

from sqlalchemy import and_, func, or_, select, text
from sqlalchemy.orm import Session as Tx

from callflows.flow import Flow
from voice import models
from voice.dialling import Rules, admit, within_caps
from voice.runtime import Runtime
from voice.states import OfferKind

HOUR = 3600.0
IN_A_TALK = ("forwarded", "number_asked")  # those of an agent that are no offer of the agent's


def rules_of(flow: Flow) -> Rules:
    """Where a merchant may call, by its flow."""
    return Rules(flow.numbers, flow.forward_to)


def admit_agents_call(tx: Tx, rt: Runtime, flow: Flow, agent_id: str, typed: str) -> str:
    """The number (E.164) that an agent may now call, ask, send a caller to or be rung under; raises NotDialled."""
    number = admit(typed, rules_of(flow))
    _within(tx, rt, flow, agent_id)
    return number


def admit_forward(tx: Tx, rt: Runtime, flow: Flow, number: str) -> str:
    """The number (E.164) to which a flow may send a caller now; raises NotDialled."""
    admitted = admit(number, rules_of(flow))
    _within(tx, rt, flow)
    return admitted


def admit_callback(flow: Flow, number: str) -> str:
    """The number (E.164) at which a customer may be called back; raises NotDialled."""
    return admit(number, rules_of(flow))


def require_calls_left(tx: Tx, rt: Runtime, flow: Flow) -> None:
    """Raises NotDialled when the merchant's calls of this hour are used up."""
    _within(tx, rt, flow)


def _within(tx: Tx, rt: Runtime, flow: Flow, agent_id: str | None = None) -> None:
    since = rt.now() - HOUR
    in_talks, for_merchant = _gone_out(tx, flow.merchant, agent_id, since)
    within_caps(
        in_talks + (0 if agent_id is None else _dialled_by(tx, agent_id, since)),
        for_merchant,
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


def _gone_out(tx: Tx, merchant_id: str, agent_id: str | None, since: float) -> tuple[int, int]:
    """What an agent had dialled for callers in talks of this merchant, and all that went out for the merchant."""
    event = models.Event
    of_agent = and_(event.agent_id == agent_id, event.kind.in_(IN_A_TALK))
    asked = (
        select(func.count().filter(of_agent), func.count())
        .select_from(event)
        .where(event.merchant_id == merchant_id, event.at > since, text(models.DIALLED))
    )
    in_talks, everything = tx.execute(asked).one()
    return (in_talks if agent_id is not None else 0), everything
