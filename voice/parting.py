"""The small steps of every parting: a participation closed, a claim's offer failed, notes begun, a colleague let go."""

from typing import Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from routing.plan import Plan
from voice import models, tally
from voice.actions import Move, order
from voice.dispatch import decide_for_agent
from voice.lingering import GONE_SECONDS
from voice.locks import lock_agent
from voice.moves import bump_desks, move
from voice.offers import end_offer
from voice.phone_rings import hush
from voice.runtime import Runtime
from voice.states import (
    CONSULT_LIVE,
    CONSULT_MOVES,
    OFFER_LIVE,
    PARTICIPATION_LIVE,
    PARTICIPATION_MOVES,
    Consult,
    NoSuchMove,
    Offer,
    OfferKind,
    Participation,
    Role,
)

_ASKING: Final = select(models.Consult).where(
    models.Consult.merchant_id == bindparam("merchant"),
    models.Consult.call_id == bindparam("of_call"),
    models.Consult.state.in_(CONSULT_LIVE),
)


def step(talk: models.Participation, happened: str) -> None:
    """Move a part in a talk by what happened; raises NoSuchMove when its table has no such move."""
    target = PARTICIPATION_MOVES.get((Participation(talk.state), happened))
    if target is None:
        raise NoSuchMove(f"{happened} while {talk.state}")
    talk.state = target


def close(tx: Session, rt: Runtime, talk: models.Participation, ended_at: float | None = None) -> None:
    """This agent's part is over, and the desk shows it. `ended_at`: if not now."""
    talked = leave_off(rt, talk, ended_at)
    tx.flush()
    _tell(tx, rt, talk.agent_id, talked)


def leave_off(rt: Runtime, talk: models.Participation, ended_at: float | None = None) -> float:
    """This part is over; how long whose caller it was has talked, however it ended, which is still to be told.

    The phone is to be gone soon: one of which nothing is heard by then is ended by the clock (decision 205).
    """
    step(talk, "ended")
    talk.ended_at, talk.until_at = ended_at or rt.now(), rt.now() + GONE_SECONDS
    if talk.role != Role.OWNER or talk.joined_at is None:
        return 0.0
    return max(0.0, talk.ended_at - talk.joined_at)


def _tell(tx: Session, rt: Runtime, agent_id: str, talked: float) -> None:
    """The agent's desk shows that a part is over, and the strategies know of the talk."""
    if talked:
        tally.talked(tx, agent_id, talked)
    bump_desks(tx, rt, agent_id)


def consult_of(tx: Session, call: models.Call) -> models.Consult | None:
    """The asking of a colleague that goes on in this call."""
    return tx.scalar(_ASKING, {"merchant": call.merchant_id, "of_call": call.id})


def move_on(tx: Session, rt: Runtime, consult: models.Consult, happened: str, why: str = "") -> None:
    """Move an asking by what happened; raises NoSuchMove when its table has no such move."""
    target = CONSULT_MOVES.get((Consult(consult.state), happened))
    if target is None:
        raise NoSuchMove(f"{happened} while {consult.state}")
    consult.state, consult.state_at, consult.until_at, consult.why = target, rt.now(), None, why
    tx.flush()
    bump_desks(tx, rt, consult.from_agent_id, consult.agent_id)


def part_guest(
    tx: Session, rt: Runtime, call: models.Call, consult: models.Consult, happened: str, why: str = ""
) -> None:
    """The asking is over without a hand-over: no ring goes on, and the colleague's phone leaves the room."""
    move_on(tx, rt, consult, happened, why)
    rt.journal.write(
        tx,
        call.merchant_id,
        call.id,
        "consult_ended",
        rt.now(),
        agent_id=consult.agent_id or None,
        how=consult.state,
        why=why,
        **({"number": consult.target} if consult.kind == "number" else {}),
    )
    hush(tx, rt, call.merchant_id, call.id)
    of_call = (models.Offer.merchant_id == call.merchant_id, models.Offer.call_id == call.id)
    for ring in tx.scalars(
        select(models.Offer).where(
            *of_call, models.Offer.kind == OfferKind.ASKED, models.Offer.state.in_(OFFER_LIVE)
        )
    ):
        if end_offer(tx, rt, ring, "withdrawn"):
            move(tx, rt, ring.agent_id, "released")
            decide_for_agent(tx, rt, ring.agent_id)
    for guest in tx.scalars(
        select(models.Participation).where(
            models.Participation.merchant_id == call.merchant_id,
            models.Participation.call_id == call.id,
            models.Participation.role == Role.CONSULT,
            models.Participation.state.in_(PARTICIPATION_LIVE),
        )
    ):
        close(tx, rt, guest)
        order(tx, rt, call, Move("end_leg", guest.leg_sid))
        if guest.is_outside:
            continue
        move(tx, rt, guest.agent_id, "released")
        decide_for_agent(tx, rt, guest.agent_id)


def fail_offer(tx: Session, rt: Runtime, waiting: models.Waiting) -> None:
    """The claim on this caller came to nothing."""
    tx.execute(
        update(models.Offer)
        .where(
            models.Offer.merchant_id == waiting.merchant_id,
            models.Offer.waiting_id == waiting.id,
            models.Offer.state == Offer.ACCEPTED,
        )
        .values(state=Offer.FAILED, ended_at=rt.now())
    )
    hush(tx, rt, waiting.merchant_id, waiting.call_id)


def wrap_up(
    tx: Session,
    rt: Runtime,
    call: models.Call,
    agent_id: str,
    place: models.Waiting | None,
    talked: float | None = None,
) -> None:
    """The agent writes notes, as long as the caller's place says; without time for them the next caller may come.

    `talked`: what `leave_off` left to be told.
    """
    now, seconds = rt.now(), 0.0
    if place is not None:
        seconds = Plan.load(place.plan).wrap_up_seconds.get(agent_id, place.wrap_up_seconds)
    if not _begins_notes(tx, rt, agent_id, now + seconds, talked):
        return
    rt.journal.write(
        tx, call.merchant_id, call.id, "wrap_up_started", now, agent_id=agent_id, seconds=seconds
    )
    if seconds <= 0:
        move(tx, rt, agent_id, "wrapped_up")
        decide_for_agent(tx, rt, agent_id)


def _begins_notes(tx: Session, rt: Runtime, agent_id: str, until_at: float, talked: float | None) -> bool:
    """Move the agent, and tell of the talk with the same change; a desk that does not move is told by itself."""
    agent = lock_agent(tx, agent_id)
    if agent is not None:
        spoken = agent.talk_seconds + (talked or 0.0)
        if move(tx, rt, agent_id, "talk_ended", until_at=until_at, held=agent, talk_seconds=spoken):
            return True
    if talked is not None:
        _tell(tx, rt, agent_id, talked)
    return False
