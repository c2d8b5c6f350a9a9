"""Who hung up while waiting and calls again soon has the same place: entry and priority of before, once."""

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session as Tx

from voice import models
from voice.callbacks import give_way
from voice.changes import changed
from voice.runtime import Runtime
from voice.states import Waiting

LONGEST_CALL_SECONDS = 86_400.0  # a call that began before is not looked at


def resume(tx: Tx, rt: Runtime, call: models.Call, place: models.Waiting, window_seconds: float) -> None:
    """Give a new place the order of the one that the caller had, if there is one to be had; `place` is not stored yet."""
    before = give_way(tx, rt, call, place.queue)
    how = "callback"
    if before is None:
        before, how = _left_in_this_call(tx, call, place.queue), "asked"
    if before is None:
        before, how = _abandoned(tx, call, place.queue, rt.now() - window_seconds), "called_again"
    if before is None or not _take(tx, before, call):
        return
    place.entered_at, place.head_at = before.entered_at, before.head_at
    place.rank_at = min(place.rank_at, before.rank_at)
    rt.journal.write(
        tx,
        call.merchant_id,
        call.id,
        "place_resumed",
        rt.now(),
        queue=place.queue,
        how=how,
        since=round(rt.now() - before.entered_at, 1),
    )


def _left_in_this_call(tx: Tx, call: models.Call, queue: str) -> models.Waiting | None:
    """The caller left by a key a moment ago, to be called back, and thought better of it."""
    return tx.scalar(
        _of_queue(call, queue)
        .where(
            models.Waiting.call_id == call.id,
            models.Waiting.state == Waiting.LEFT,
            models.Waiting.left_as == "exit_key",
        )
        .limit(1)
    )


def _abandoned(tx: Tx, call: models.Call, queue: str, since: float) -> models.Waiting | None:
    """The last place of this number that was left by hanging up; a withheld number has none."""
    if not call.caller:
        return None
    return tx.scalar(
        _of_queue(call, queue)
        .join(
            models.Call,
            (models.Call.merchant_id == models.Waiting.merchant_id)
            & (models.Call.id == models.Waiting.call_id),
        )
        .where(
            models.Call.caller == call.caller,
            models.Call.started_at > since - LONGEST_CALL_SECONDS,
            models.Waiting.state == Waiting.ABANDONED,
            models.Waiting.state_at > since,
        )
        .limit(1)
    )


def _of_queue(call: models.Call, queue: str) -> Select[models.Waiting]:
    return (
        select(models.Waiting)
        .where(
            models.Waiting.merchant_id == call.merchant_id,
            models.Waiting.queue == queue,
            models.Waiting.resumed_by.is_(None),
        )
        .order_by(models.Waiting.state_at.desc())
    )


def _take(tx: Tx, before: models.Waiting, call: models.Call) -> bool:
    """Once: two calls of one number cannot both have it."""
    taken = changed(
        tx,
        update(models.Waiting)
        .where(
            models.Waiting.merchant_id == before.merchant_id,
            models.Waiting.id == before.id,
            models.Waiting.resumed_by.is_(None),
        )
        .values(resumed_by=call.id),
    )
    return bool(taken)
