"""Offers: shown, acknowledged, accepted by exactly one agent, or over."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Exists, select, update
from sqlalchemy.orm import Session

from voice import callback_attempts, models
from voice.changes import changed
from voice.dispatch import decide_for_agent, decide_for_queue
from voice.locks import lock_agent, lock_call
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


def pushed(rt: Runtime, offer_ids: Iterable[str]) -> None:
    """Push wrote these rings to an open stream: from now on the desk must answer."""
    ids = list(offer_ids)
    if not ids:
        return
    with rt.write() as tx:
        tx.execute(
            update(models.Offer)
            .where(
                models.Offer.id.in_(ids),
                models.Offer.state == Offer.OFFERED,
                models.Offer.pushed_at.is_(None),
            )
            .values(pushed_at=rt.now())
        )


def acknowledge(rt: Runtime, agent_id: str, offer_id: str) -> None:
    """The desk says that it rings."""
    with rt.write() as tx:
        offer = _offer(tx, agent_id, offer_id)
        if offer.state == Offer.OFFERED:
            _rings(tx, rt, offer)
        elif offer.state not in OFFER_LIVE:
            raise Refused("gone", "The caller is no longer offered to you.")


def accept(rt: Runtime, agent_id: str, offer_id: str) -> dict[str, str]:
    """The agent takes the caller; of several agents exactly one wins. Asked again by the winner, the answer is the same."""
    with rt.write() as tx:
        offer = _offer(tx, agent_id, offer_id)
        if offer.state in (Offer.ACCEPTED, Offer.CONNECTED):
            return _won(tx, offer)
        if offer.phone:
            raise Refused("not_now", "Your phone rings: take the caller there, with the key 1.")
        if offer.state == Offer.OFFERED:
            _rings(tx, rt, offer)
        if not (refusal := put_off(tx, rt, offer)):
            claim(tx, rt, offer)
            return _won(tx, offer)
    raise Refused("not_dialled", refusal)


def decline(rt: Runtime, agent_id: str, offer_id: str) -> None:
    """The agent does not take this caller; the caller keeps the place and the agent rests ten seconds."""
    with rt.write() as tx:
        offer = _offer(tx, agent_id, offer_id)
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
    back = changed(
        tx,
        update(models.Waiting)
        .where(
            models.Waiting.merchant_id == offer.merchant_id,
            models.Waiting.id == offer.waiting_id,
            models.Waiting.state == Waiting.OFFERED,
            ~_has_live_offer(offer),
        )
        .values(state=Waiting.WAITING, state_at=rt.now()),
        execution_options={"synchronize_session": False},
    )
    if back:
        waiting = tx.get_one(models.Waiting, (offer.merchant_id, offer.waiting_id), populate_existing=True)
        decide_for_queue(tx, rt, waiting.merchant_id, waiting.queue)


def withdraw(tx: Session, rt: Runtime, waiting: models.Waiting) -> None:
    """The caller is no longer to be had: take back every ring, and let those agents have others."""
    for agent_id in end_rings(tx, rt, waiting):
        decide_for_agent(tx, rt, agent_id)


def end_rings(tx: Session, rt: Runtime, waiting: models.Waiting) -> list[str]:
    """Take back every ring for this caller; the agents, who may have others once the place is no longer as it was."""
    return [
        offer.agent_id
        for offer in live_offers(tx, waiting.merchant_id, waiting.id)
        if offer.state != Offer.ACCEPTED and end_offer(tx, rt, offer, "withdrawn")
    ]


def live_offers(tx: Session, merchant_id: str, waiting_id: str) -> list[models.Offer]:
    """The rings that go on for this caller now."""
    return list(
        tx.scalars(
            select(models.Offer).where(
                models.Offer.merchant_id == merchant_id,
                models.Offer.waiting_id == waiting_id,
                models.Offer.state.in_(OFFER_LIVE),
            )
        )
    )


def _rings(tx: Session, rt: Runtime, offer: models.Offer) -> None:
    waiting = tx.get_one(models.Waiting, (offer.merchant_id, offer.waiting_id))
    offer.state, offer.rang_at = Offer.RINGING, rt.now()
    offer.ring_until_at = rt.now() + seconds_to_ring(waiting, offer.agent_id)
    tx.flush()
    rt.journal.write(
        tx, offer.merchant_id, offer.call_id, "ringing", rt.now(), agent_id=offer.agent_id, offer=offer.id
    )
    bump_desks(tx, rt, offer.agent_id)


def claim(tx: Session, rt: Runtime, offer: models.Offer) -> None:
    """The caller of a ring is this agent's; of several exactly one wins, the others are refused. Raises Refused."""
    if offer.state != Offer.RINGING:
        raise Refused("gone", "The caller is no longer offered to you.")
    now = rt.now()
    won = changed(
        tx,
        update(models.Waiting)
        .where(
            models.Waiting.merchant_id == offer.merchant_id,
            models.Waiting.id == offer.waiting_id,
            models.Waiting.state.in_(sources(WAITING_MOVES, "claimed")),
            models.Waiting.generation == offer.generation,
        )
        .values(
            state=Waiting.CLAIMED,
            state_at=now,
            generation=offer.generation + 1,
            agent_id=offer.agent_id,
            until_at=now + CLAIM_SECONDS,
        ),
    )
    if not won:
        raise Refused("taken", "A colleague was faster.")
    offer.state, offer.generation = Offer.ACCEPTED, offer.generation + 1
    tx.flush()
    waiting = tx.get_one(models.Waiting, (offer.merchant_id, offer.waiting_id), populate_existing=True)
    move(tx, rt, offer.agent_id, "claimed")
    withdraw(tx, rt, waiting)
    if offer.kind == OfferKind.CALLBACK:
        callback_attempts.begin(tx, rt, offer, waiting)
    rt.journal.write(
        tx, offer.merchant_id, offer.call_id, "accepted", now, agent_id=offer.agent_id, offer=offer.id
    )


def _won(tx: Session, offer: models.Offer) -> dict[str, str]:
    """What the page's phone needs to come to the fence; the call of a callback is the one that the claim began."""
    call = tx.get_one(models.Call, (offer.merchant_id, offer.call_id))
    return {"offer": offer.id, "account_sid": call.account_sid, "call": call.id}


def put_off(tx: Session, rt: Runtime, offer: models.Offer) -> str:
    """Why a customer must not be called back now; then it is put off, and nobody is rung for it. Mostly empty."""
    if offer.kind != OfferKind.CALLBACK or offer.state != Offer.RINGING:
        return ""
    waiting = tx.get_one(models.Waiting, (offer.merchant_id, offer.waiting_id), populate_existing=True)
    refusal = callback_attempts.why_not(tx, rt, waiting)
    if refusal:
        callback_attempts.put_off(tx, rt, waiting)
        withdraw(tx, rt, waiting)
    return refusal


def _offer(tx: Session, agent_id: str, offer_id: str) -> models.Offer:
    offer = tx.scalar(
        select(models.Offer).where(models.Offer.id == offer_id, models.Offer.agent_id == agent_id)
    )
    if offer is None:
        raise Refused("not_found", "There is no such offer to you.")
    lock_call(tx, offer.merchant_id, offer.call_id)
    tx.refresh(offer)
    return offer


def _has_live_offer(offer: models.Offer) -> Exists:
    return (
        select(models.Offer.id)
        .where(
            models.Offer.merchant_id == offer.merchant_id,
            models.Offer.waiting_id == offer.waiting_id,
            models.Offer.state.in_(OFFER_LIVE),
        )
        .exists()
    )
