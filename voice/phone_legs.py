"""What an ordinary phone that we rang hears when it is picked up, and what becomes of its ring.

An agent hears who calls and presses 1, which claims the caller and brings the phone to the fence in one decision: what
answers without pressing (the voicemail of a mobile) takes nobody. An outside number that is asked comes into the room
at once, where the agent who asks hears whether a person is there.
"""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session as Tx

from voice import asking_numbers, consults, models, phone_rings, speak, talks
from voice import heard as told
from voice.actions import Move, order
from voice.agent_legs import room_document
from voice.calls import live_waiting
from voice.dispatch import decide_for_agent
from voice.heard import KeysPressed, LegStatus
from voice.locks import lock_agent, lock_call
from voice.moves import bump_desks
from voice.offers import claim, end_offer, give_back, put_off, turn_down
from voice.phrases import phrase
from voice.refusals import Refused
from voice.runtime import Runtime
from voice.states import OFFER_LIVE, PARTICIPATION_LIVE, PHONE_RING_LIVE, Offer, OfferKind, PhoneRing
from voice.whisper import whispered

TAKE, LEAVE = "1", "2"
KEY_SECONDS = 25.0  # from picking up to the last moment for a key
TIMES = 2  # how often the whisper is said
BUSY_SECONDS = 60.0  # an engaged phone is left alone so long
WHY: Final[dict[LegStatus, str]] = {
    LegStatus.BUSY: "busy",
    LegStatus.NO_ANSWER: "nobody answered",
    LegStatus.CANCELED: "called off",
    LegStatus.FAILED: "the number cannot be reached",
    LegStatus.COMPLETED: "hung up",
}


def document(rt: Runtime, heard: told.TurnHeard, ring_id: str) -> bytes:
    """What a phone that we rang hears now: the whisper, the room, or goodbye."""
    with rt.write() as tx:
        found = _told_of(tx, heard.account_sid, ring_id, heard.call_sid)
        if found is None:
            return speak.document(speak.hang_up())
        call, ring = found
        if ring.leg_sid != heard.call_sid:
            return speak.document(speak.hang_up())
        if heard.is_gone:
            _gone(tx, rt, call, ring, LegStatus.COMPLETED)
            return speak.EMPTY
        if ring.state in (PhoneRing.ORDERED, PhoneRing.RINGING):
            _picked_up(tx, rt, ring)
        talk = _talk_of(tx, call, ring)
        if talk is None and ring.state == PhoneRing.PICKED_UP:
            if ring.offer_id is None:
                talk = _guest_comes(tx, rt, call, ring)
            else:
                offer = tx.get_one(models.Offer, (ring.merchant_id, ring.offer_id), populate_existing=True)
                if not _has_pressed(heard.happened) and ring.whispers < TIMES and offer.state in OFFER_LIVE:
                    ring.whispers += 1
                    return whispered(tx, rt, call, ring, offer)
                talk = _agent_says(tx, rt, call, ring, offer, heard.happened)
        if talk is not None:
            joined = tx.get_one(models.Call, (talk.merchant_id, talk.call_id))  # a callback's is a new one
            return room_document(rt, joined, talk)
    return _goodbye(rt, call, ring)


def leg_went_on(rt: Runtime, ring_id: str, heard: told.CallStatusHeard) -> None:
    """A phone that we ring tells how far it is. Late or repeated, it does no harm."""
    with rt.write() as tx:
        found = _told_of(tx, heard.account_sid, ring_id, heard.call_sid)
        if found is None:
            return
        call, ring = found
        if ring.leg_sid != heard.call_sid or ring.state == PhoneRing.OVER:
            if not heard.status.is_final:
                order(tx, rt, call, Move("end_leg", heard.call_sid))
        elif heard.status.is_final:
            _gone(tx, rt, call, ring, heard.status)
        elif ring.state == PhoneRing.ORDERED:
            if ring.why:  # its order's answer was lost, and here it is after all
                ring.why, ring.until_at = "", ring.state_at + phone_rings.ANSWER_SECONDS
            if heard.status == LegStatus.RINGING:
                _rings(tx, rt, call, ring)


def leg_over(tx: Tx, rt: Runtime, heard: told.CallStatusHeard) -> bool:
    """The end of a leg, if it is one of a phone that rings; the reconciler tells of those that were lost."""
    ring = tx.scalar(
        select(models.PhoneRing).where(
            models.PhoneRing.leg_sid == heard.call_sid, models.PhoneRing.state.in_(PHONE_RING_LIVE)
        )
    )
    found = _told_of(tx, heard.account_sid, ring.id, heard.call_sid) if ring is not None else None
    if found is None:
        return False
    _gone(tx, rt, *found, heard.status)
    return True


def late(tx: Tx, rt: Runtime, call: models.Call, ring: models.PhoneRing) -> None:
    """A ring whose time is over: the phone could not be dialled, or its end was never told."""
    why = ring.why or "nobody answered"
    if not phone_rings.over(tx, rt, call, ring, why):
        return
    offer = tx.get(models.Offer, (ring.merchant_id, ring.offer_id)) if ring.offer_id is not None else None
    if offer is None:
        asking_numbers.not_reached(tx, rt, call, ring, why)
    elif offer.state == Offer.ACCEPTED:
        _claim_over(tx, rt, call, "claim_failed", why)
    elif end_offer(tx, rt, offer, "undelivered"):
        if (agent := lock_agent(tx, offer.agent_id)) is not None:
            phone_rings.not_rung(tx, rt, agent, f"Your phone could not be rung: {why}.")
        give_back(tx, rt, offer)


def _told_of(
    tx: Tx, account_sid: str, ring_id: str, leg_sid: str
) -> tuple[models.Call, models.PhoneRing] | None:
    """The call and the ring of a leg, locked; the first leg that tells of itself is the ring's only one."""
    ring = tx.scalar(select(models.PhoneRing).where(models.PhoneRing.id == ring_id))
    call = _held(tx, ring) if ring is not None else None
    if ring is None or call is None or call.account_sid != account_sid:
        return None
    if ring.leg_sid is None:
        ring.leg_sid = leg_sid
        tx.flush()
    return call, ring


def _held(tx: Tx, ring: models.PhoneRing) -> models.Call | None:
    """The ring's call, locked: whoever held it meanwhile may have made the ring that of a callback's new call."""
    call = None
    while call is None or call.id != ring.call_id:
        call = lock_call(tx, ring.merchant_id, ring.call_id)
        if call is None:
            return None
        tx.refresh(ring)
    return call


def _rings(tx: Tx, rt: Runtime, call: models.Call, ring: models.PhoneRing) -> None:
    phone_rings.move_on(tx, rt, ring, "rang")
    offer = tx.get(models.Offer, (ring.merchant_id, ring.offer_id)) if ring.offer_id is not None else None
    if offer is not None:
        rt.journal.write(
            tx, call.merchant_id, call.id, "ringing", rt.now(), agent_id=offer.agent_id, offer=offer.id
        )
        agent = lock_agent(tx, offer.agent_id)
        if agent is not None and agent.phone_fault:
            agent.phone_fault = ""
        bump_desks(tx, rt, offer.agent_id)


def _picked_up(tx: Tx, rt: Runtime, ring: models.PhoneRing) -> None:
    """There is time for a key now, whatever was left for the ringing."""
    phone_rings.move_on(tx, rt, ring, "picked_up")
    until = rt.now() + KEY_SECONDS
    ring.until_at = max(ring.until_at, until)
    offer = tx.get(models.Offer, (ring.merchant_id, ring.offer_id)) if ring.offer_id is not None else None
    if offer is not None and offer.state == Offer.RINGING:
        offer.ring_until_at = until
        bump_desks(tx, rt, offer.agent_id)
    elif offer is not None and offer.state == Offer.ACCEPTED:
        waiting = tx.get_one(models.Waiting, (offer.merchant_id, offer.waiting_id))
        waiting.until_at = until


def _has_pressed(happened: told.Happened) -> bool:
    return isinstance(happened, KeysPressed) and happened.keys in (TAKE, LEAVE)


def _agent_says(
    tx: Tx,
    rt: Runtime,
    call: models.Call,
    ring: models.PhoneRing,
    offer: models.Offer,
    happened: told.Happened,
) -> models.Participation | None:
    """1: the caller is this agent's, and the phone at the fence. 2: a colleague's. Nothing: a ring in vain."""
    match happened:
        case KeysPressed(keys) if keys == TAKE:
            talk = _taken(tx, rt, call, offer, ring)
            if talk is not None:
                phone_rings.move_on(tx, rt, ring, "came")
            return talk
        case KeysPressed(keys) if keys == LEAVE:
            _left(tx, rt, call, offer, "declined", "the agent had no time")
        case _:
            _left(tx, rt, call, offer, "rang_out", "no key was pressed")
    return None


def _taken(
    tx: Tx, rt: Runtime, call: models.Call, offer: models.Offer, ring: models.PhoneRing
) -> models.Participation | None:
    leg_sid = ring.leg_sid or ""
    try:
        match OfferKind(offer.kind):
            case OfferKind.ASKED:
                consults.comes(tx, rt, call, offer)
                return consults.guest_arrives(tx, rt, call, offer, leg_sid)
            case OfferKind.OUTBOUND:
                pass
            case _:
                if put_off(tx, rt, offer):
                    return None
                claim(tx, rt, offer)
                call = tx.get_one(
                    models.Call, (offer.merchant_id, offer.call_id)
                )  # a callback's is a new one
    except Refused:
        return None
    return talks.agent_arrives(tx, rt, call, offer, leg_sid)


def _guest_comes(
    tx: Tx, rt: Runtime, call: models.Call, ring: models.PhoneRing
) -> models.Participation | None:
    talk = asking_numbers.arrives(tx, rt, call, ring)
    if talk is not None:
        phone_rings.move_on(tx, rt, ring, "came")
    return talk


def _gone(tx: Tx, rt: Runtime, call: models.Call, ring: models.PhoneRing, status: LegStatus) -> None:
    """The leg is over before it was taken; whoever is in a room parts in the way of all."""
    if ring.state not in PHONE_RING_LIVE:
        return
    phone_rings.move_on(tx, rt, ring, "ended")
    ring.why = WHY[status]
    offer = tx.get(models.Offer, (ring.merchant_id, ring.offer_id)) if ring.offer_id is not None else None
    if offer is None:
        asking_numbers.not_reached(tx, rt, call, ring, ring.why)
    else:
        tx.refresh(offer)
        _left(tx, rt, call, offer, "declined" if status is LegStatus.BUSY else "rang_out", ring.why)


def _left(tx: Tx, rt: Runtime, call: models.Call, offer: models.Offer, happened: str, why: str) -> None:
    """The agent does not take this call on the phone."""
    if offer.state == Offer.ACCEPTED:
        _claim_over(tx, rt, call, "released" if happened == "declined" else "claim_failed", why)
    elif happened == "declined":
        turn_down(tx, rt, offer, seconds=BUSY_SECONDS if why == WHY[LegStatus.BUSY] else None)
    elif end_offer(tx, rt, offer, happened):
        give_back(tx, rt, offer)
        decide_for_agent(tx, rt, offer.agent_id)


def _claim_over(tx: Tx, rt: Runtime, call: models.Call, agent_becomes: str, why: str) -> None:
    """The agent wished to call a customer and does not come to the own phone: nobody is dialled."""
    waiting = live_waiting(tx, call)
    if waiting is not None:
        talks.release_claim(tx, rt, call, waiting, agent_becomes=agent_becomes, why=why)


def _talk_of(tx: Tx, call: models.Call, ring: models.PhoneRing) -> models.Participation | None:
    return tx.scalar(
        select(models.Participation).where(
            models.Participation.merchant_id == call.merchant_id,
            models.Participation.call_id == call.id,
            models.Participation.leg_sid == ring.leg_sid,
            models.Participation.state.in_(PARTICIPATION_LIVE),
        )
    )


def _goodbye(rt: Runtime, call: models.Call, ring: models.PhoneRing) -> bytes:
    """To an agent whom the caller does not need any more; an outside party hears nothing of it."""
    if ring.offer_id is None:
        return speak.document(speak.hang_up())
    flow = rt.books.flow(call.merchant_id, call.flow_digest)
    return speak.say_and_hang_up(phrase("taken", flow.language), flow.language, flow.voice_for(flow.language))
