"""What Twilio tells besides asking for documents: rooms, legs, recordings. Late, repeated or shuffled, it does no harm."""

from typing import Final

from sqlalchemy import and_, bindparam, case, exists, null, select, update
from sqlalchemy.dialects import postgresql, sqlite
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
from voice.states import PARTICIPATION_LIVE, CallEnd, Participation
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
_THERE: Final = (Participation.JOINING, Participation.TALKING)  # a second phone may come before the caller
DECIDING = (
    "participant-join",
    "participant-leave",
    "participant-hold",
)  # what a room tells besides changes nothing

_P: Final = models.Participation
_OF_ROOM: Final = (_P.room == bindparam("of_room"), _P.call_id == bindparam("of_call"))
_IS_OF_CALL: Final = and_(models.Call.merchant_id == _P.merchant_id, models.Call.id == _P.call_id)
_IS_OF_ACCOUNT: Final = models.Call.account_sid == bindparam("account")
_CALL_OF_ROOM: Final = (
    select(models.Call, _P.leg_sid, _P.room_sid)
    .join(_P, _IS_OF_CALL)
    .where(*_OF_ROOM, _IS_OF_ACCOUNT)
    .with_for_update(of=models.Call, key_share=True)
)
_KNOW_ROOM: Final = (
    update(_P)
    .where(*_OF_ROOM, _P.room_sid.is_(None), exists().where(_IS_OF_CALL, _IS_OF_ACCOUNT))
    .values(room_sid=bindparam("conference"))
    .execution_options(synchronize_session=False)
)
_COME: Final = (  # the leg is there, so nothing of it is awaited any more
    update(_P)
    .where(_P.merchant_id == bindparam("merchant"), *_OF_ROOM)
    .values(
        room_sid=bindparam("conference"),
        until_at=case(
            (and_(_P.leg_sid == bindparam("leg"), _P.state.in_(_THERE)), null()),
            else_=_P.until_at,
        ),
    )
    .returning(_P.state)
    .execution_options(synchronize_session=False)
)
_LIVE_IN_ROOM: Final = select(_P).where(
    _P.merchant_id == bindparam("merchant"),
    *_OF_ROOM,
    _P.leg_sid == bindparam("leg"),
    _P.state.in_(PARTICIPATION_LIVE),
)
_RECORDING: Final = select(models.Recording).where(
    models.Recording.account_sid == bindparam("account"),
    models.Recording.recording_sid == bindparam("recording"),
)
_BEGIN_RECORDING: Final = {  # by whether it is SQLite
    True: sqlite.insert(models.Recording).on_conflict_do_nothing().returning(models.Recording),
    False: postgresql.insert(models.Recording).on_conflict_do_nothing().returning(models.Recording),
}
_PARTS_ON_LEG: Final = (
    select(_P.merchant_id, _P.call_id, _P.id, _P.state, _P.until_at, _P.phone)
    .join(models.Call, _IS_OF_CALL)
    .where(_P.leg_sid == bindparam("leg"), _IS_OF_ACCOUNT)
)


def room_event(rt: Runtime, event: told.RoomEvent) -> None:
    """Somebody joined or left a room, or it began or ended."""
    with rt.write() as tx:
        if event.kind not in DECIDING:
            tx.execute(_KNOW_ROOM, _named(event))
            return
        found = tx.execute(_CALL_OF_ROOM, _named(event)).all()
        if not found:
            return
        call, is_callers = found[0][0], found[0][0].call_sid == event.call_sid
        if event.kind == "participant-join":
            _joined_room(tx, rt, call, event)
        elif any(room_sid is None for _, _, room_sid in found):
            tx.execute(_KNOW_ROOM, _named(event))
        if event.kind == "participant-hold" and is_callers:
            caller_is_held(tx, rt, call)
        elif event.kind == "participant-leave":
            _left_room(tx, rt, call, event)
        if not is_callers and event.call_sid not in {leg_sid for _, leg_sid, _ in found}:
            supervisor_legs.room_event(tx, rt, call, event)


def _named(event: told.RoomEvent) -> dict[str, str]:
    return {
        "of_room": event.room,
        "of_call": call_of_room(event.room),
        "account": event.account_sid,
        "conference": event.conference_sid,
    }


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
    parts = tx.execute(_PARTS_ON_LEG, {"leg": heard.call_sid, "account": heard.account_sid}).all()
    if any(lingering.is_awaited(part.state, part.until_at) for part in parts):
        lingering.has_gone(tx, heard.account_sid, heard.call_sid)
    is_browsers = bool(parts) and not any(part.phone for part in parts)
    if not is_browsers and phone_legs.leg_over(tx, rt, heard):
        return True
    for part in parts:
        if part.state in PARTICIPATION_LIVE:
            _agents_leg_ended(tx, rt, part.merchant_id, part.call_id, part.id)
            return True
    return bool(parts) or supervisor_legs.leg_ended(tx, rt, heard.account_sid, heard.call_sid)


def _agents_leg_ended(tx: Session, rt: Runtime, merchant_id: str, call_id: str, talk_id: str) -> None:
    call = lock_call(tx, merchant_id, call_id)
    talk = tx.get_one(models.Participation, (merchant_id, talk_id))
    if call is not None and talk.state in PARTICIPATION_LIVE:
        leg_ended(tx, rt, call, talk, for_sure=True)


def recording(rt: Runtime, heard: told.RecordingHeard, kind: str) -> None:
    """A recording began, is ready to be fetched, or will never be."""
    with rt.write() as tx:
        call = find_call(tx, heard.account_sid, heard.call_sid or "")
        if call is None:
            return
        begun = _begun(tx, rt, call, heard, kind) if heard.status == BEGUN else None
        row = begun or tx.scalar(_RECORDING, {"account": heard.account_sid, "recording": heard.recording_sid})
        row = row or _begun(tx, rt, call, heard, kind)
        if row is not None:
            _recording_moved(tx, rt, call, row, heard)


def _begun(
    tx: Session, rt: Runtime, call: models.Call, heard: told.RecordingHeard, kind: str
) -> models.Recording | None:
    """The row of a recording that we first hear of; None when there is one."""
    row = {
        "merchant_id": call.merchant_id,
        "id": rt.chance.id("re"),
        "call_id": call.id,
        "recording_sid": heard.recording_sid,
        "account_sid": heard.account_sid,
        "kind": kind,
        "state": "in_progress",
        "started_at": heard.started_at or rt.now(),
    }
    return tx.scalar(_BEGIN_RECORDING[rt.store.is_sqlite], row)


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


def _joined_room(tx: Session, rt: Runtime, call: models.Call, event: told.RoomEvent) -> None:
    """Whoever comes into the room when its talk is over already is led out again.

    A room that ended and is entered once more is another conference of the same name: the one of this event is ended.
    """
    states = tx.scalars(_COME, {**_named(event), "merchant": call.merchant_id, "leg": event.call_sid})
    if PARTICIPATION_LIVE.isdisjoint(states):
        order(tx, rt, call, Move("end_room", event.room, room=event.conference_sid))


def _left_room(tx: Session, rt: Runtime, call: models.Call, event: told.RoomEvent) -> None:
    if event.call_sid == call.call_sid:
        if event.leg_status is not None and event.leg_status.is_final:
            caller_gone(tx, rt, call)
        return
    on_leg = {**_named(event), "merchant": call.merchant_id, "leg": event.call_sid}
    for talk in tx.scalars(_LIVE_IN_ROOM, on_leg).all():
        leg_ended(tx, rt, call, talk, for_sure=event.reason not in ROOM_ENDED)


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
