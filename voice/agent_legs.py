"""The fence for agents: a browser's leg gets into a room only if its claim, agent, account and generation all match.

The browser says nothing but an opaque offer id; who it is, Twilio's signed From says.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from voice import heard as told
from voice import models, speak
from voice.calls import is_dialling
from voice.consults import guest_arrives
from voice.lingering import has_gone
from voice.locks import lock_call
from voice.phrases import phrase
from voice.runtime import Runtime
from voice.states import PARTICIPATION_LIVE, Offer, OfferKind, Participation
from voice.supervisor_legs import is_supervisors, supervisor_document, supervisor_left
from voice.talks import agent_arrives
from voice.vanishing import leg_ended, rejoin


def agent_document(rt: Runtime, heard: told.AgentCall) -> bytes:
    """The bridge for who won this caller; the same again while that assignment lives; else a sentence and goodbye."""
    if is_supervisors(heard):
        return supervisor_document(rt, heard)
    with rt.write() as tx:
        talk = _talk_for(tx, rt, heard)
        return speak.say_and_hang_up(phrase("taken")) if talk is None else room_document(tx, rt, talk)


def room_document(tx: Session, rt: Runtime, talk: models.Participation) -> bytes:
    """The way into the room, for a leg that passed the fence."""
    region = rt.books.account_of(talk.merchant_id).region or None
    call = tx.get_one(models.Call, (talk.merchant_id, talk.call_id))
    return speak.document(
        speak.join_as_agent(
            talk.room,
            rt.links,
            participation_id=talk.id,
            region=region,
            is_first=is_dialling(call),
        )
    )


def agent_left(rt: Runtime, heard: told.TurnHeard, participation_id: str) -> bytes:
    """An agent's leg left its room, or ended while in it."""
    with rt.write() as tx:
        talk = tx.scalar(select(models.Participation).where(models.Participation.id == participation_id))
        call = lock_call(tx, talk.merchant_id, talk.call_id) if talk is not None else None
        if talk is None:
            supervisor_left(tx, rt, heard, participation_id)
        if talk is None or call is None or call.account_sid != heard.account_sid:
            return speak.document(speak.hang_up())
        tx.refresh(talk)
        if talk.leg_sid == heard.call_sid and talk.state in PARTICIPATION_LIVE:
            leg_ended(tx, rt, call, talk, for_sure=heard.is_gone)
        has_gone(tx, heard.account_sid, heard.call_sid)  # now, or by our answer
    return speak.document(speak.hang_up())


def _talk_for(tx: Session, rt: Runtime, heard: told.AgentCall) -> models.Participation | None:
    offer = tx.scalar(
        select(models.Offer)
        .join(models.Agent, models.Agent.id == models.Offer.agent_id)
        .where(models.Offer.id == (heard.offer or ""), models.Agent.identity == heard.identity)
    )
    if offer is None or offer.phone:
        return None
    call = lock_call(tx, offer.merchant_id, offer.call_id)
    if call is None or call.account_sid != heard.account_sid or call.ended_at is not None:
        return None
    tx.refresh(offer)
    living = _living(tx, offer)
    if living is not None:
        return _again(tx, rt, call, living, heard.call_sid)
    if offer.state != Offer.ACCEPTED:
        return None
    arrives = guest_arrives if offer.kind == OfferKind.ASKED else agent_arrives
    return arrives(tx, rt, call, offer, heard.call_sid)


def _living(tx: Session, offer: models.Offer) -> models.Participation | None:
    return tx.scalar(
        select(models.Participation).where(
            models.Participation.merchant_id == offer.merchant_id,
            models.Participation.call_id == offer.call_id,
            models.Participation.offer_id == offer.id,
            models.Participation.state.in_(PARTICIPATION_LIVE),
        )
    )


def _again(
    tx: Session, rt: Runtime, call: models.Call, talk: models.Participation, leg_sid: str
) -> models.Participation | None:
    """A repeated fetch, or the same agent on a new leg after a reload."""
    if talk.state == Participation.VANISHED and (talk.until_at or 0.0) < rt.now():
        return None
    if talk.leg_sid == leg_sid:
        return talk
    if _was_replaced(tx, call, leg_sid):
        return None
    rejoin(tx, rt, call, talk, leg_sid)
    return talk


def _was_replaced(tx: Session, call: models.Call, leg_sid: str) -> bool:
    """A leg that we ended in favour of a newer one does not come back by a late repeat of its request."""
    return (
        tx.scalar(
            select(models.Action.id)
            .where(
                models.Action.merchant_id == call.merchant_id,
                models.Action.call_id == call.id,
                models.Action.kind == "end_leg",
                models.Action.target == leg_sid,
            )
            .limit(1)
        )
        is not None
    )
