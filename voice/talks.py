"""Talks: an agent and a caller meet in a room, and part.

claimed -> bridging (agent at the fence) -> connected (caller at the fence). Whether two legs may meet is decided when
Twilio fetches their documents, by compare-and-set on (call, agent, generation); requests to Twilio are only pokes.
Ending is a wish told to us; an agent's leg that ends without one has vanished, and the caller is kept.
"""

from sqlalchemy import update
from sqlalchemy.orm import Session

from voice import models
from voice.actions import Move, order
from voice.calls import live_waiting, owner_of, remember
from voice.dispatch import decide_for_agent, decide_for_queue
from voice.ids import room_name
from voice.locks import lock_call
from voice.moves import bump_desks, move
from voice.refusals import Refused
from voice.runtime import Runtime
from voice.states import CallEnd, Offer, Participation, Waiting

BRIDGE_SECONDS = 8.0  # from the agent at the fence to the caller at the fence
REJOIN_SECONDS = 15.0  # an agent whose leg was lost may come back to the talk


def agent_arrives(
    tx: Session, rt: Runtime, call: models.Call, offer: models.Offer, leg_sid: str
) -> models.Participation | None:
    """The winner's leg is at the fence: the room is made and the caller is fetched. None when the claim is over."""
    now = rt.now()
    arrived = tx.execute(
        update(models.Waiting)
        .where(
            models.Waiting.merchant_id == offer.merchant_id,
            models.Waiting.id == offer.waiting_id,
            models.Waiting.state == Waiting.CLAIMED,
            models.Waiting.agent_id == offer.agent_id,
            models.Waiting.generation == offer.generation,
        )
        .values(state=Waiting.BRIDGING, state_at=now, until_at=now + BRIDGE_SECONDS)
    )
    if not arrived.rowcount:  # type: ignore[attr-defined]
        return None
    waiting = tx.get_one(models.Waiting, (offer.merchant_id, offer.waiting_id), populate_existing=True)
    talk = models.Participation(
        merchant_id=call.merchant_id,
        id=rt.chance.id("pa"),
        call_id=call.id,
        waiting_id=waiting.id,
        offer_id=offer.id,
        agent_id=offer.agent_id,
        assignment=call.next_assignment,
        room=room_name(call.id, call.next_assignment),
        leg_sid=leg_sid,
        began_at=now,
        state=Participation.JOINING,
    )
    call.next_assignment += 1
    tx.add(talk)
    tx.flush()
    if waiting.proved_at is not None:  # else the first wait document sends the caller here
        order(tx, rt, call, Move("poke", call.call_sid, generation=waiting.generation))
    bump_desks(tx, rt, offer.agent_id)
    return talk


def caller_arrives(
    tx: Session, rt: Runtime, call: models.Call, waiting: models.Waiting
) -> models.Participation | None:
    """The caller is at the fence: from now on both can talk. None when the agent is no longer there."""
    talk = owner_of(tx, call.merchant_id, call.id)
    if talk is None or talk.state != Participation.JOINING:
        return None
    now = rt.now()
    met = tx.execute(
        update(models.Waiting)
        .where(
            models.Waiting.merchant_id == waiting.merchant_id,
            models.Waiting.id == waiting.id,
            models.Waiting.state == Waiting.BRIDGING,
            models.Waiting.generation == waiting.generation,
        )
        .values(state=Waiting.CONNECTED, state_at=now, until_at=None)
    )
    if not met.rowcount:  # type: ignore[attr-defined]
        return None
    talk.state, talk.joined_at = Participation.TALKING, now
    tx.execute(
        update(models.Offer)
        .where(
            models.Offer.merchant_id == call.merchant_id,
            models.Offer.id == talk.offer_id,
            models.Offer.state == Offer.ACCEPTED,
        )
        .values(state=Offer.CONNECTED, ended_at=now)
    )
    remember(call, CallEnd.ANSWERED)
    if call.waited_seconds is None:
        call.waited_seconds = now - waiting.entered_at
    tx.flush()
    tx.refresh(waiting)
    rt.journal.write(
        tx,
        call.merchant_id,
        call.id,
        "answered",
        now,
        agent_id=talk.agent_id,
        queue=waiting.queue,
        waited=round(now - waiting.entered_at, 1),
        room=talk.room,
    )
    bump_desks(tx, rt, talk.agent_id)
    return talk


def release_claim(
    tx: Session, rt: Runtime, call: models.Call, waiting: models.Waiting, *, agent_becomes: str, why: str
) -> None:
    """Agent or caller did not reach the room: the caller keeps the place, the claim is void, its generation is over."""
    was_bridging = waiting.state == Waiting.BRIDGING
    agent_id, now = waiting.agent_id, rt.now()
    released = tx.execute(
        update(models.Waiting)
        .where(
            models.Waiting.merchant_id == waiting.merchant_id,
            models.Waiting.id == waiting.id,
            models.Waiting.state.in_((Waiting.CLAIMED, Waiting.BRIDGING)),
            models.Waiting.generation == waiting.generation,
        )
        .values(
            state=Waiting.WAITING,
            state_at=now,
            generation=waiting.generation + 1,
            agent_id=None,
            until_at=None,
            head_at=now if was_bridging else waiting.head_at,
        )
    )
    if not released.rowcount:  # type: ignore[attr-defined]
        return
    tx.refresh(waiting)
    void_claim(tx, rt, call, waiting, agent_id, agent_becomes=agent_becomes, why=why)
    decide_for_queue(tx, rt, waiting.merchant_id, waiting.queue)


def void_claim(
    tx: Session,
    rt: Runtime,
    call: models.Call,
    waiting: models.Waiting,
    agent_id: str | None,
    *,
    agent_becomes: str,
    why: str,
) -> None:
    """What a claim had begun is taken back: the offer failed, the agent's leg is ended, the agent is no longer bound."""
    _fail_offer(tx, rt, waiting)
    if (talk := owner_of(tx, call.merchant_id, call.id)) is not None:
        _close(tx, rt, talk)
        order(tx, rt, call, Move("end_leg", talk.leg_sid))
    rt.journal.write(tx, call.merchant_id, call.id, "connect_failed", rt.now(), agent_id=agent_id, why=why)
    if agent_id is not None:
        move(
            tx, rt, agent_id, agent_becomes, reason="no connection" if agent_becomes == "claim_failed" else ""
        )
        decide_for_agent(tx, rt, agent_id)


def end_talk(
    tx: Session,
    rt: Runtime,
    call: models.Call,
    talk: models.Participation,
    by: str,
    ended_at: float | None = None,
) -> None:
    """The talk is over because somebody wished so: the agent writes notes, the caller's flow goes on or the call ends."""
    if talk.state == Participation.ENDED:
        return
    waiting, now = live_waiting(tx, call), ended_at or rt.now()
    talk.end_asked_by = by
    _close(tx, rt, talk)
    call.hung_up_by = call.hung_up_by or by
    if waiting is not None:
        waiting.left_as = "answered"
    rt.journal.write(
        tx,
        call.merchant_id,
        call.id,
        "talk_ended",
        now,
        agent_id=talk.agent_id,
        by=by,
        talked=round(max(0.0, now - (talk.joined_at or now)), 1),
    )
    _wrap_up(tx, rt, call, talk.agent_id, waiting.wrap_up_seconds if waiting is not None else 0.0)


def hold(rt: Runtime, agent_id: str, call_id: str) -> None:
    """Let the caller hear music; what is said meanwhile stays here."""
    with rt.write() as tx:
        call, talk = _talk_of(tx, agent_id, call_id)
        _require_both(talk)
        if talk.held_at is not None:
            return
        talk.held_at = rt.now()
        move(tx, rt, agent_id, "held")
        bump_desks(tx, rt, agent_id)
        rt.journal.write(tx, call.merchant_id, call.id, "hold_started", rt.now(), agent_id=agent_id)
        order(tx, rt, call, Move("hold", call.call_sid, room=talk.room))


def resume(rt: Runtime, agent_id: str, call_id: str) -> None:
    """Talk with the caller again."""
    with rt.write() as tx:
        call, talk = _talk_of(tx, agent_id, call_id)
        _require_both(talk)
        if talk.held_at is None:
            return
        held = rt.now() - talk.held_at
        talk.held_at = None
        move(tx, rt, agent_id, "resumed")
        bump_desks(tx, rt, agent_id)
        rt.journal.write(
            tx, call.merchant_id, call.id, "hold_ended", rt.now(), agent_id=agent_id, held=round(held, 1)
        )
        order(tx, rt, call, Move("unhold", call.call_sid, room=talk.room))


def end(rt: Runtime, agent_id: str, call_id: str) -> None:
    """End the talk, or give up connecting; the carrier is told once this is written down."""
    with rt.write() as tx:
        call, talk = _talk_of(tx, agent_id, call_id)
        rt.journal.write(
            tx, call.merchant_id, call.id, "ending_triggered", rt.now(), agent_id=agent_id, by="agent"
        )
        waiting = live_waiting(tx, call)
        if talk.state == Participation.JOINING and waiting is not None:
            release_claim(tx, rt, call, waiting, agent_becomes="released", why="the agent hung up")
            return
        end_talk(tx, rt, call, talk, "agent")
        order(tx, rt, call, Move("end_room", talk.room))


def _talk_of(tx: Session, agent_id: str, call_id: str) -> tuple[models.Call, models.Participation]:
    from sqlalchemy import select

    talk = tx.scalar(
        select(models.Participation).where(
            models.Participation.call_id == call_id,
            models.Participation.agent_id == agent_id,
            models.Participation.state.in_(
                (Participation.JOINING, Participation.TALKING, Participation.VANISHED)
            ),
        )
    )
    if talk is None:
        raise Refused("gone", "You are not in this call.")
    call = lock_call(tx, talk.merchant_id, talk.call_id)
    tx.refresh(talk)
    if call is None or talk.state == Participation.ENDED:
        raise Refused("gone", "You are not in this call.")
    return call, talk


def _require_both(talk: models.Participation) -> None:
    if talk.state != Participation.TALKING:
        raise Refused("not_now", "You and the caller are not connected at this moment.")


def _close(tx: Session, rt: Runtime, talk: models.Participation) -> None:
    talk.state, talk.ended_at, talk.until_at = Participation.ENDED, rt.now(), None
    tx.flush()
    bump_desks(tx, rt, talk.agent_id)


def _fail_offer(tx: Session, rt: Runtime, waiting: models.Waiting) -> None:
    tx.execute(
        update(models.Offer)
        .where(
            models.Offer.merchant_id == waiting.merchant_id,
            models.Offer.waiting_id == waiting.id,
            models.Offer.state == Offer.ACCEPTED,
        )
        .values(state=Offer.FAILED, ended_at=rt.now())
    )


def _wrap_up(tx: Session, rt: Runtime, call: models.Call, agent_id: str, seconds: float) -> None:
    now = rt.now()
    if move(tx, rt, agent_id, "talk_ended", until_at=now + seconds) is None:
        return
    rt.journal.write(
        tx, call.merchant_id, call.id, "wrap_up_started", now, agent_id=agent_id, seconds=seconds
    )
    if seconds <= 0:
        move(tx, rt, agent_id, "wrapped_up")
        decide_for_agent(tx, rt, agent_id)
