"""What does SQL say about the customer's leg now? One function answers every poke, Enqueue action and Dial action.

So it does not matter which of them Twilio runs, or how late: a stale poke has taken the caller out of the waiting room,
and is answered with a fresh way in.
"""

from typing import Final

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session as Tx

from callflows.session import Session
from voice import callbacks, models, music, outbound, speak, transfers, turns
from voice import heard as told
from voice.callback_rows import is_pending
from voice.calls import (
    dialled_leg,
    end_call,
    find_call,
    is_dialling,
    last_waiting,
    last_waiting_of,
    peek_call,
    place_and_owner,
    remember,
)
from voice.joining import how_left
from voice.phrases import phrase
from voice.runtime import Runtime
from voice.states import CallEnd, Participation, Waiting
from voice.talks import REJOIN_SECONDS, caller_arrives, end_talk, void_claim
from voice.unanswered import give_up
from voice.waiting_room import leave

# What Twilio's queue says of leaving it, when that is news to us.
REFUSED_BY_QUEUE = {
    "queue-full": ("left", "full"),
    "error": ("left", "timeout"),
    "system-error": ("left", "timeout"),
}


TO_BE_REACHED = (Waiting.CLAIMED, Waiting.BRIDGING)  # a customer whom we dial

_TALK_IN_ROOM: Final = (
    select(
        models.Call.merchant_id,
        models.Call.id,
        models.Call.flow_digest,
        models.Participation.state,
        models.Participation.until_at,
    )
    .join(
        models.Call,
        and_(
            models.Call.merchant_id == models.Participation.merchant_id,
            models.Call.id == models.Participation.call_id,
        ),
    )
    .where(models.Participation.room == bindparam("of_room"), models.Call.account_sid == bindparam("account"))
    .order_by(models.Participation.began_at.desc())
    .limit(1)
)


def customer_document(rt: Runtime, who: told.Incoming, heard: told.TurnHeard, call_id: str) -> bytes:
    """The document for the customer's leg, or the next turn of the flow once the queue or the talk is over."""
    with rt.write() as tx:
        call = find_call(tx, heard.account_sid, heard.call_sid) or dialled_leg(
            tx, heard.account_sid, call_id, heard.call_sid
        )
        if call is None or call.id != call_id or call.ended_at is not None or call.call_sid != heard.call_sid:
            return speak.document(speak.hang_up())
        if heard.is_gone:
            caller_gone(tx, rt, call)
            return speak.EMPTY
        waiting, talk = place_and_owner(tx, call)
        if waiting is not None and is_pending(call, waiting):
            waiting = callbacks.place_before(tx, waiting)
        if waiting is None:
            return speak.document(speak.hang_up())
        _heed_queue(tx, rt, waiting, heard)
        document = _document(tx, rt, call, waiting, talk) or transfers.next_stage(
            tx, rt, call, waiting, heard
        )
        fresh = last_waiting(tx, call) if document is None else None
        if fresh is not None and fresh.id != waiting.id:
            document, waiting = _document(tx, rt, call, fresh, talk), fresh
        if document is not None:
            return document
        if call.direction == "outbound":  # no flow has the word: the agent had it
            return outbound.parting_words(rt, call, waiting)
        story = _onward(rt, who, call, waiting)
        if (
            story.turn.session is not None
        ):  # the caller stays without the agent: whose wish it was is another matter
            call.hung_up_by = None
    return turns.answer(rt, story)


def where_it_stands(rt: Runtime, who: told.Incoming, heard: told.TurnHeard) -> bytes | None:
    """The document for a caller whom we could not answer for a while: in the queue or in the talk as before.

    None when the caller has no place to come back to: then the flow begins again.
    """
    with rt.store.read() as tx:
        call = peek_call(tx, heard.account_sid, heard.call_sid)
        waiting = last_waiting(tx, call) if call is not None else None
    if call is None or (call.ended_at is None and not _has_place(waiting)):
        return None
    return customer_document(rt, who, heard, call.id)


def _has_place(waiting: models.Waiting | None) -> bool:
    """Whether the caller has not left the last place, or was sent on and nobody has taken the call yet."""
    return waiting is not None and (waiting.left_as is None or transfers.is_under_way(waiting))


def _onward(rt: Runtime, who: told.Incoming, call: models.Call, waiting: models.Waiting) -> turns.Story:
    """The flow goes on with how the caller left the queue."""
    session = Session.load(waiting.session)
    left = how_left(waiting)
    flow = rt.books.flow(call.merchant_id, session.flow)
    facts = turns.facts_of(who, call.merchant_id, session.flow, call.started_at)
    return turns.resumed(rt, facts, flow, session, left)


def caller_gone(tx: Tx, rt: Runtime, call: models.Call, ended_at: float | None = None) -> None:
    """The customer's leg is over: abandoned when it waited, else the talk ended; then the call is a ticket."""
    if call.ended_at is not None:
        return
    waiting, talk = place_and_owner(tx, call)
    if waiting is not None and is_dialling(call) and waiting.state in TO_BE_REACHED:
        ended_as = CallEnd(call.outcome or CallEnd.NO_ANSWER)
        give_up(tx, rt, call, waiting, ended_as, "the customer's phone was not answered")
    elif talk is not None and talk.state != Participation.JOINING:
        place = None if waiting is None or waiting.left_as is not None else waiting
        end_talk(tx, rt, call, talk, place, "caller", ended_at)
    elif waiting is not None and is_pending(call, waiting):
        callbacks.caller_left(tx, rt, waiting)
    elif waiting is not None and waiting.left_as is None:
        _abandon(tx, rt, call, waiting, ended_at or rt.now())
    end_call(tx, rt, call, "caller", ended_at=ended_at)


def _abandon(tx: Tx, rt: Runtime, call: models.Call, waiting: models.Waiting, at: float) -> None:
    call.waited_seconds = call.waited_seconds or at - waiting.entered_at
    remember(call, CallEnd.ABANDONED)
    if leave(tx, rt, waiting, "abandoned", "caller_hung_up") and waiting.agent_id is not None:
        void_claim(
            tx, rt, call, waiting, waiting.agent_id, agent_becomes="released", why="the caller hung up"
        )
    if waiting.is_callback:
        return
    rt.journal.write(
        tx,
        call.merchant_id,
        call.id,
        "abandoned",
        at,
        queue=waiting.queue,
        waited=round(at - waiting.entered_at, 1),
    )


def _heed_queue(tx: Tx, rt: Runtime, waiting: models.Waiting, heard: told.TurnHeard) -> None:
    if not isinstance(heard.happened, told.QueueLeft) or waiting.left_as is not None:
        return
    if (refused := REFUSED_BY_QUEUE.get(heard.happened.result)) is not None:
        leave(tx, rt, waiting, *refused)


def _document(
    tx: Tx, rt: Runtime, call: models.Call, waiting: models.Waiting, talk: models.Participation | None
) -> bytes | None:
    """Where the caller belongs now; None when the flow has the word."""
    if waiting.left_as is not None:
        return None
    if waiting.state == Waiting.BRIDGING:
        caller_arrives(tx, rt, call, waiting, talk)
    if waiting.state == Waiting.CONNECTED and talk is not None:
        return speak.document(
            *outbound.first_words(tx, rt, call, waiting, talk),
            speak.join_as_customer(
                talk.room,
                rt.links,
                call_id=call.id,
                record=waiting.record,
                side=waiting.record_side,
                region=rt.books.account_of(call.merchant_id).region or None,
            ),
        )
    waiting.proved_at = None
    return speak.document(
        speak.enqueue(turns.queue_name(call.merchant_id), rt.links.wait(waiting.id), rt.links.leg(call.id))
    )


def hold_document(rt: Runtime, account_sid: str, room: str) -> bytes:
    """What a caller on hold hears: words once when the agent was lost, then music that starts over.

    An account that asks about another's room hears the music only.
    """
    words = speak.NOTHING
    with rt.store.read() as tx:
        talk = tx.execute(_TALK_IN_ROOM, {"of_room": room, "account": account_sid}).first()
        if talk is not None and talk.state == Participation.VANISHED and _just_now(talk.until_at, rt.now()):
            waiting = last_waiting_of(tx, talk.merchant_id, talk.id)
            spoken = Session.load(waiting.session).language if waiting is not None else ""
            flow = rt.books.flow(talk.merchant_id, talk.flow_digest)
            language = spoken or flow.language
            words = speak.say(phrase("again", language), language, flow.voice_for(language))
    return speak.hold(
        [rt.links.audio(f"hold-{index}") for index in range(music.SEGMENTS)], rt.links.hold(room), words=words
    )


def _just_now(until_at: float | None, now: float) -> bool:
    """Whether the agent was lost a moment ago, by the end of the time to come back."""
    return until_at is not None and until_at - now > REJOIN_SECONDS / 2
