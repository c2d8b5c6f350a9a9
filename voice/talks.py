"""Talks: an agent and a caller meet in a room, and part.

claimed -> bridging (agent at the fence) -> connected (caller at the fence). Whether two legs may meet is decided when
Twilio fetches their documents, by compare-and-set on (call, agent, generation); requests to Twilio are only pokes.
Ending is a wish told to us; an agent's leg that ends without one has vanished, and the caller is kept.
"""

from typing import Final

from sqlalchemy import Float, bindparam, select, update
from sqlalchemy.orm import Session

from voice import callback_attempts, callbacks, models, tally
from voice.actions import Move, order
from voice.calls import far_end, is_dialling, live_waiting, owner_of, remember
from voice.changes import changed
from voice.dispatch import decide_for_agent, decide_for_queue
from voice.ids import room_name
from voice.locks import lock_call
from voice.moves import bump_desks, move
from voice.parting import close, consult_of, fail_offer, leave_off, part_guest, step, wrap_up
from voice.refusals import Refused
from voice.runtime import Runtime
from voice.states import PARTICIPATION_LIVE, CallEnd, Consult, Offer, Participation, Role, Waiting
from voice.unanswered import never_met

BRIDGE_SECONDS = 8.0  # from the agent at the fence to the caller at the fence
DIAL_SECONDS = 60.0  # for somebody to pick up: the carrier rings 45 s and adds 5, the rest is our own asking
REFUSED_WHILE_ASKING = "You are asking a colleague: go back to the caller first, or hand over."
REJOIN_SECONDS = 15.0  # an agent whose leg was lost may come back to the talk

_W: Final = models.Waiting
_IS_PLACE: Final = (
    _W.merchant_id == bindparam("merchant"),
    _W.id == bindparam("place"),
    _W.generation == bindparam("of_generation"),
)
_MOMENT = bindparam("moment", type_=Float(53))
_AS_IT_IS_NOW: Final = {"synchronize_session": False, "populate_existing": True}
_ARRIVE: Final = (
    update(_W)
    .where(*_IS_PLACE, _W.state == Waiting.CLAIMED, _W.agent_id == bindparam("of_agent"))
    .values(state=str(Waiting.BRIDGING), state_at=_MOMENT, until_at=bindparam("until", type_=Float(53)))
    .returning(_W)
    .execution_options(**_AS_IT_IS_NOW)
)
_MEET: Final = (
    update(_W)
    .where(*_IS_PLACE, _W.state == Waiting.BRIDGING)
    .values(state=str(Waiting.CONNECTED), state_at=_MOMENT, until_at=None)
    .returning(_W)
    .execution_options(**_AS_IT_IS_NOW)
)
_OFFER_LED_TO_TALK: Final = (
    update(models.Offer)
    .where(
        models.Offer.merchant_id == bindparam("merchant"),
        models.Offer.id == bindparam("offer"),
        models.Offer.state == Offer.ACCEPTED,
    )
    .values(state=str(Offer.CONNECTED), ended_at=_MOMENT)
    .execution_options(synchronize_session=False)
)
_PART_OF_AGENT: Final = select(models.Participation).where(
    models.Participation.call_id == bindparam("of_call"),
    models.Participation.agent_id == bindparam("of_agent"),
    models.Participation.state.in_(PARTICIPATION_LIVE),
)


def agent_arrives(
    tx: Session, rt: Runtime, call: models.Call, offer: models.Offer, leg_sid: str
) -> models.Participation | None:
    """The winner's leg is at the fence: the room is made and the caller is fetched. None when the claim is over."""
    now = rt.now()
    waiting = tx.scalar(
        _ARRIVE,
        {
            "merchant": offer.merchant_id,
            "place": offer.waiting_id,
            "of_agent": offer.agent_id,
            "of_generation": offer.generation,
            "moment": now,
            "until": now + _seconds_to_come(call),
        },
    )
    if waiting is None:
        return None
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
        phone=offer.phone,
        began_at=now,
        state=Participation.JOINING,
    )
    call.next_assignment += 1
    tx.add(talk)
    tx.flush()
    if is_dialling(call):
        order(tx, rt, call, Move("dial", call.caller))
    elif waiting.proved_at is not None:  # else the first wait document sends the caller here
        order(tx, rt, call, Move("poke", call.call_sid, generation=waiting.generation))
    bump_desks(tx, rt, offer.agent_id)
    return talk


def _seconds_to_come(call: models.Call) -> float:
    """How long an agent in the room waits: for the caller's way from the music, or for somebody to pick up."""
    return DIAL_SECONDS if is_dialling(call) else BRIDGE_SECONDS


def caller_arrives(
    tx: Session, rt: Runtime, call: models.Call, waiting: models.Waiting, talk: models.Participation | None
) -> None:
    """The caller is at the fence: from now on both can talk, if the owner of the talk is still there."""
    if talk is None or talk.state != Participation.JOINING:
        return
    now = rt.now()
    place = {
        "merchant": waiting.merchant_id,
        "place": waiting.id,
        "of_generation": waiting.generation,
        "moment": now,
    }
    if tx.scalar(_MEET, place) is None:
        return
    if not waiting.is_callback:
        callbacks.answered(tx, rt, call, waiting.queue)
    step(talk, "caller_came")
    talk.joined_at = now
    tally.took(tx, talk.agent_id)
    tx.execute(_OFFER_LED_TO_TALK, {"merchant": call.merchant_id, "offer": talk.offer_id, "moment": now})
    remember(call, CallEnd.ANSWERED)
    waited = now - (call.started_at if waiting.is_callback else waiting.entered_at)
    if call.waited_seconds is None:
        call.waited_seconds = waited
    tx.flush()
    if waiting.is_callback:
        callback_attempts.reached(tx, rt, waiting)
    rt.journal.write(
        tx,
        call.merchant_id,
        call.id,
        "answered" if waiting.queue and not waiting.is_callback else "dial_answered",
        now,
        agent_id=talk.agent_id,
        queue=waiting.queue,
        waited=round(waited, 1),
        room=talk.room,
    )
    bump_desks(tx, rt, talk.agent_id)


def release_claim(
    tx: Session, rt: Runtime, call: models.Call, waiting: models.Waiting, *, agent_becomes: str, why: str
) -> None:
    """Agent or caller did not reach the room: the caller keeps the place, the claim is void, its generation is over.

    Whom we dialled keeps no place: that call is over.
    """
    if is_dialling(call):
        never_met(tx, rt, call, waiting, agent_becomes=agent_becomes, why=why)
        return
    was_bridging = waiting.state == Waiting.BRIDGING
    agent_id, now = waiting.agent_id, rt.now()
    released = changed(
        tx,
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
        ),
    )
    if not released:
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
    fail_offer(tx, rt, waiting)
    if (talk := owner_of(tx, call.merchant_id, call.id)) is not None:
        close(tx, rt, talk)
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
    waiting: models.Waiting | None,
    by: str,
    ended_at: float | None = None,
) -> None:
    """The talk is over because somebody wished so: the agent writes notes, the caller's flow goes on or the call ends.

    `waiting` is the caller's place, unless it has been left.
    """
    if talk.state == Participation.ENDED:
        return
    now = ended_at or rt.now()
    if (consult := consult_of(tx, call)) is not None:
        part_guest(tx, rt, call, consult, "call_over")
    talk.end_asked_by = by
    talked = leave_off(rt, talk, max(now, talk.joined_at or now))
    if waiting is not None:
        waiting.left_as = "answered"
    rt.journal.write(
        tx,
        call.merchant_id,
        call.id,
        "talk_ended",
        now,
        agent_id=talk.who,
        by=far_end(call, by),
        talked=round(max(0.0, now - (talk.joined_at or now)), 1),
        **talk.named,
    )
    wrap_up(tx, rt, call, talk.agent_id, waiting, talked)
    call.hung_up_by = call.hung_up_by or far_end(call, by)


def stop(tx: Session, rt: Runtime, call: models.Call, talk: models.Participation, by: str) -> None:
    """The agent, or a supervisor, ends the talk; who was only being connected keeps the place in the queue."""
    rt.journal.write(
        tx, call.merchant_id, call.id, "ending_triggered", rt.now(), agent_id=talk.agent_id, by=by
    )
    waiting = live_waiting(tx, call)
    if talk.state == Participation.JOINING and waiting is not None:
        release_claim(tx, rt, call, waiting, agent_becomes="released", why=f"the {by} hung up")
        return
    end_talk(tx, rt, call, talk, waiting, by)
    order(tx, rt, call, Move("end_room", talk.room))


def talk_of(tx: Session, agent_id: str, call_id: str) -> tuple[models.Call, models.Participation]:
    """An agent's live part in a call, and the call, locked; raises Refused."""
    talk = tx.scalar(_PART_OF_AGENT, {"of_call": call_id, "of_agent": agent_id})
    if talk is None:
        raise Refused("gone", "You are not in this call.")
    call = lock_call(tx, talk.merchant_id, talk.call_id)
    tx.refresh(talk)
    if call is None or talk.state == Participation.ENDED:
        raise Refused("gone", "You are not in this call.")
    return call, talk


def require_both(talk: models.Participation) -> None:
    """Agent and caller are connected, and the caller is this agent's; raises Refused."""
    if talk.role != Role.OWNER:
        raise Refused("not_now", "The caller is with your colleague, who asks you.")
    if talk.state != Participation.TALKING:
        raise Refused("not_now", "You and the caller are not connected at this moment.")


def require_alone(tx: Session, call: models.Call) -> None:
    """Not while a colleague is asked, who must not hear the caller before that is wished. Raises Refused."""
    consult = consult_of(tx, call)
    if consult is not None and consult.state != Consult.TOGETHER:
        raise Refused("not_now", REFUSED_WHILE_ASKING)
