"""The order to ring an ordinary phone, as one of our requests: asked once, and its leg is ended if nobody waits any more.

When the answer to the order is lost, the leg tells of itself within seconds, or the ring is over.
"""

from sqlalchemy.orm import Session

from voice import models
from voice.runtime import Runtime
from voice.states import PHONE_RING_LIVE, PhoneRing

WORD_SECONDS = 5.0  # for a leg to tell of itself when the order's answer was lost


def is_wanted(tx: Session, action: models.Action) -> bool:
    """Whether the phone is still to ring, and was not ordered before.

    Of a second attempt the first was begun by a process that died: if no leg has told of itself since, there is none.
    """
    ring = _ring(tx, action)
    if ring is None or ring.state != PhoneRing.ORDERED:
        return False
    if action.attempts > 1 and ring.leg_sid is None:
        ring.why, ring.until_at = "the order was lost", 0.0
    return action.attempts <= 1


def place(rt: Runtime, action: models.Action, call: models.Call) -> None:
    """Ring it. Raises the carrier's faults."""
    with rt.store.read() as tx:
        ring = _ring(tx, action)
    if ring is None:
        return
    account = rt.books.page.by_sid[call.account_sid]
    sid = rt.carrier.dial(
        account, ring.number, ring.line, rt.links.phone(ring.id), rt.links.phone_told(ring.id)
    )
    with rt.write() as tx:
        now = _ring(tx, action)
        if now is None or now.leg_sid not in (None, sid):
            return
        now.leg_sid = sid
        is_over = now.state == PhoneRing.OVER
    if is_over:
        rt.carrier.end_leg(account, sid)  # and if this is lost, the leg is sent away when it tells of itself


def failed(tx: Session, rt: Runtime, action: models.Action, error: str, *, is_certain: bool) -> None:
    """The phone does not ring: the ring is over, now or when no leg has told of itself."""
    ring = _ring(tx, action)
    if ring is not None and ring.state in PHONE_RING_LIVE and ring.leg_sid is None:
        ring.why = (
            f"the telephone network refused it: {error}"[:300]
            if is_certain
            else "the telephone network does not answer"
        )
        ring.until_at = rt.now() + (0.0 if is_certain else WORD_SECONDS)


def _ring(tx: Session, action: models.Action) -> models.PhoneRing | None:
    return tx.get(models.PhoneRing, (action.merchant_id, action.target), populate_existing=True)
