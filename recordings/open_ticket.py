"""The job `open_ticket`: an ended call becomes a ticket."""

from sqlalchemy.orm import Session

from recordings import tickets
from recordings.faults import Hopeless, NotYet
from recordings.job import Effect
from voice.models import Call
from voice.runtime import Runtime


def work(rt: Runtime, merchant_id: str, call_id: str) -> Effect:
    """Open the ticket of one call, if nobody has; nothing of it is slow."""

    def effect(tx: Session) -> None:
        call = tx.get(Call, (merchant_id, call_id))
        if call is None:
            raise Hopeless(f"no call {call_id} of {merchant_id}")
        if call.ended_at is None:
            raise NotYet(f"call {call_id} has not ended")
        tickets.ensure(tx, rt, merchant_id, call_id)

    return effect


def bury(_tx: Session, _rt: Runtime, _merchant_id: str, _call_id: str, _reason: str) -> None:
    """The reason in the outbox is all that can be said: there is no ticket to say it on."""
