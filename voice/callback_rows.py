"""The rows of a callback: which one a place is, and each of its changes as a conditional update."""

from typing import Any, Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session as Tx

from routing.callbacks import CALLBACK_MOVES, CALLBACK_OPEN, Callback
from voice import models
from voice.changes import changed
from voice.runtime import Runtime
from voice.states import WAITING_MOVES, Waiting, sources

_OPEN: Final = select(models.Callback).where(
    models.Callback.merchant_id == bindparam("merchant"),
    models.Callback.queue == bindparam("of_queue"),
    models.Callback.number == bindparam("of_number"),
    models.Callback.state.in_(CALLBACK_OPEN),
)


def of_place(tx: Tx, waiting: models.Waiting) -> models.Callback:
    """The callback that a place became."""
    return tx.get_one(models.Callback, (waiting.merchant_id, waiting.id), populate_existing=True)


def is_pending(call: models.Call, waiting: models.Waiting) -> bool:
    """Whether this place belongs to somebody who is to be called, and `call` is the one in which that was asked for."""
    return waiting.is_callback and call.callback_of is None


def open_for(tx: Tx, merchant_id: str, queue: str, number: str) -> models.Callback | None:
    """The open callback of a number (E.164) for a queue; there is one at most."""
    return tx.scalar(_OPEN, {"merchant": merchant_id, "of_queue": queue, "of_number": number})


def change(tx: Tx, rt: Runtime, callback: models.Callback, happened: str, **values: Any) -> bool:
    """Move a callback by what happened; false when the table has no such move, or something else came first."""
    target = CALLBACK_MOVES.get((Callback(callback.state), happened))
    if target is None:
        return False
    moved = changed(
        tx,
        update(models.Callback)
        .where(
            models.Callback.merchant_id == callback.merchant_id,
            models.Callback.id == callback.id,
            models.Callback.state == callback.state,
        )
        .values(state=target, state_at=rt.now(), **values),
    )
    tx.refresh(callback)
    return bool(moved)


def change_place(
    tx: Tx, rt: Runtime, waiting: models.Waiting, happened: str, target: Waiting, **values: Any
) -> bool:
    """Move the place of a callback, which takes it out of every hand that holds an older generation."""
    moved = changed(
        tx,
        update(models.Waiting)
        .where(
            models.Waiting.merchant_id == waiting.merchant_id,
            models.Waiting.id == waiting.id,
            models.Waiting.state.in_(sources(WAITING_MOVES, happened)),
            models.Waiting.generation == waiting.generation,
        )
        .values(state=target, state_at=rt.now(), generation=waiting.generation + 1, until_at=None, **values),
    )
    tx.refresh(waiting)
    return bool(moved)


def tell(
    tx: Tx, rt: Runtime, callback: models.Callback, kind: str, *, agent_id: str | None = None, **data: Any
) -> None:
    """Into the story of the call in which the callback was asked for."""
    rt.journal.write(
        tx,
        callback.merchant_id,
        callback.call_id,
        kind,
        rt.now(),
        agent_id=agent_id,
        queue=callback.queue,
        **data,
    )
