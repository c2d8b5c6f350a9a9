"""The fence for supervisors: a browser's leg gets into a room only while its row, person, role, account and talk match."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from voice import heard as told
from voice import models, speak, supervisions
from voice.actions import Move, order
from voice.changes import changed
from voice.locks import lock_call
from voice.runtime import Runtime
from voice.states import SUPERVISION_LIVE, SUPERVISION_MOVES, Heard, Participation, Supervision, sources
from voice.supervising import TELL_AGAIN_SECONDS, TOLD, leave, show, tell

KIND = "sv_"  # how the ids of supervisions begin


def is_supervisors(heard: told.AgentCall) -> bool:
    """Whether a browser calls in to supervise."""
    return (heard.offer or "").startswith(KIND)


def supervisor_document(rt: Runtime, heard: told.AgentCall) -> bytes:
    """The room, muted; the same again for the same leg; else nothing."""
    with rt.write() as tx:
        row = tx.scalar(select(models.Supervision).where(models.Supervision.id == heard.offer))
        call = lock_call(tx, row.merchant_id, row.call_id) if row is not None else None
        if row is None or call is None or not _is_let_in(tx, call, row, heard):
            return speak.document(speak.hang_up())  # the page says why
        if row.state == Supervision.COMING:
            if not _comes_in(tx, rt, row, heard.call_sid):
                return speak.document(speak.hang_up())  # left at this moment
            kind = TOLD[Heard(row.heard)]
            rt.journal.write(tx, call.merchant_id, call.id, kind, rt.now(), name=row.name)
            show(tx, rt, row)
        region = rt.books.account_of(row.merchant_id).region or None
        return speak.document(speak.join_silently(row.room, rt.links, leg_id=row.id, region=region))


def _comes_in(tx: Session, rt: Runtime, row: models.Supervision, leg_sid: str) -> bool:
    came = changed(
        tx,
        update(models.Supervision)
        .where(
            models.Supervision.merchant_id == row.merchant_id,
            models.Supervision.id == row.id,
            models.Supervision.state.in_(sources(SUPERVISION_MOVES, "came")),
        )
        .values(
            state=Supervision.IN_ROOM,
            joined_at=rt.now(),
            until_at=rt.now() + TELL_AGAIN_SECONDS,  # asked at the join, or then
            leg_sid=leg_sid,
            told=Heard.LISTENING,
        ),
    )
    tx.refresh(row)
    return bool(came)


def _is_let_in(tx: Session, call: models.Call, row: models.Supervision, heard: told.AgentCall) -> bool:
    tx.refresh(row)
    talk = supervisions.talk_over(tx, row)
    return (
        row.state in SUPERVISION_LIVE
        and row.leg_sid in (None, heard.call_sid)
        and heard.identity == supervisions.identity_of(row.user_id)
        and call.account_sid == heard.account_sid
        and call.ended_at is None
        and talk is not None
        and talk.state != Participation.JOINING
        and supervisions.may_supervise(tx, row.merchant_id, row.user_id)
    )


def supervisor_left(tx: Session, rt: Runtime, heard: told.TurnHeard, supervision_id: str) -> None:
    """The leg left the room."""
    row = tx.scalar(select(models.Supervision).where(models.Supervision.id == supervision_id))
    if row is not None and row.leg_sid == heard.call_sid and _is_of(tx, row, heard.account_sid):
        leave(tx, rt, row, "left", is_leg_over=True)


def room_event(tx: Session, rt: Runtime, call: models.Call, event: told.RoomEvent) -> None:
    """A supervisor came into the room and may now be heard, or went; who has left already is led out again."""
    if event.kind not in ("participant-join", "participant-leave") or not event.call_sid:
        return
    row = supervisions.of_leg(tx, event.call_sid)
    if row is None or row.call_id != call.id:
        return
    if event.kind == "participant-leave":
        leave(tx, rt, row, "left")
    elif row.state == Supervision.ENDED:
        order(tx, rt, call, Move("end_leg", event.call_sid))
    else:
        tell(tx, rt, call, row)


def leg_ended(tx: Session, rt: Runtime, account_sid: str, leg_sid: str) -> bool:
    """The browser's connection is over; false when the leg is no supervisor's."""
    row = supervisions.of_leg(tx, leg_sid)
    if row is None or not _is_of(tx, row, account_sid):
        return False
    leave(tx, rt, row, "the phone was lost", is_leg_over=True)
    return True


def _is_of(tx: Session, row: models.Supervision, account_sid: str) -> bool:
    return tx.get_one(models.Call, (row.merchant_id, row.call_id)).account_sid == account_sid
