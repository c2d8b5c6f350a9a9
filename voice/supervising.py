"""Supervisors in a talk: they listen, coach the agent or speak to all; the caller never sees them.

A supervision is a row of its own, for supervisors have no agent's state. Everybody comes in muted; only then the
carrier is told by whom a supervisor is to be heard (`actions`), and the row remembers what it was told. So nobody is
heard by a caller on the way to the agent's ear. The clock compares the two each second, and ends what has no talk any
more. A supervisor who leaves ends nothing but the own leg.
"""

from collections.abc import Collection

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from voice import models, supervisions
from voice.actions import Move, order
from voice.calls import merchant_of
from voice.changes import changed
from voice.locks import lock_call, lock_calls, try_call
from voice.moves import bump_desks
from voice.offers import CLAIM_SECONDS
from voice.refusals import Refused
from voice.runtime import Runtime
from voice.states import (
    PARTICIPATION_LIVE,
    SUPERVISION_MOVES,
    Heard,
    Participation,
    Supervision,
    sources,
)

TELL_AGAIN_SECONDS = 3.0  # the carrier did not do what was asked; each time twice as long
LONGEST_PAUSE_SECONDS = 30.0  # it is away, or refuses
TOLD = {
    Heard.LISTENING: "listening_began",
    Heard.COACHING: "coaching_began",
    Heard.BARGED: "barged_in",
}


def supervise(
    tx: Session, rt: Runtime, user: models.User, merchants: Collection[str], call_id: str, heard: Heard
) -> tuple[models.Supervision, models.Call]:
    """Come into a talk of one of these merchants, or be heard by others from now on. Raises Refused."""
    before = supervisions.of_person(tx, user.id)
    call = _take(tx, merchants, call_id, before)
    mine = supervisions.of_person(tx, user.id)
    if mine is not None and mine is not before:
        raise _taken()
    if mine is not None and mine.call_id == call_id and supervisions.talk_over(tx, mine) is not None:
        turn(tx, rt, call, mine, heard, user.name)
        return mine, call
    talk = supervisions.talk_to_supervise(tx, call)
    if talk is None:
        raise Refused("gone", "There is no such talk now.")
    if talk.state != Participation.TALKING:
        raise Refused("not_now", "Agent and caller are not connected at this moment.")
    if supervisions.has_own_call(tx, user.id):
        raise Refused("not_now", "Finish your own call first.")
    if mine is not None:
        leave(tx, rt, mine, "went to another talk")
    row = models.Supervision(
        merchant_id=call.merchant_id,
        id=rt.chance.id("sv"),
        call_id=call.id,
        user_id=user.id,
        name=user.name,
        room=talk.room,
        heard=heard,
        is_shown=_shows_listening(rt, call.merchant_id),
        began_at=rt.now(),
        until_at=rt.now() + CLAIM_SECONDS,
    )
    try:
        with tx.begin_nested():
            tx.add(row)
    except IntegrityError:
        raise _taken() from None
    show(tx, rt, row)
    return row, call


def turn(
    tx: Session, rt: Runtime, call: models.Call, row: models.Supervision, heard: Heard, name: str
) -> None:
    """From now on the supervisor is heard by others; who is not in the room yet comes in as wished now."""
    if row.heard == heard:
        return
    row.heard = heard
    tx.flush()
    if row.state == Supervision.IN_ROOM:
        rt.journal.write(tx, call.merchant_id, call.id, TOLD[heard], rt.now(), name=name)
        tell(tx, rt, call, row)
    show(tx, rt, row)


def leave_talk(tx: Session, rt: Runtime, user_id: str, call_id: str) -> None:
    """The supervisor leaves; the talk goes on. Who has left already may say so again. Raises Refused."""
    visits = select(models.Supervision).where(
        models.Supervision.user_id == user_id, models.Supervision.call_id == call_id
    )
    last = tx.scalar(visits.order_by(models.Supervision.began_at.desc()).limit(1))
    if last is None:
        raise Refused("gone", "You are not in this talk.")
    leave(tx, rt, last, "left")


def leave(tx: Session, rt: Runtime, row: models.Supervision, why: str, *, is_leg_over: bool = False) -> bool:
    """A supervisor is out of the talk, and the leg ends; false when that had happened already."""
    call = lock_call(tx, row.merchant_id, row.call_id)
    tx.refresh(row)  # the phone may have come since it was read
    was_in, now = row.state == Supervision.IN_ROOM, rt.now()
    ended = changed(
        tx,
        update(models.Supervision)
        .where(
            models.Supervision.merchant_id == row.merchant_id,
            models.Supervision.id == row.id,
            models.Supervision.state.in_(sources(SUPERVISION_MOVES, "left")),
        )
        .values(state=Supervision.ENDED, ended_at=now, until_at=None),
    )
    if call is None or not ended:
        return False
    tx.refresh(row)
    if row.leg_sid is not None and not is_leg_over:
        order(tx, rt, call, Move("end_leg", row.leg_sid))
    if was_in:
        seconds = round(max(0.0, now - (row.joined_at or now)), 1)
        _note(tx, row, f"after {seconds:.0f} s: {why}", now)
        rt.journal.write(
            tx, call.merchant_id, call.id, "supervisor_left", now, name=row.name, why=why, seconds=seconds
        )
    show(tx, rt, row)
    return True


def tell(
    tx: Session,
    rt: Runtime,
    call: models.Call,
    row: models.Supervision,
    again_in: float = TELL_AGAIN_SECONDS,
) -> None:
    """Ask the carrier for what is wished, if it was told something else."""
    if row.leg_sid is not None and row.told != supervisions.wanted(tx, row):
        row.asked_at = rt.now()
        row.until_at = row.asked_at + again_in
        order(tx, rt, call, Move("let_hear", row.leg_sid, room=row.room))


def look_again(tx: Session, rt: Runtime, key: tuple[str, str]) -> None:
    """Whether a supervisor still belongs in the talk, and is heard as wished; the clock asks each second."""
    row = tx.get_one(models.Supervision, key)
    call = try_call(tx, row.merchant_id, row.call_id)
    if call is None:
        return
    tx.refresh(row)
    if row.state == Supervision.ENDED:
        return
    if supervisions.talk_over(tx, row) is None:
        leave(tx, rt, row, "the talk is over")
    elif not supervisions.may_supervise(tx, row.merchant_id, row.user_id):
        leave(tx, rt, row, "the role was taken away")
    elif supervisions.has_own_call(tx, row.user_id):
        leave(tx, rt, row, "a call of their own came")
    elif row.until_at is not None and row.until_at > rt.now():
        return
    elif row.state == Supervision.COMING:
        leave(tx, rt, row, "the phone did not come")
    else:
        tell(tx, rt, call, row, _next_pause(row))


def _next_pause(row: models.Supervision) -> float:
    """How long the carrier is left alone after it was asked again."""
    if row.asked_at is None or row.until_at is None:
        return TELL_AGAIN_SECONDS
    return min(2 * (row.until_at - row.asked_at), LONGEST_PAUSE_SECONDS)


def show(tx: Session, rt: Runtime, row: models.Supervision) -> None:
    """The desks of who is in the talk, and the floor, show it."""
    agents = tx.scalars(
        select(models.Participation.agent_id).where(
            models.Participation.merchant_id == row.merchant_id,
            models.Participation.call_id == row.call_id,
            models.Participation.state.in_(PARTICIPATION_LIVE),
        )
    )
    bump_desks(tx, rt, *agents)


def _take(
    tx: Session, merchants: Collection[str], call_id: str, now_in: models.Supervision | None
) -> models.Call:
    """The call, held, together with the one in which the supervisor is; raises Refused."""
    wanted = merchant_of(tx, merchants, call_id) or "", call_id
    also = {(now_in.merchant_id, now_in.call_id)} if now_in is not None else set()
    call = lock_calls(tx, {wanted} | also).get(wanted)
    if call is None:
        raise Refused("gone", "There is no such talk now.")
    return call


def _taken() -> Refused:
    return Refused("taken", "You are joining another talk at this moment.")


def _note(tx: Session, row: models.Supervision, detail: str, now: float) -> None:
    """That it ended belongs into the list of who did what, whatever ended it; that it began, the panel writes there."""
    tx.add(
        models.Audit(
            merchant_id=row.merchant_id,
            at=now,
            by_id=row.user_id,
            by_name=row.name,
            kind="talk_left",
            about=row.call_id,
            detail=detail,
        )
    )


def _shows_listening(rt: Runtime, merchant_id: str) -> bool:
    flow = rt.books.live_flow(merchant_id)
    return flow is not None and flow.supervision.show_listening
