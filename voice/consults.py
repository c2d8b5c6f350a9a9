"""A colleague is asked before the caller is handed over: the caller hears music in the room while the two agents talk.

holding -> ringing -> consulting -> taken. The colleague is let into the room only after the carrier has said that the
caller is on hold, so nothing of the caller is heard before the agents say so. Every end has a named next state: whoever
does not come or leaves, the caller stays with the first agent, on hold; when the first agent is lost and does not come
back, the colleague who is in the room takes the caller.
"""

from sqlalchemy import select, update
from sqlalchemy.orm import Session as Tx

from voice import asking_numbers, models, talks, tally
from voice.actions import Move, order
from voice.asking_numbers import NUMBER
from voice.calls import live_waiting
from voice.guests import guest_of, let_in
from voice.locks import lock_agent, lock_call, try_call
from voice.moves import bump_desks, move
from voice.offers import CLAIM_SECONDS
from voice.parting import close, consult_of, move_on, part_guest, wrap_up
from voice.phone_rings import (
    WAY_SECONDS,
    NotRung,
    not_rung,
    number_of,
    of_consult,
    ring_agent,
    seconds_to_ring,
)
from voice.refusals import Refused
from voice.runtime import Runtime
from voice.states import (
    CONSULT_WITH_GUEST,
    OFFER_LIVE,
    Action,
    Agent,
    Consult,
    Offer,
    OfferKind,
    Participation,
    Role,
)
from voice.talks import require_both, talk_of

HOLD_SECONDS = 10.0  # for the carrier to say that the caller is on hold


def ask(rt: Runtime, agent_id: str, call_id: str, kind: str, target: str) -> None:
    """Put the caller on hold and ring a colleague (id), whoever is free of a queue (name), or a number. Raises Refused."""
    with rt.write() as tx:
        call, talk = _owned(tx, agent_id, call_id)
        if consult_of(tx, call) is not None:
            raise Refused("not_now", "You are asking somebody already.")
        whom, target, name = _whom(tx, rt, agent_id, call, kind, target)
        now = rt.now()
        tx.add(
            models.Consult(
                merchant_id=call.merchant_id,
                id=rt.chance.id("cs"),
                call_id=call.id,
                from_agent_id=agent_id,
                kind=kind,
                target=target,
                agent_id=whom,
                state=Consult.HOLDING,
                state_at=now,
                until_at=now + HOLD_SECONDS,
                tried=[agent_id],
            )
        )
        was_held = talk.held_at is not None and _is_held_there(tx, call, talk)
        if talk.held_at is None:
            talk.held_at = now
            move(tx, rt, agent_id, "held")
        rt.journal.write(
            tx, call.merchant_id, call.id, "consult_asked", now, agent_id=agent_id, to=kind, target=name
        )
        if was_held:  # of a caller who is on hold already the carrier does not tell again
            tx.flush()
            caller_is_held(tx, rt, call)
        else:
            order(tx, rt, call, Move("hold", call.call_sid, room=talk.room))
        bump_desks(tx, rt, agent_id)


def _is_held_there(tx: Tx, call: models.Call, talk: models.Participation) -> bool:
    """Whether the carrier has done our last wish about this caller, and that was to hold."""
    last = tx.scalar(
        select(models.Action)
        .where(
            models.Action.merchant_id == call.merchant_id,
            models.Action.call_id == call.id,
            models.Action.kind.in_(("hold", "unhold")),
            models.Action.target == f"{call.call_sid} {talk.room}",
        )
        .order_by(models.Action.created_at.desc())
        .limit(1)
    )
    return last is not None and (last.kind, last.state, last.error) == ("hold", Action.CONFIRMED, "")


def caller_is_held(tx: Tx, rt: Runtime, call: models.Call) -> None:
    """The carrier says that the caller is on hold: now the colleague may be rung."""
    consult = consult_of(tx, call)
    if consult is not None and consult.state == Consult.HOLDING:
        move_on(tx, rt, consult, "caller_held")
        _ring(tx, rt, call, consult)


def accept(rt: Runtime, agent_id: str, offer_id: str) -> dict[str, str] | None:
    """The colleague comes; None when this offer is for a caller. Asked again, the answer is the same."""
    with rt.write() as tx:
        offer = tx.scalar(
            select(models.Offer).where(models.Offer.id == offer_id, models.Offer.agent_id == agent_id)
        )
        if offer is None or offer.kind != OfferKind.ASKED:
            return None
        call = lock_call(tx, offer.merchant_id, offer.call_id)
        tx.refresh(offer)
        if offer.phone and offer.state == Offer.RINGING:
            raise Refused("not_now", "Your phone rings: take the call there, with the key 1.")
        if call is None:
            raise Refused("gone", "Your colleague no longer asks you.")
        comes(tx, rt, call, offer)
        return {"offer": offer.id, "account_sid": call.account_sid, "call": call.id}


def comes(tx: Tx, rt: Runtime, call: models.Call, offer: models.Offer) -> None:
    """The colleague said yes; the phone has to reach the room next. Said again, it changes nothing. Raises Refused."""
    consult = consult_of(tx, call)
    if consult is None or offer.state not in OFFER_LIVE | {Offer.CONNECTED}:
        raise Refused("gone", "Your colleague no longer asks you.")
    if offer.state in (Offer.OFFERED, Offer.RINGING):
        offer.state, consult.until_at = Offer.ACCEPTED, rt.now() + CLAIM_SECONDS
        move(tx, rt, offer.agent_id, "claimed")
        rt.journal.write(tx, call.merchant_id, call.id, "accepted", rt.now(), agent_id=offer.agent_id)


def guest_arrives(
    tx: Tx, rt: Runtime, call: models.Call, offer: models.Offer, leg_sid: str
) -> models.Participation | None:
    """The fence for the colleague: into the room while the caller is on hold there, and else not."""
    consult = consult_of(tx, call)
    if consult is None or consult.agent_id != offer.agent_id:
        return None
    guest = let_in(tx, rt, call, consult, leg_sid, offer=offer, phone=offer.phone)
    if guest is not None:
        offer.state, offer.ended_at = Offer.CONNECTED, rt.now()
    return guest


def cancel(rt: Runtime, agent_id: str, call_id: str) -> None:
    """Back to the caller, without the colleague."""
    with rt.write() as tx:
        call, talk = _owned(tx, agent_id, call_id)
        take_back(tx, rt, call, talk)


def take_back(tx: Tx, rt: Runtime, call: models.Call, talk: models.Participation) -> bool:
    """End the asking, and talk with the caller again; false when nobody is asked."""
    consult = consult_of(tx, call)
    if consult is None or consult.state == Consult.TOGETHER:
        return False
    part_guest(tx, rt, call, consult, "cancelled")
    _unhold(tx, rt, call, talk)
    return True


def together(rt: Runtime, agent_id: str, call_id: str) -> None:
    """All three talk."""
    with rt.write() as tx:
        call, talk = _owned(tx, agent_id, call_id)
        consult = _with_guest(tx, call)
        if consult.state == Consult.TOGETHER:
            return
        move_on(tx, rt, consult, "joined")
        rt.journal.write(tx, call.merchant_id, call.id, "consult_joined", rt.now(), agent_id=agent_id)
        _unhold(tx, rt, call, talk)
        bump_desks(tx, rt, consult.agent_id)


def hand_over(rt: Runtime, agent_id: str, call_id: str) -> None:
    """The caller is the colleague's now; the first agent leaves and writes notes."""
    with rt.write() as tx:
        call, talk = _owned(tx, agent_id, call_id)
        consult, waiting = _with_guest(tx, call), live_waiting(tx, call)
        talk.end_asked_by = "handed_over"
        inherit(tx, rt, call, talk, consult)
        order(tx, rt, call, Move("end_leg", talk.leg_sid))
        wrap_up(tx, rt, call, agent_id, waiting)


def inherit(
    tx: Tx,
    rt: Runtime,
    call: models.Call,
    talk: models.Participation,
    consult: models.Consult,
    happened: str = "handed_over",
) -> None:
    """The guest becomes the owner of the talk, in the same room, and the caller is taken off hold."""
    guest = guest_of(tx, call)
    waiting = live_waiting(tx, call)
    if guest is None or waiting is None:
        raise Refused("not_now", "Whom you asked is not in the call.")
    close(tx, rt, talk)
    guest.role, waiting.agent_id = Role.OWNER, guest.who
    move_on(tx, rt, consult, happened)
    rt.journal.write(
        tx,
        call.merchant_id,
        call.id,
        "handed_over",
        rt.now(),
        agent_id=guest.who,
        by=talk.agent_id,
        **guest.named,
    )
    order(tx, rt, call, Move("unhold", call.call_sid, room=guest.room))
    if guest.who is not None:
        tally.took(tx, guest.who)
    bump_desks(tx, rt, guest.who)


def guest_left(tx: Tx, rt: Runtime, call: models.Call) -> None:
    """Who was asked hung up or was lost: the caller stays with the first agent, as held or not as before."""
    consult = consult_of(tx, call)
    if consult is not None:
        part_guest(tx, rt, call, consult, "guest_left", "left the call")


def look(tx: Tx, rt: Runtime, call: models.Call) -> None:
    """Whether the colleague who was rung can still come; else the next of the queue is, or the asking is over."""
    consult = consult_of(tx, call)
    if consult is None or consult.state not in (Consult.HOLDING, Consult.RINGING):
        return
    is_late = consult.until_at is not None and consult.until_at <= rt.now()
    if consult.state == Consult.HOLDING:
        if is_late:
            part_guest(tx, rt, call, consult, "hold_failed", "the caller could not be put on hold")
        return
    if consult.kind == NUMBER:
        if of_consult(tx, consult) is None:
            part_guest(tx, rt, call, consult, "not_reached", "nobody answered")
        return
    ring = _ring_of(tx, call)
    if ring is not None and not (is_late and ring.state == Offer.ACCEPTED):
        return
    if ring is not None:
        ring.state, ring.ended_at = Offer.FAILED, rt.now()
        move(tx, rt, ring.agent_id, "claim_failed", reason="no connection")
    tx.flush()
    _ring_next(tx, rt, call, consult)


def look_again(tx: Tx, rt: Runtime, key: tuple[str, str]) -> None:
    """Look at an asking whose colleague has not come yet; the clock does so each second."""
    call = try_call(tx, *key)
    if call is not None:
        look(tx, rt, call)


def end(rt: Runtime, agent_id: str, call_id: str) -> None:
    """What hanging up means: a guest leaves, who asks a guest goes back to the caller, and else the talk ends."""
    with rt.write() as tx:
        call, talk = talk_of(tx, agent_id, call_id)
        if talk.role == Role.CONSULT:
            guest_left(tx, rt, call)
            return
        if talk.state == Participation.TALKING and take_back(tx, rt, call, talk):
            return
        talks.stop(tx, rt, call, talk, "agent")


def _owned(tx: Tx, agent_id: str, call_id: str) -> tuple[models.Call, models.Participation]:
    call, talk = talk_of(tx, agent_id, call_id)
    require_both(talk)
    return call, talk


def _with_guest(tx: Tx, call: models.Call) -> models.Consult:
    consult = consult_of(tx, call)
    if consult is None or consult.state not in CONSULT_WITH_GUEST:
        raise Refused("not_now", "Whom you asked is not in the call.")
    return consult


def _unhold(tx: Tx, rt: Runtime, call: models.Call, talk: models.Participation) -> None:
    if talk.held_at is not None:
        talk.held_at = None
        move(tx, rt, talk.agent_id, "resumed")
    order(tx, rt, call, Move("unhold", call.call_sid, room=talk.room))
    bump_desks(tx, rt, talk.agent_id)


def _own_number(tx: Tx, rt: Runtime, call: models.Call, colleague: models.Agent | None) -> str | None:
    """The number of a colleague who takes calls on a phone, "" at the desk; None: it must not be dialled now."""
    if colleague is None:
        return None
    try:
        return number_of(tx, rt, call, colleague)
    except NotRung as why:
        not_rung(tx, rt, colleague, str(why))
        return None


def _whom(
    tx: Tx, rt: Runtime, agent_id: str, call: models.Call, kind: str, target: str
) -> tuple[str, str, str]:
    """Who is rung first (an agent's id, "" for a number), the target as it is kept, and a name for the story."""
    if kind == NUMBER:
        number = asking_numbers.admitted(tx, rt, call, agent_id, target)
        return "", number, number
    first = _next_of(tx, call, kind, target, [agent_id])
    return first.id, target, first.name


def _next_of(tx: Tx, call: models.Call, kind: str, target: str, tried: list[str]) -> models.Agent:
    """Who is rung: the colleague, or of a queue whoever has waited longest; raises Refused."""
    asked = select(models.Agent).where(
        models.Agent.state == Agent.AVAILABLE, models.Agent.id.not_in([str(one) for one in tried])
    )
    match kind:
        case "agent":
            member = models.Membership.user_id == models.Agent.id
            asked = asked.join(models.Membership, member).where(
                models.Agent.id == target, models.Membership.merchant_id == call.merchant_id
            )
        case "queue":
            member = models.QueueMember.agent_id == models.Agent.id
            asked = asked.join(models.QueueMember, member).where(
                models.QueueMember.merchant_id == call.merchant_id, models.QueueMember.queue == target
            )
        case _:
            raise Refused("not_found", "Ask a colleague, a queue or a number.")
    found = tx.scalars(asked.order_by(models.Agent.last_offer_at, models.Agent.id).limit(1)).first()
    if found is None:
        raise Refused("not_now", "Nobody there is available now. Choose somebody else.")
    return found


def _ring(tx: Tx, rt: Runtime, call: models.Call, consult: models.Consult) -> None:
    if consult.kind == NUMBER:
        asking_numbers.ring(tx, rt, call, consult)
        return
    colleague, waiting = lock_agent(tx, consult.agent_id), live_waiting(tx, call)
    number = _own_number(tx, rt, call, colleague)
    if (
        colleague is None
        or number is None
        or waiting is None
        or move(tx, rt, colleague.id, "offered") is None
    ):
        _ring_next(tx, rt, call, consult)
        return
    now = rt.now()
    tx.execute(update(models.Agent).where(models.Agent.id == colleague.id).values(last_offer_at=now))
    offer = models.Offer(
        merchant_id=call.merchant_id,
        id=rt.chance.id("of"),
        waiting_id=waiting.id,
        call_id=call.id,
        agent_id=colleague.id,
        generation=waiting.generation,
        kind=OfferKind.ASKED,
        state=Offer.OFFERED,
        offered_at=now,
    )
    tx.add(offer)
    consult.until_at = None
    tx.flush()
    if number:
        ring_agent(tx, rt, call, offer, number, now + seconds_to_ring(waiting, colleague.id) + WAY_SECONDS)
    rt.journal.write(tx, call.merchant_id, call.id, "offered", now, agent_id=colleague.id)
    bump_desks(tx, rt, consult.from_agent_id)


def _ring_next(tx: Tx, rt: Runtime, call: models.Call, consult: models.Consult) -> None:
    consult.tried = [*consult.tried, consult.agent_id]
    try:
        consult.agent_id = _next_of(tx, call, consult.kind, consult.target, consult.tried).id
    except Refused:
        part_guest(tx, rt, call, consult, "not_reached", "nobody took the call")
        return
    _ring(tx, rt, call, consult)


def _ring_of(tx: Tx, call: models.Call) -> models.Offer | None:
    return tx.scalar(
        select(models.Offer).where(
            models.Offer.merchant_id == call.merchant_id,
            models.Offer.call_id == call.id,
            models.Offer.kind == OfferKind.ASKED,
            models.Offer.state.in_(OFFER_LIVE),
        )
    )
