"""The fence for agents: a browser's leg gets into a room only if its claim, agent, account and generation all match.

The browser says nothing but an opaque offer id; who it is, Twilio's signed From says.
"""

from typing import Final

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from voice import heard as told
from voice import models, speak
from voice.calls import is_dialling
from voice.consults import guest_arrives
from voice.lingering import has_gone, is_awaited
from voice.phrases import phrase
from voice.runtime import Runtime
from voice.states import PARTICIPATION_LIVE, Offer, OfferKind, Participation
from voice.supervisor_legs import is_supervisors, supervisor_document, supervisor_left
from voice.talks import agent_arrives
from voice.vanishing import leg_ended, rejoin

_CALL_OF_OFFER: Final = (
    select(models.Call, models.Offer.id)
    .join(
        models.Offer,
        and_(models.Offer.merchant_id == models.Call.merchant_id, models.Offer.call_id == models.Call.id),
    )
    .join(models.Agent, models.Agent.id == models.Offer.agent_id)
    .where(
        models.Offer.id == bindparam("offer"),
        models.Offer.phone == "",
        models.Agent.identity == bindparam("identity"),
        models.Call.account_sid == bindparam("account"),
    )
    .with_for_update(of=models.Call, key_share=True)
)
_OFFER_AND_PART: Final = (
    select(models.Offer, models.Participation)
    .outerjoin(
        models.Participation,
        and_(
            models.Participation.merchant_id == models.Offer.merchant_id,
            models.Participation.call_id == models.Offer.call_id,
            models.Participation.offer_id == models.Offer.id,
            models.Participation.state.in_(PARTICIPATION_LIVE),
        ),
    )
    .where(models.Offer.merchant_id == bindparam("merchant"), models.Offer.id == bindparam("offer"))
)
_CALL_OF_PART: Final = (
    select(models.Call)
    .join(
        models.Participation,
        and_(
            models.Participation.merchant_id == models.Call.merchant_id,
            models.Participation.call_id == models.Call.id,
        ),
    )
    .where(models.Participation.id == bindparam("part"))
    .with_for_update(of=models.Call, key_share=True)
)
_PART: Final = select(models.Participation).where(
    models.Participation.merchant_id == bindparam("merchant"), models.Participation.id == bindparam("part")
)


def agent_document(rt: Runtime, heard: told.AgentCall) -> bytes:
    """The bridge for who won this caller; the same again while that assignment lives; else a sentence and goodbye."""
    if is_supervisors(heard):
        return supervisor_document(rt, heard)
    with rt.write() as tx:
        found = tx.execute(
            _CALL_OF_OFFER,
            {"offer": heard.offer or "", "identity": heard.identity, "account": heard.account_sid},
        ).first()
        if found is not None and found[0].ended_at is None:
            call, offer_id = found
            talk = _talk_for(tx, rt, call, offer_id, heard.call_sid)
            if talk is not None:
                return room_document(rt, call, talk)
    return speak.say_and_hang_up(phrase("taken"))


def room_document(rt: Runtime, call: models.Call, talk: models.Participation) -> bytes:
    """The way into the room, for a leg that passed the fence."""
    region = rt.books.account_of(talk.merchant_id).region or None
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
        call = tx.scalar(_CALL_OF_PART, {"part": participation_id})
        if call is None:
            supervisor_left(tx, rt, heard, participation_id)
        elif call.account_sid == heard.account_sid:
            talk = tx.scalars(_PART, {"merchant": call.merchant_id, "part": participation_id}).one()
            if talk.leg_sid == heard.call_sid and talk.state in PARTICIPATION_LIVE:
                leg_ended(tx, rt, call, talk, for_sure=heard.is_gone)
            if talk.leg_sid != heard.call_sid or is_awaited(talk.state, talk.until_at):
                has_gone(tx, heard.account_sid, heard.call_sid)  # now, or by our answer
    return speak.document(speak.hang_up())


def _talk_for(
    tx: Session, rt: Runtime, call: models.Call, offer_id: str, leg_sid: str
) -> models.Participation | None:
    offer, living = tx.execute(_OFFER_AND_PART, {"merchant": call.merchant_id, "offer": offer_id}).one()
    if living is not None:
        return _again(tx, rt, call, living, leg_sid)
    if offer.state != Offer.ACCEPTED:
        return None
    arrives = guest_arrives if offer.kind == OfferKind.ASKED else agent_arrives
    return arrives(tx, rt, call, offer, leg_sid)


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
