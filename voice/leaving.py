"""Whoever was asked and is to leave must be gone before the caller is heard in the room again."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from voice import models
from voice.states import ACTION_OPEN, Action, Participation, Role


def is_leaving(tx: Session, merchant_id: str, call_id: str) -> bool:
    """Whether the carrier has not yet ended the leg of somebody who was asked in this call."""
    asked = exists().where(
        models.Participation.merchant_id == models.Action.merchant_id,
        models.Participation.call_id == models.Action.call_id,
        models.Participation.leg_sid == models.Action.target,
        models.Participation.role == Role.CONSULT,
        models.Participation.state == Participation.ENDED,
    )
    return (
        tx.scalar(
            select(models.Action.id)
            .where(
                models.Action.merchant_id == merchant_id,
                models.Action.call_id == call_id,
                models.Action.kind == "end_leg",
                models.Action.state.in_(ACTION_OPEN),
                asked,
            )
            .limit(1)
        )
        is not None
    )


def held_back(tx: Session, merchant_id: str, call_id: str) -> list[str]:
    """The requests that waited for somebody to leave."""
    waits = select(models.Action.id).where(
        models.Action.merchant_id == merchant_id,
        models.Action.call_id == call_id,
        models.Action.kind == "unhold",
        models.Action.state == Action.INTENDED,
    )
    return list(tx.scalars(waits))
