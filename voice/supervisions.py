"""What SQL says of supervisors in talks: who is where, by whom each is to be heard, and who may be there at all."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from voice import models
from voice.calls import owner_of
from voice.states import SUPERVISION_LIVE, Heard, Participation

MAY_SUPERVISE: Final = frozenset({"supervisor", "admin", "operator"})  # roles at the merchant


def identity_of(user_id: str) -> str:
    """The name of a supervisor's phone; an agent's phone of the same person has another."""
    return f"w_{user_id}"


def of_leg(tx: Session, leg_sid: str) -> models.Supervision | None:
    """The supervisor who is in a talk on this leg, or was."""
    return tx.scalar(select(models.Supervision).where(models.Supervision.leg_sid == leg_sid))


def of_person(tx: Session, user_id: str) -> models.Supervision | None:
    """The talk in which a supervisor is, or is awaited; one at a time."""
    return tx.scalar(
        select(models.Supervision).where(
            models.Supervision.user_id == user_id, models.Supervision.state.in_(SUPERVISION_LIVE)
        ),
        execution_options={"populate_existing": True},
    )


def may_supervise(tx: Session, merchant_id: str, user_id: str) -> bool:
    """Whether somebody watches over a merchant's talks now."""
    member = (
        select(models.Membership.user_id)
        .join(models.User, models.User.id == models.Membership.user_id)
        .where(
            models.Membership.merchant_id == merchant_id,
            models.Membership.user_id == user_id,
            models.Membership.role.in_(MAY_SUPERVISE),
            models.User.disabled_at.is_(None),
        )
    )
    return tx.scalar(member) is not None


def talk_over(tx: Session, row: models.Supervision) -> models.Participation | None:
    """The talk that is supervised: of the call's agent, in the same room; None when it is over."""
    owner = _agent_of(tx, row.merchant_id, row.call_id)
    return owner if owner is not None and owner.room == row.room else None


def _agent_of(tx: Session, merchant_id: str, call_id: str) -> models.Participation | None:
    """The agent who talks to the caller; a stranger to whom the caller was handed is coached and listened to by nobody."""
    owner = owner_of(tx, merchant_id, call_id)
    return None if owner is None or owner.is_outside else owner


def wanted(tx: Session, row: models.Supervision) -> str:
    """What the carrier should know: `listening`, `barged`, or `coaching` and the agent's leg.

    Who coaches an agent whose phone is lost is heard by nobody meanwhile.
    """
    talk = talk_over(tx, row)
    if row.heard != Heard.COACHING:
        return row.heard
    if talk is None or talk.state != Participation.TALKING:
        return Heard.LISTENING
    return f"{Heard.COACHING} {talk.leg_sid}"


def merchant_of(tx: Session, merchants: Collection[str], call_id: str) -> str | None:
    """Whose call it is, of these merchants."""
    return tx.scalar(
        select(models.Call.merchant_id).where(
            models.Call.id == call_id, models.Call.merchant_id.in_(merchants)
        )
    )


def talk_to_supervise(tx: Session, call: models.Call) -> models.Participation | None:
    """The talk that goes on in a call."""
    return _agent_of(tx, call.merchant_id, call.id)
