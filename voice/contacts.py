"""One customer's matter: the call in which somebody asked to be called back, and the calls that were made for it."""

from sqlalchemy import and_, select
from sqlalchemy.orm import Session as Tx

from voice.models import Call, Callback


def contact_of(tx: Tx, merchant_id: str, call_id: str) -> str:
    """The call whose ticket tells of this one: its own, or that of the callback for which it was made."""
    asked_in = tx.scalar(
        select(Callback.call_id)
        .join(Call, and_(Call.merchant_id == Callback.merchant_id, Call.callback_of == Callback.id))
        .where(Call.merchant_id == merchant_id, Call.id == call_id)
    )
    return asked_in or call_id


def calls_of(tx: Tx, merchant_id: str, call_id: str) -> list[str]:
    """A call, and the calls that were made because somebody asked in it to be called back."""
    asked = select(Callback.id).where(Callback.merchant_id == merchant_id, Callback.call_id == call_id)
    made = tx.execute(
        select(Call.started_at, Call.id).where(Call.merchant_id == merchant_id, Call.callback_of.in_(asked))
    )
    return [call_id, *(one for _, one in sorted((began, one) for began, one in made))]
