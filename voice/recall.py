"""Who hung up while waiting and calls again soon has the same place: entry and priority of before, once."""

from typing import Final

from sqlalchemy import Float, bindparam, select, update
from sqlalchemy.orm import Session as Tx

from voice import models
from voice.callbacks import give_way
from voice.changes import changed
from voice.runtime import Runtime
from voice.states import Waiting

LONGEST_CALL_SECONDS = 86_400.0  # a call that began before is not looked at

_W: Final = models.Waiting
_OF_QUEUE: Final = (
    select(_W)
    .where(
        _W.merchant_id == bindparam("merchant"), _W.queue == bindparam("of_queue"), _W.resumed_by.is_(None)
    )
    .order_by(_W.state_at.desc())
    .limit(1)
)
_LEFT: Final = _OF_QUEUE.where(
    _W.call_id == bindparam("of_call"), _W.state == Waiting.LEFT, _W.left_as == "exit_key"
)
_ABANDONED: Final = _OF_QUEUE.join(
    models.Call, (models.Call.merchant_id == _W.merchant_id) & (models.Call.id == _W.call_id)
).where(
    models.Call.caller == bindparam("of_caller"),
    models.Call.started_at > bindparam("since", type_=Float(53)) - LONGEST_CALL_SECONDS,
    _W.state == Waiting.ABANDONED,
    _W.state_at > bindparam("since", type_=Float(53)),
)


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
    if call.queue is None:  # the caller was in none yet
        return None
    return tx.scalar(_LEFT, {"merchant": call.merchant_id, "of_queue": queue, "of_call": call.id})


def _abandoned(tx: Tx, call: models.Call, queue: str, since: float) -> models.Waiting | None:
    """The last place of this number that was left by hanging up; a withheld number has none."""
    if not call.caller:
        return None
    named = {"merchant": call.merchant_id, "of_queue": queue, "of_caller": call.caller, "since": since}
    return tx.scalar(_ABANDONED, named)


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
