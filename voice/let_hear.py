"""The carrier is told by whom a supervisor is heard; what it was told last is remembered, for what is wished may change."""

from sqlalchemy import update

from voice import models, supervisions
from voice.books import Account
from voice.runtime import Runtime
from voice.states import Heard, Supervision


def let_hear(rt: Runtime, account: Account, leg_sid: str, room_sid: str) -> None:
    """Ask for what is wished at this moment; nothing for who has left."""
    with rt.store.read() as tx:
        row = supervisions.of_leg(tx, leg_sid)
        wish = supervisions.wanted(tx, row) if row is not None else ""
    if row is None or row.state == Supervision.ENDED:
        return
    how, _, agents_leg = wish.partition(" ")
    match how:
        case Heard.COACHING:
            rt.carrier.coach(account, room_sid, leg_sid, agents_leg)
        case Heard.BARGED:
            rt.carrier.let_speak(account, room_sid, leg_sid)
        case _:
            rt.carrier.silence(account, room_sid, leg_sid)
    with rt.write() as tx:
        tx.execute(
            update(models.Supervision)
            .where(
                models.Supervision.merchant_id == row.merchant_id,
                models.Supervision.id == row.id,
            )
            .values(told=wish)
        )


def is_told(rt: Runtime, leg_sid: str) -> bool:
    """Whether the carrier knows what is wished now."""
    with rt.store.read() as tx:
        row = supervisions.of_leg(tx, leg_sid)
        return row is None or row.state == Supervision.ENDED or row.told == supervisions.wanted(tx, row)
