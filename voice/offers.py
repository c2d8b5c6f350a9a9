"""Offers: shown, acknowledged, accepted by exactly one agent, or over."""

from collections.abc import Iterable
from typing import Any, Final, cast

from sqlalchemy import Float, Row, String, Table, bindparam, exists, select, update
from sqlalchemy.orm import Session

from voice import callback_attempts, models
from voice.among import Names, among
from voice.changes import changed, is_now
from voice.dispatch import decide_for_agent, decide_for_queue
from voice.locks import lock_agent, lock_call_of_offer
from voice.moves import bump_desks, move
from voice.phone_rings import hush, seconds_to_ring
from voice.refusals import Refused
from voice.runtime import Runtime
from voice.states import OFFER_LIVE, OFFER_MOVES, WAITING_MOVES, Offer, OfferKind, Waiting, sources

CLAIM_SECONDS = 8.0  # from the click to the agent's leg at the fence
BACK_OFF_SECONDS = 10.0  # after a decline

# How an offer ended without a claim, what that makes of the agent.
AGENT_AFTER: Final[dict[str, str]] = {
    "declined": "declined",
    "rang_out": "rang_out",
    "withdrawn": "withdrawn",
    "undelivered": "undelivered",
    "unacknowledged": "unacknowledged",
}


_OFFER: Final = cast(Table, models.Offer.__table__)
_PLACE: Final = cast(Table, models.Waiting.__table__)
_MOMENT: Final = bindparam("moment", type_=Float(53))
_PUSHED: Final = (
    update(_OFFER)
    .where(
        among(_OFFER.c.id, bindparam("offers", type_=Names())),
        _OFFER.c.state == Offer.OFFERED,
        _OFFER.c.pushed_at.is_(None),
    )
    .values(pushed_at=_MOMENT)
)
_THE_OFFER: Final = (
    select(models.Offer)
    .where(models.Offer.id == bindparam("offer"), models.Offer.agent_id == bindparam("agent"))
    .execution_options(populate_existing=True)
)
_IS_ITS_PLACE: Final = (models.Waiting.merchant_id == models.Offer.merchant_id) & (
    models.Waiting.id == models.Offer.waiting_id
)
_TO_BE_ACCEPTED: Final = (
    _THE_OFFER.add_columns(models.Agent, models.Waiting.ring_seconds, models.Waiting.plan)
    .join(models.Agent, models.Agent.id == models.Offer.agent_id)
    .join(models.Waiting, _IS_ITS_PLACE)
    .with_for_update(of=models.Agent)
)
_SHOWN: Final = (
    select(*(_OFFER.c[name] for name in ("merchant_id", "id", "call_id", "agent_id", "state")))
    .add_columns(_PLACE.c.ring_seconds, _PLACE.c.plan)
    .join(_PLACE, (_PLACE.c.merchant_id == _OFFER.c.merchant_id) & (_PLACE.c.id == _OFFER.c.waiting_id))
    .where(_OFFER.c.id == bindparam("offer"), _OFFER.c.agent_id == bindparam("agent"))
)
_ONE_OFFER: Final = (_OFFER.c.merchant_id == bindparam("merchant"), _OFFER.c.id == bindparam("offer"))
_RANG: Final = (
    update(_OFFER)
    .where(*_ONE_OFFER)
    .values(state=str(Offer.RINGING), rang_at=_MOMENT, ring_until_at=bindparam("until", type_=Float(53)))
)
_ACCEPTED: Final = (
    update(_OFFER).where(*_ONE_OFFER).values(state=str(Offer.ACCEPTED), generation=_OFFER.c.generation + 1)
)
_ONE_PLACE: Final = (_PLACE.c.merchant_id == bindparam("merchant"), _PLACE.c.id == bindparam("place"))
_CLAIMED: Final = (
    update(_PLACE)
    .where(
        *_ONE_PLACE,
        _PLACE.c.state.in_([str(state) for state in sources(WAITING_MOVES, "claimed")]),
        _PLACE.c.generation == bindparam("by_generation"),
    )
    .values(
        state=str(Waiting.CLAIMED),
        state_at=_MOMENT,
        generation=_PLACE.c.generation + 1,
        agent_id=bindparam("agent", type_=String),
        until_at=bindparam("until", type_=Float(53)),
    )
)
_GIVEN_BACK: Final = (
    update(_PLACE)
    .where(
        *_ONE_PLACE,
        _PLACE.c.state == Waiting.OFFERED,
        ~exists().where(
            _OFFER.c.merchant_id == _PLACE.c.merchant_id,
            _OFFER.c.waiting_id == _PLACE.c.id,
            _OFFER.c.state.in_(OFFER_LIVE),
        ),
    )
    .values(state=str(Waiting.WAITING), state_at=_MOMENT)
)
_RINGS: Final = select(models.Offer).where(
    models.Offer.merchant_id == bindparam("merchant"),
    models.Offer.waiting_id == bindparam("place"),
    models.Offer.state.in_((Offer.OFFERED, Offer.RINGING)),
)


def pushed(rt: Runtime, offer_ids: Iterable[str]) -> None:
    """Push wrote these rings to an open stream: from now on the desk must answer."""
    ids = list(offer_ids)
    if not ids:
        return
    with rt.write() as tx:
        tx.execute(_PUSHED, {"offers": ids, "moment": rt.now()})


def acknowledge(rt: Runtime, agent_id: str, offer_id: str) -> None:
    """The desk says that it rings."""
    with rt.write() as tx:
        _hold_call(tx, agent_id, offer_id)
        shown = tx.execute(_SHOWN, {"agent": agent_id, "offer": offer_id}).one()
        if shown.state == Offer.OFFERED:
            _rings(tx, rt, shown, shown)
        elif shown.state not in OFFER_LIVE:
            raise Refused("gone", "The caller is no longer offered to you.")


def accept(rt: Runtime, agent_id: str, offer_id: str) -> dict[str, str] | None:
    """The agent takes the caller; of several agents exactly one wins. Asked again by the winner, the answer is the same.

    None when no caller is offered but a colleague asks: consults.py.
    """
    with rt.write() as tx:
        call = _hold_call(tx, agent_id, offer_id)
        found = tx.execute(_TO_BE_ACCEPTED, {"agent": agent_id, "offer": offer_id}).one()
        offer: models.Offer = found.Offer
        if offer.kind == OfferKind.ASKED:
            return None
        if offer.state in (Offer.ACCEPTED, Offer.CONNECTED):
            return _won(tx, offer, call)
        if offer.phone:
            raise Refused("not_now", "Your phone rings: take the caller there, with the key 1.")
        if offer.state == Offer.OFFERED:
            is_now(offer, _rings(tx, rt, offer, found))
        if not (refusal := put_off(tx, rt, offer)):
            claim(tx, rt, offer, found.Agent)
            return _won(tx, offer, call)
    raise Refused("not_dialled", refusal)


def decline(rt: Runtime, agent_id: str, offer_id: str) -> None:
    """The agent does not take this caller; the caller keeps the place and the agent rests ten seconds."""
    with rt.write() as tx:
        _hold_call(tx, agent_id, offer_id)
        offer = tx.execute(_THE_OFFER, {"agent": agent_id, "offer": offer_id}).scalar_one()
        if offer.state == Offer.DECLINED:
            return
        if not turn_down(tx, rt, offer):
            raise Refused("gone", "The caller is no longer offered to you.")


def turn_down(tx: Session, rt: Runtime, offer: models.Offer, seconds: float | None = None) -> bool:
    """The agent does not take this caller and rests a while; false when something else came first."""
    if not end_offer(tx, rt, offer, "declined"):
        return False
    rest = BACK_OFF_SECONDS if seconds is None else seconds
    tx.execute(
        update(models.Agent).where(models.Agent.id == offer.agent_id).values(not_before_at=rt.now() + rest)
    )
    give_back(tx, rt, offer)
    decide_for_agent(tx, rt, offer.agent_id)
    return True


def end_offer(tx: Session, rt: Runtime, offer: models.Offer, happened: str) -> bool:
    """End an offer that nobody claimed; false when something else came first."""
    target = OFFER_MOVES.get((Offer(offer.state), happened))
    if target is None:
        return False
    ended = changed(
        tx,
        update(models.Offer)
        .where(
            models.Offer.merchant_id == offer.merchant_id,
            models.Offer.id == offer.id,
            models.Offer.state == offer.state,
        )
        .values(state=target, ended_at=rt.now()),
    )
    if not ended:
        return False
    tx.refresh(offer)
    if offer.phone:
        hush(tx, rt, offer.merchant_id, offer.call_id)
    move(
        tx,
        rt,
        offer.agent_id,
        _agent_after(tx, offer, happened),
        reason="missed" if happened == "rang_out" else "",
    )
    rt.journal.write(
        tx, offer.merchant_id, offer.call_id, happened, rt.now(), agent_id=offer.agent_id, offer=offer.id
    )
    return True


def _agent_after(tx: Session, offer: models.Offer, happened: str) -> str:
    """A desk that does not answer says nothing of an agent who takes calls on an ordinary phone by now."""
    if happened == "unacknowledged":
        agent = lock_agent(tx, offer.agent_id)
        if agent is not None and agent.on_phone:
            return AGENT_AFTER["withdrawn"]
    return AGENT_AFTER[happened]


def give_back(tx: Session, rt: Runtime, offer: models.Offer) -> None:
    """The caller of an ended offer waits again at the same place, and the queue is looked at."""
    tx.flush()
    place = {"merchant": offer.merchant_id, "place": offer.waiting_id}
    if changed(tx, _GIVEN_BACK, params={**place, "moment": rt.now()}):
        waiting = _place_of(tx, offer)
        decide_for_queue(tx, rt, waiting.merchant_id, waiting.queue)


def withdraw(tx: Session, rt: Runtime, waiting: models.Waiting) -> None:
    """The caller is no longer to be had: take back every ring, and let those agents have others."""
    _withdraw(tx, rt, waiting.merchant_id, waiting.id)


def _withdraw(tx: Session, rt: Runtime, merchant_id: str, waiting_id: str) -> None:
    for agent_id in end_rings(tx, rt, merchant_id, waiting_id):
        decide_for_agent(tx, rt, agent_id)


def end_rings(tx: Session, rt: Runtime, merchant_id: str, waiting_id: str) -> list[str]:
    """Take back every ring for this caller; the agents, who may have others once the place is no longer as it was."""
    return [
        offer.agent_id
        for offer in tx.scalars(_RINGS, {"merchant": merchant_id, "place": waiting_id}).all()
        if end_offer(tx, rt, offer, "withdrawn")
    ]


def _rings(tx: Session, rt: Runtime, offer: models.Offer | Row[Any], place: Row[Any]) -> dict[str, object]:
    """The desk rings, for as long as the place says; what the offer is by now."""
    now = rt.now()
    until = now + seconds_to_ring(place, offer.agent_id)
    tx.execute(_RANG, {"merchant": offer.merchant_id, "offer": offer.id, "moment": now, "until": until})
    rt.journal.write(
        tx, offer.merchant_id, offer.call_id, "ringing", now, agent_id=offer.agent_id, offer=offer.id
    )
    bump_desks(tx, rt, offer.agent_id)
    return {"state": Offer.RINGING, "rang_at": now, "ring_until_at": until}


def claim(tx: Session, rt: Runtime, offer: models.Offer, held: models.Agent | None = None) -> None:
    """The caller of a ring is this agent's; of several exactly one wins, the others are refused. Raises Refused.

    `held` is the agent's row when this decision has locked it already.
    """
    if offer.state != Offer.RINGING:
        raise Refused("gone", "The caller is no longer offered to you.")
    tx.flush()
    now, merchant = rt.now(), {"merchant": offer.merchant_id}
    place = {**merchant, "place": offer.waiting_id, "by_generation": offer.generation}
    until = {"moment": now, "until": now + CLAIM_SECONDS}
    if not changed(tx, _CLAIMED, params={**place, **until, "agent": offer.agent_id}):
        raise Refused("taken", "A colleague was faster.")
    tx.execute(_ACCEPTED, {**merchant, "offer": offer.id})
    is_now(offer, {"state": Offer.ACCEPTED, "generation": offer.generation + 1})
    move(tx, rt, offer.agent_id, "claimed", held=held)
    _withdraw(tx, rt, offer.merchant_id, offer.waiting_id)
    if offer.kind == OfferKind.CALLBACK:
        callback_attempts.begin(tx, rt, offer, _place_of(tx, offer))
    rt.journal.write(
        tx, offer.merchant_id, offer.call_id, "accepted", now, agent_id=offer.agent_id, offer=offer.id
    )


def _won(tx: Session, offer: models.Offer, call: Row[str, str]) -> dict[str, str]:
    """What the page's phone needs to come to the fence; the call of a callback is the one that the claim began."""
    account_sid = call.account_sid
    if offer.call_id != call.id:
        account_sid = tx.get_one(models.Call, (offer.merchant_id, offer.call_id)).account_sid
    return {"offer": offer.id, "account_sid": account_sid, "call": offer.call_id}


def put_off(tx: Session, rt: Runtime, offer: models.Offer) -> str:
    """Why a customer must not be called back now; then it is put off, and nobody is rung for it. Mostly empty."""
    if offer.kind != OfferKind.CALLBACK or offer.state != Offer.RINGING:
        return ""
    waiting = _place_of(tx, offer)
    refusal = callback_attempts.why_not(tx, rt, waiting)
    if refusal:
        callback_attempts.put_off(tx, rt, waiting)
        withdraw(tx, rt, waiting)
    return refusal


def _place_of(tx: Session, offer: models.Offer) -> models.Waiting:
    """The caller's place as it is now."""
    return tx.get_one(models.Waiting, (offer.merchant_id, offer.waiting_id), populate_existing=True)


def _hold_call(tx: Session, agent_id: str, offer_id: str) -> Row[str, str]:
    call = lock_call_of_offer(tx, agent_id, offer_id)
    if call is None:
        raise Refused("not_found", "There is no such offer to you.")
    return call
