"""Who is asked comes into the caller's room: only while the caller is on hold there, so that nothing is heard too early."""

from sqlalchemy import select
from sqlalchemy.orm import Session as Tx

from voice import models
from voice.calls import owner_of
from voice.moves import bump_desks
from voice.parting import move_on
from voice.runtime import Runtime
from voice.states import Consult, Participation, Role


def guest_of(tx: Tx, call: models.Call) -> models.Participation | None:
    """Who was asked and is in the room."""
    return tx.scalar(
        select(models.Participation).where(
            models.Participation.merchant_id == call.merchant_id,
            models.Participation.call_id == call.id,
            models.Participation.role == Role.CONSULT,
            models.Participation.state == Participation.TALKING,
        )
    )


def let_in(
    tx: Tx,
    rt: Runtime,
    call: models.Call,
    consult: models.Consult,
    leg_sid: str,
    *,
    offer: models.Offer | None = None,
    phone: str = "",
) -> models.Participation | None:
    """The fence for whoever is asked; an outside party stands under an id of its own. None: not now."""
    owner = owner_of(tx, call.merchant_id, call.id)
    if consult.state != Consult.RINGING:
        return None
    if owner is None or owner.state != Participation.TALKING or owner.held_at is None:
        return None
    now, own_id = rt.now(), rt.chance.id("pa")
    guest = models.Participation(
        merchant_id=call.merchant_id,
        id=own_id,
        call_id=call.id,
        waiting_id=owner.waiting_id,
        offer_id=None if offer is None else offer.id,
        agent_id=own_id if offer is None else offer.agent_id,
        role=Role.CONSULT,
        assignment=owner.assignment,
        room=owner.room,
        room_sid=owner.room_sid,
        leg_sid=leg_sid,
        phone=phone,
        began_at=now,
        joined_at=now,
        state=Participation.TALKING,
    )
    tx.add(guest)
    move_on(tx, rt, consult, "guest_came")
    rt.journal.write(tx, call.merchant_id, call.id, "consult_began", now, agent_id=guest.who, **guest.named)
    bump_desks(tx, rt, consult.from_agent_id, guest.who)
    return guest
