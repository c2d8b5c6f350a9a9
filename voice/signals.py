"""What Twilio tells besides asking for documents: rooms, legs, recordings. Late, repeated or shuffled, it does no harm."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from voice import heard as told
from voice import lingering, models, outbox, phone_legs, supervisor_legs
from voice.actions import Move, order
from voice.calls import ensure_call, find_call, remember
from voice.consults import caller_is_held
from voice.heard import LegStatus
from voice.ids import call_of_room
from voice.legs import caller_gone
from voice.locks import lock_call
from voice.runtime import Runtime
from voice.states import PARTICIPATION_LIVE, CallEnd
from voice.turns import facts_of
from voice.vanishing import leg_ended

ROOM_ENDED = ("moderator_ended_conference", "conference_ended_via_api")
READY, ABSENT, BEGUN = "completed", ("absent", "failed"), "in-progress"
CARRIER_ENDS = {
    LegStatus.BUSY: CallEnd.BUSY,
    LegStatus.NO_ANSWER: CallEnd.NO_ANSWER,
    LegStatus.CANCELED: CallEnd.CANCELLED,
    LegStatus.FAILED: CallEnd.FAILED,
}


def room_event(rt: Runtime, event: told.RoomEvent) -> None:
    """Somebody joined or left a room, or it began or ended."""
    with rt.write() as tx:
        of_room = select(models.Participation).where(
            models.Participation.room == event.room,
            models.Participation.call_id == call_of_room(event.room),
        )
        first = tx.scalar(of_room.limit(1))
        call = lock_call(tx, first.merchant_id, first.call_id) if first is not None else None
        if call is None or call.account_sid != event.account_sid:
            return
        talks = list(tx.scalars(of_room.execution_options(populate_existing=True)))
        for talk in talks:
            if talk.room_sid is None or event.kind == "participant-join":
                talk.room_sid = event.conference_sid
        if event.kind == "participant-join":
            _joined_room(tx, rt, call, talks, event)
            for talk in talks:
                if talk.leg_sid == event.call_sid:
                    lingering.came(talk)
        elif event.kind == "participant-hold" and event.call_sid == call.call_sid:
            caller_is_held(tx, rt, call)
        elif event.kind == "participant-leave":
            _left_room(tx, rt, call, talks, event)
        supervisor_legs.room_event(tx, rt, call, event)


def leg_status(rt: Runtime, heard: told.CallStatusHeard, ended_at: float | None = None) -> None:
    """A leg went on: a customer's end ends the call, an agent's end is looked into.

    `ended_at` is given when the end is heard of much later than it was.
    """
    if not heard.status.is_final:
        return
    with rt.write() as tx:
        call = find_call(tx, heard.account_sid, heard.call_sid)
        if call is None and not _was_no_customers(tx, rt, heard):
            call = _first_heard(tx, rt, heard)
        if call is not None:
            if heard.status in CARRIER_ENDS and call.outcome is None:
                call.outcome = CARRIER_ENDS[heard.status]
            caller_gone(tx, rt, call, ended_at)


def _was_no_customers(tx: Session, rt: Runtime, heard: told.CallStatusHeard) -> bool:
    """Whether it was the leg of a phone that rang, of an agent or of a supervisor, and no customer's."""
    lingering.has_gone(tx, heard.account_sid, heard.call_sid)
    if phone_legs.leg_over(tx, rt, heard):
        return True
    talk = _live_talk(tx, heard.account_sid, heard.call_sid)
    if talk is not None:
        _agents_leg_ended(tx, rt, talk)
        return True
    return supervisor_legs.leg_ended(tx, rt, heard.account_sid, heard.call_sid)


def _agents_leg_ended(tx: Session, rt: Runtime, talk: models.Participation) -> None:
    call = lock_call(tx, talk.merchant_id, talk.call_id)
    tx.refresh(talk)
    if call is not None and talk.state in PARTICIPATION_LIVE:
        leg_ended(tx, rt, call, talk, for_sure=True)


def recording(rt: Runtime, heard: told.RecordingHeard, kind: str) -> None:
    """A recording began, is ready to be fetched, or will never be."""
    with rt.write() as tx:
        call = find_call(tx, heard.account_sid, heard.call_sid or "")
        if call is None:
            return
        row = tx.scalar(
            select(models.Recording).where(
                models.Recording.account_sid == heard.account_sid,
                models.Recording.recording_sid == heard.recording_sid,
            )
        )
        if row is None:
            row = models.Recording(
                merchant_id=call.merchant_id,
                id=rt.chance.id("re"),
                call_id=call.id,
                recording_sid=heard.recording_sid,
                account_sid=heard.account_sid,
                kind=kind,
                state="in_progress",
                started_at=heard.started_at or rt.now(),
            )
            tx.add(row)
            tx.flush()
        _recording_moved(tx, rt, call, row, heard)


def _recording_moved(
    tx: Session, rt: Runtime, call: models.Call, row: models.Recording, heard: told.RecordingHeard
) -> None:
    now = rt.now()
    if row.state != "in_progress":
        return
    if heard.status == BEGUN:
        if row.kind == "call":
            rt.journal.write(tx, call.merchant_id, call.id, "recording_started", now, recording=row.id)
    elif heard.status == READY:
        row.state, row.seconds, row.channels = "completed", heard.seconds, heard.channels or 1
        rt.journal.write(
            tx, call.merchant_id, call.id, "recording_completed", now, recording=row.id, seconds=heard.seconds
        )
        if row.kind == "voicemail":
            remember(call, CallEnd.VOICEMAIL)
            if call.ended_as in (CallEnd.COMPLETED_IN_FLOW, CallEnd.ABANDONED, CallEnd.MISSED):
                call.ended_as = CallEnd.VOICEMAIL
            rt.journal.write(
                tx,
                call.merchant_id,
                call.id,
                "voicemail_recorded",
                now,
                recording=row.id,
                seconds=heard.seconds,
            )
        outbox.add(tx, rt, call.merchant_id, "store_recording", row.id, now)
    elif heard.status in ABSENT:
        row.state = "absent"
        rt.journal.write(tx, call.merchant_id, call.id, "recording_absent", now, recording=row.id)


def _joined_room(
    tx: Session, rt: Runtime, call: models.Call, talks: list[models.Participation], event: told.RoomEvent
) -> None:
    """Whoever comes into the room when its talk is over already is led out again.

    A room that ended and is entered once more is another conference of the same name: the one of this event is ended.
    """
    if not any(talk.state in PARTICIPATION_LIVE for talk in talks):
        order(tx, rt, call, Move("end_room", event.room, room=event.conference_sid))


def _left_room(
    tx: Session, rt: Runtime, call: models.Call, talks: list[models.Participation], event: told.RoomEvent
) -> None:
    if event.call_sid == call.call_sid:
        if event.leg_status is not None and event.leg_status.is_final:
            caller_gone(tx, rt, call)
        return
    for talk in talks:
        if talk.leg_sid != event.call_sid or talk.state not in PARTICIPATION_LIVE:
            continue
        leg_ended(tx, rt, call, talk, for_sure=event.reason not in ROOM_ENDED)


def _live_talk(tx: Session, account_sid: str, leg_sid: str) -> models.Participation | None:
    return tx.scalar(
        select(models.Participation)
        .join(
            models.Call,
            (models.Call.merchant_id == models.Participation.merchant_id)
            & (models.Call.id == models.Participation.call_id),
        )
        .where(
            models.Participation.leg_sid == leg_sid,
            models.Participation.state.in_(PARTICIPATION_LIVE),
            models.Call.account_sid == account_sid,
        )
    )


def _first_heard(tx: Session, rt: Runtime, heard: told.CallStatusHeard) -> models.Call | None:
    """The end of a call whose beginning is still in the journal's buffer, or was lost with it."""
    listed = rt.books.page.numbers.get(heard.dialled.number or "")
    flow = rt.books.live_flow(listed[0]) if listed else None
    if listed is None or flow is None or rt.books.account_of(listed[0]).account_sid != heard.account_sid:
        return None
    who = told.Incoming(
        heard.call_sid, heard.account_sid, heard.caller, heard.dialled, "", None, "", heard.status
    )
    return ensure_call(tx, facts_of(who, listed[0], flow.digest, rt.now() - (heard.seconds or 0)))
