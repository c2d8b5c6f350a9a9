"""What SQL says of supervisors in talks: who is where, by whom each is to be heard, and who may be there at all."""

from typing import Final

from sqlalchemy import ColumnElement, Float, Select, and_, bindparam, case, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from voice import models
from voice.calls import owner_of
from voice.states import (
    AGENT_BUSY,
    SUPERVISION_LIVE,
    Agent,
    Heard,
    Participation,
    Role,
    Supervision,
)

MAY_SUPERVISE: Final = frozenset({"supervisor", "admin", "operator"})  # roles at the merchant


Text = str | InstrumentedAttribute[str]


def _may_supervise(merchant_id: Text, user_id: Text) -> Select[str]:
    return (
        select(models.Membership.user_id)
        .join(models.User, models.User.id == models.Membership.user_id)
        .where(
            models.Membership.merchant_id == merchant_id,
            models.Membership.user_id == user_id,
            models.Membership.role.in_(MAY_SUPERVISE),
            models.User.disabled_at.is_(None),
        )
    )


def _own_call(user_id: Text) -> Select[str]:
    return select(models.Agent.id).where(
        models.Agent.id == user_id, models.Agent.state.in_(AGENT_BUSY - {Agent.WRAP_UP})
    )


def _is_any(rows: Select[str]) -> ColumnElement[bool]:
    return rows.correlate(models.Supervision).exists()


_OF_TALK: Final = (  # of the call's agent, in the same room; no stranger is listened to
    models.Participation.merchant_id == models.Supervision.merchant_id,
    models.Participation.call_id == models.Supervision.call_id,
    models.Participation.room == models.Supervision.room,
    models.Participation.role == Role.OWNER,
    models.Participation.state != Participation.ENDED,
    models.Participation.agent_id != models.Participation.id,
)
_LEG_TO_COACH: Final = (
    select(models.Participation.leg_sid)
    .where(*_OF_TALK, models.Participation.state == Participation.TALKING)
    .correlate(models.Supervision)
    .scalar_subquery()
)
_WANTED: Final[ColumnElement[str]] = case(
    (models.Supervision.heard != Heard.COACHING, models.Supervision.heard),
    else_=func.coalesce(literal(f"{Heard.COACHING} ") + _LEG_TO_COACH, str(Heard.LISTENING)),
)
_NOW = bindparam("now", type_=Float)
_DEADLINE: Final = func.coalesce(models.Supervision.until_at, 0.0)
DUE: Final = (  # all for which supervising.look_again does anything
    select(models.Supervision.merchant_id, models.Supervision.id)
    .where(
        models.Supervision.state.in_(SUPERVISION_LIVE),
        or_(
            and_(
                _DEADLINE <= _NOW,
                or_(models.Supervision.state == Supervision.COMING, models.Supervision.told != _WANTED),
            ),
            ~_is_any(select(models.Participation.id).where(*_OF_TALK)),
            ~_is_any(_may_supervise(models.Supervision.merchant_id, models.Supervision.user_id)),
            _is_any(_own_call(models.Supervision.user_id)),
        ),
    )
    .order_by(_DEADLINE)
)


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
    return tx.scalar(_may_supervise(merchant_id, user_id)) is not None


def has_own_call(tx: Session, user_id: str) -> bool:
    """Whether somebody who takes calls, too, has one now, or is rung for it."""
    return tx.scalar(_own_call(user_id)) is not None


def talk_over(tx: Session, row: models.Supervision) -> models.Participation | None:
    """The talk that is supervised: of the call's agent, in the same room; None when it is over."""
    mine = (models.Supervision.merchant_id == row.merchant_id, models.Supervision.id == row.id)
    return tx.scalar(select(models.Participation).join(models.Supervision, and_(*_OF_TALK)).where(*mine))


def _agent_of(tx: Session, merchant_id: str, call_id: str) -> models.Participation | None:
    """The agent who talks to the caller; a stranger to whom the caller was handed is coached and listened to by nobody."""
    owner = owner_of(tx, merchant_id, call_id)
    return None if owner is None or owner.is_outside else owner


def wanted(tx: Session, row: models.Supervision) -> str:
    """What the carrier should know: `listening`, `barged`, or `coaching` and the agent's leg.

    Who coaches an agent whose phone is lost is heard by nobody meanwhile.
    """
    mine = (models.Supervision.merchant_id == row.merchant_id, models.Supervision.id == row.id)
    return tx.scalars(select(_WANTED).where(*mine)).one()


def talk_to_supervise(tx: Session, call: models.Call) -> models.Participation | None:
    """The talk that goes on in a call."""
    return _agent_of(tx, call.merchant_id, call.id)
