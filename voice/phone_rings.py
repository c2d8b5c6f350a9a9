"""Ordinary phones that we ring: an agent's who takes calls there, or an outside number that is asked before a hand-over.

ordered -> ringing -> picked_up -> taken. The row is there before the carrier is asked, so a leg whose sid we never
heard, or heard too late, finds out that nobody wants it any more.
"""

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session as Tx

from routing.plan import Plan
from voice import gate, models
from voice.actions import Move, order
from voice.dialling import NotDialled
from voice.moves import bump_desks
from voice.runtime import Runtime
from voice.states import (
    CONSULT_LIVE,
    OFFER_LIVE,
    PHONE_RING_LIVE,
    PHONE_RING_MOVES,
    NoSuchMove,
    Offer,
    PhoneRing,
)

WAY_SECONDS = 8.0  # until the telephone network has found a phone; a desk rings at once
NOT_RUNG_SECONDS = 60.0  # until a phone that must not or cannot be dialled is tried again
ANSWER_SECONDS = 40.0  # until nobody has answered; the carrier gives up after 45 s and 5 more


class NotRung(Exception):
    """An agent's phone must not be dialled now; the sentence is for the desk."""


def seconds_to_ring(waiting: models.Waiting | Row[Any], agent_id: str) -> float:
    """How long an agent is rung for this caller; of the place only `plan` and `ring_seconds` are needed."""
    own = Plan.load(waiting.plan).ring_seconds.get(agent_id)
    seconds: float = waiting.ring_seconds if own is None else own
    return seconds


def number_of(tx: Tx, rt: Runtime, call: models.Call, agent: models.Agent) -> str:
    """The number under which an agent is rung for this call; "" at the browser. Raises NotRung."""
    if not agent.on_phone:
        return ""
    flow = rt.books.flow(call.merchant_id, call.flow_digest)
    try:
        return gate.admit_agents_call(tx, rt, flow, agent.id, agent.phone)
    except NotDialled as refused:
        raise NotRung(str(refused)) from refused


def ring_agent(
    tx: Tx, rt: Runtime, call: models.Call, offer: models.Offer, number: str, until_at: float
) -> None:
    """The agent's phone rings for this offer; an offer that nobody has taken yet is over at `until_at`."""
    offer.phone = number
    if offer.state == Offer.OFFERED:
        offer.state, offer.rang_at, offer.ring_until_at = Offer.RINGING, rt.now(), until_at
    tx.flush()
    ring = begin(tx, rt, call, number, max(until_at, rt.now() + ANSWER_SECONDS), offer_id=offer.id)
    rt.journal.write(
        tx, call.merchant_id, call.id, "phone_rung", rt.now(), agent_id=offer.agent_id, offer=offer.id
    )
    order(tx, rt, call, Move("ring", ring.id))


def begin(
    tx: Tx,
    rt: Runtime,
    call: models.Call,
    number: str,
    until_at: float,
    *,
    offer_id: str | None = None,
    consult_id: str | None = None,
) -> models.PhoneRing:
    """The row of a phone that is to ring; it sees the line that the caller knows."""
    ring = models.PhoneRing(
        merchant_id=call.merchant_id,
        id=rt.chance.id("pr"),
        call_id=call.id,
        offer_id=offer_id,
        consult_id=consult_id,
        number=number,
        line=call.dialled,
        state=PhoneRing.ORDERED,
        state_at=rt.now(),
        until_at=until_at,
    )
    tx.add(ring)
    tx.flush()
    return ring


def move_on(tx: Tx, rt: Runtime, ring: models.PhoneRing, happened: str) -> None:
    """Move a ring by what happened; raises NoSuchMove when its table has no such move."""
    target = PHONE_RING_MOVES.get((PhoneRing(ring.state), happened))
    if target is None:
        raise NoSuchMove(f"{happened} while {ring.state}")
    ring.state, ring.state_at = target, rt.now()
    tx.flush()


def over(tx: Tx, rt: Runtime, call: models.Call, ring: models.PhoneRing, why: str) -> bool:
    """The ring is over, whoever ended it: a leg that lives is ended. False when it was over or taken already."""
    if ring.state not in PHONE_RING_LIVE:
        return False
    move_on(tx, rt, ring, "ended")
    ring.why = why
    if ring.leg_sid is not None:
        order(tx, rt, call, Move("end_leg", ring.leg_sid))
    return True


def hush(tx: Tx, rt: Runtime, merchant_id: str, call_id: str, why: str = "taken back") -> None:
    """No phone goes on ringing for an offer or an asking that is over."""
    tx.flush()
    call = tx.get_one(models.Call, (merchant_id, call_id))
    for ring in _unwanted(tx, call):
        over(tx, rt, call, ring, why)


def of_consult(tx: Tx, consult: models.Consult) -> models.PhoneRing | None:
    """The ring of an outside number that is asked, while it goes on."""
    return tx.scalar(
        select(models.PhoneRing).where(
            models.PhoneRing.merchant_id == consult.merchant_id,
            models.PhoneRing.call_id == consult.call_id,
            models.PhoneRing.consult_id == consult.id,
            models.PhoneRing.state.in_(PHONE_RING_LIVE),
        )
    )


def not_rung(tx: Tx, rt: Runtime, agent: models.Agent, why: str) -> None:
    """An agent's phone was not dialled: the desk says why, and it is tried again in a while."""
    agent.phone_fault, agent.not_before_at = why, rt.now() + NOT_RUNG_SECONDS
    tx.flush()
    bump_desks(tx, rt, agent.id)


_OVER: Final = or_(
    models.PhoneRing.offer_id.in_(
        select(models.Offer.id).where(
            models.Offer.merchant_id == models.PhoneRing.merchant_id,
            models.Offer.call_id == models.PhoneRing.call_id,
            models.Offer.state.not_in(OFFER_LIVE),
        )
    ),
    models.PhoneRing.consult_id.in_(
        select(models.Consult.id).where(
            models.Consult.merchant_id == models.PhoneRing.merchant_id,
            models.Consult.call_id == models.PhoneRing.call_id,
            models.Consult.state.not_in(CONSULT_LIVE),
        )
    ),
)


def _unwanted(tx: Tx, call: models.Call) -> Iterable[models.PhoneRing]:
    rings = select(models.PhoneRing).where(
        models.PhoneRing.merchant_id == call.merchant_id,
        models.PhoneRing.call_id == call.id,
        models.PhoneRing.state.in_(PHONE_RING_LIVE),
        _OVER,
    )
    return tx.scalars(rings.execution_options(populate_existing=True)).all()
