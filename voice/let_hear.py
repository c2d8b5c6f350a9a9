"""The carrier is told by whom a supervisor is heard; what it was told last is remembered, for what is wished may change."""

from sqlalchemy import update

from voice import models, supervisions
from voice.books import Account
from voice.carrier_faults import CarrierAway
from voice.runtime import Runtime
from voice.states import Heard, Supervision

UNKNOWN = ""  # an answer was lost: the carrier may have done what was asked, or not


def let_hear(rt: Runtime, account: Account, leg_sid: str, room_sid: str) -> None:
    """Ask for what is wished at this moment; nothing for who has left.

    Another request about the same leg may overtake this one, so it ends only when what it has asked for is still wished.
    Raises the carrier's faults.
    """
    done = ""
    while (wish := _wish(rt, leg_sid)) not in ("", done):
        try:
            _ask(rt, account, leg_sid, room_sid, wish)
        except CarrierAway:
            _remember(rt, leg_sid, told=UNKNOWN)
            raise
        _remember(rt, leg_sid, told=wish, until_at=None)
        done = wish


def _wish(rt: Runtime, leg_sid: str) -> str:
    """What the carrier should know now; "" of who has left."""
    with rt.store.read() as tx:
        row = supervisions.of_leg(tx, leg_sid)
        return "" if row is None or row.state == Supervision.ENDED else supervisions.wanted(tx, row)


def _ask(rt: Runtime, account: Account, leg_sid: str, room_sid: str, wish: str) -> None:
    how, _, agents_leg = wish.partition(" ")
    match how:
        case Heard.COACHING:
            rt.carrier.coach(account, room_sid, leg_sid, agents_leg)
        case Heard.BARGED:
            rt.carrier.let_speak(account, room_sid, leg_sid)
        case _:
            rt.carrier.silence(account, room_sid, leg_sid)


def _remember(rt: Runtime, leg_sid: str, **values: str | None) -> None:
    with rt.write() as tx:
        tx.execute(
            update(models.Supervision)
            .where(models.Supervision.leg_sid == leg_sid, models.Supervision.state == Supervision.IN_ROOM)
            .values(**values)
        )
