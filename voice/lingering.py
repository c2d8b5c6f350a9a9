"""Legs of a talk that should be gone, or should have come: each has a moment by which the carrier has told of it."""

from typing import Final

from sqlalchemy import bindparam, exists, update
from sqlalchemy.orm import Session

from voice import models
from voice.actions import Move, order
from voice.locks import try_call
from voice.runtime import Runtime
from voice.states import Participation

GONE_SECONDS: Final = 5.0  # from the end of a part to the end of its leg
COME_SECONDS: Final = 5.0  # from a document that names a room to the room

_LEG_HAS_GONE: Final = (
    update(models.Participation)
    .where(
        models.Participation.leg_sid == bindparam("leg"),
        models.Participation.state == Participation.ENDED,
        models.Participation.until_at.is_not(None),
        exists().where(
            models.Call.merchant_id == models.Participation.merchant_id,
            models.Call.id == models.Participation.call_id,
            models.Call.account_sid == bindparam("account"),
        ),
    )
    .values(until_at=None)
    .execution_options(synchronize_session=False)
)


def is_awaited(state: str, until_at: float | None) -> bool:
    """Whether the end of the leg of a part that is over has still to be heard."""
    return state == Participation.ENDED and until_at is not None


def has_gone(tx: Session, account_sid: str, leg_sid: str) -> None:
    """A leg is over: nobody needs to end it."""
    tx.execute(_LEG_HAS_GONE, {"leg": leg_sid, "account": account_sid})


def end(tx: Session, rt: Runtime, key: tuple[str, str]) -> None:
    """Nothing was heard of a leg whose part is over: it may stand in a room alone, so it is ended."""
    talk = tx.get_one(models.Participation, key)
    call = try_call(tx, talk.merchant_id, talk.call_id)
    if call is None:
        return
    tx.refresh(talk)
    if talk.state == Participation.ENDED and talk.until_at is not None and talk.until_at <= rt.now():
        talk.until_at = None
        order(tx, rt, call, Move("end_leg", talk.leg_sid))
