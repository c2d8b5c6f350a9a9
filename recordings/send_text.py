"""The job `send_text`: give a text message of a flow to the carrier, at most once.

The carrier cannot be told that two requests mean one message. So the row says `sending` before we ask; who finds it so
afterwards does not know whether it was sent, and does not send it again.
"""

from sqlalchemy import update
from sqlalchemy.orm import Session

from recordings import tickets
from recordings.faults import Hopeless
from recordings.job import Effect, nothing
from voice.carrier_faults import CarrierRefused
from voice.changes import changed
from voice.models import Call, TextMessage
from voice.runtime import Runtime

UNKNOWN = "it is not known whether it was sent"


def work(rt: Runtime, merchant_id: str, text_id: str) -> Effect:
    """Send one message; one that was begun before is given up."""
    with rt.write() as tx:
        text = tx.get(TextMessage, (merchant_id, text_id))
        if text is None:
            raise Hopeless(f"no text message {text_id} of {merchant_id}")
        call = tx.get_one(Call, (merchant_id, text.call_id))
        begun, text.state = text.state, "sending" if text.state == "waiting" else text.state
    if begun == "sending":
        return lambda tx: _failed(tx, rt, merchant_id, text_id, UNKNOWN)
    if begun != "waiting":
        return nothing
    account = rt.books.page.by_sid.get(call.account_sid)
    if account is None:
        return lambda tx: _failed(tx, rt, merchant_id, text_id, "the account is not known any more")
    try:
        sid = rt.carrier.send_text(account, text.from_number, text.to_number, text.body)
    except CarrierRefused as refused:
        reason = str(refused)
        return lambda tx: _failed(tx, rt, merchant_id, text_id, reason)
    return lambda tx: _sent(tx, rt, merchant_id, text_id, sid)


def bury(tx: Session, rt: Runtime, merchant_id: str, text_id: str, reason: str) -> None:
    """Say on the ticket that nothing was sent."""
    _failed(tx, rt, merchant_id, text_id, reason)


def _sent(tx: Session, rt: Runtime, merchant_id: str, text_id: str, sid: str) -> None:
    text = tx.get_one(TextMessage, (merchant_id, text_id))
    text.state, text.message_sid, text.sent_at = "sent", sid, rt.now()
    rt.journal.write(tx, merchant_id, text.call_id, "text_sent", rt.now(), number=text.to_number)


def _failed(tx: Session, rt: Runtime, merchant_id: str, text_id: str, reason: str) -> None:
    failed = changed(
        tx,
        update(TextMessage)
        .where(
            TextMessage.merchant_id == merchant_id,
            TextMessage.id == text_id,
            TextMessage.state.in_(("waiting", "sending")),
        )
        .values(state="failed", error=reason),
    )
    if not failed:
        return
    text = tx.get_one(TextMessage, (merchant_id, text_id))
    rt.journal.write(tx, merchant_id, text.call_id, "text_failed", rt.now(), why=reason[:200])
    tickets.touch(tx, merchant_id, text.call_id, rt.now())
