"""A callback is asked for: the caller's place becomes one without a leg, and one number keeps one place."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as Tx

from callflows.actions import RequestCallback
from callflows.flow import Flow
from callflows.session import Session
from routing.callbacks import LONGEST_SECONDS, Callback
from routing.plan import Plan
from voice import gate, models
from voice.callback_rows import change, change_place, open_for, tell
from voice.callbacks import drop_own, own_callback
from voice.calls import remember
from voice.dialling import NotDialled
from voice.locks import lock_call
from voice.offers import withdraw
from voice.people import agents_named
from voice.plans import plan_of
from voice.runtime import Runtime
from voice.states import CallEnd, Waiting

GONE = (Waiting.LEFT, Waiting.TIMED_OUT)  # a place that can be had again in the same call


def ask(
    tx: Tx, rt: Runtime, call: models.Call, flow: Flow, session: Session, wish: RequestCallback, place_id: str
) -> bool:
    """Promise a callback to who is on the line; false when the number is none that may be called."""
    try:
        number = gate.admit_callback(flow, wish.number)
    except NotDialled:
        return False
    known = open_for(tx, call.merchant_id, wish.queue, number)
    mine = own_callback(tx, call)
    if known is None and mine is not None and mine.queue == wish.queue:
        _other_number(tx, rt, mine, number, wish)
    elif known is None:
        _new(tx, rt, call, flow, session, wish, number, place_id)
    elif known.call_id != call.id:
        _asked_again(tx, rt, call, known, wish)
    remember(call, CallEnd.CALLBACK_REQUESTED)
    call.queue = wish.queue
    return True


def _asked_again(
    tx: Tx, rt: Runtime, call: models.Call, callback: models.Callback, wish: RequestCallback
) -> None:
    """One number keeps one place: it is this call's from now on, and waits until the caller is off the line again.

    The promise is a new one, with all of its attempts and a whole week.
    """
    lock_call(tx, callback.merchant_id, callback.call_id)
    tx.refresh(callback)
    place = tx.get_one(models.Waiting, (callback.merchant_id, callback.id), populate_existing=True)
    promise: dict[str, Any] = {**_terms(wish, rt.now()), "attempts_made": 0, "last_result": ""}
    if not change(tx, rt, callback, "asked_again", call_id=call.id, **promise):
        return  # an agent calls at this moment
    drop_own(tx, rt, call)
    stands: dict[str, Any] = {"call_id": call.id, "deadline_at": callback.expires_at}
    change_place(tx, rt, place, "callback_rests", Waiting.CALLBACK_WAITING, **stands)
    withdraw(tx, rt, place)


def _other_number(tx: Tx, rt: Runtime, callback: models.Callback, number: str, wish: RequestCallback) -> None:
    """In one call the later number counts, with the place of the first: one call has one place."""
    try:
        with tx.begin_nested():
            moved = change(tx, rt, callback, "other_number", number=number, **_terms(wish, rt.now()))
    except IntegrityError:  # it was asked for on another line at this very moment, and is promised there
        return
    if moved:
        tell(tx, rt, callback, "callback_moved", number=number)


def _terms(wish: RequestCallback, now: float) -> dict[str, Any]:
    """How often, how soon and how long a callback that is asked for now is tried."""
    return {
        "expires_at": now + LONGEST_SECONDS,
        "delay_seconds": float(wish.delay_seconds),
        "retry_seconds": float(wish.retry_seconds),
        "attempts": wish.attempts,
    }


def _new(
    tx: Tx,
    rt: Runtime,
    call: models.Call,
    flow: Flow,
    session: Session,
    wish: RequestCallback,
    number: str,
    place_id: str,
) -> None:
    now = rt.now()
    drop_own(tx, rt, call)
    left = _place_left(tx, call, wish.queue)
    place = left or _new_place(tx, call, flow, session, wish, place_id, now)
    callback = models.Callback(
        merchant_id=call.merchant_id,
        id=place.id,
        call_id=call.id,
        queue=wish.queue,
        number=number,
        state=Callback.ASKED,
        state_at=now,
        asked_at=now,
        next_at=now,
        left_as=place.left_as or "" if left is not None else "",
        **_terms(wish, now),
    )
    try:
        with tx.begin_nested():
            tx.add(callback)
            tx.flush()
    except IntegrityError:  # the same number asked on another line at this very moment
        if open_for(tx, call.merchant_id, wish.queue, number) is None:
            raise
        return
    if left is None:
        tx.add(place)
        tx.flush()
    else:
        change_place(
            tx, rt, place, "callback_asked", Waiting.CALLBACK_WAITING, left_as=None, agent_id=None, proved_at=None,
            is_callback=True, gives_up=False, stays_if="", exit_keys="", deadline_at=callback.expires_at,
        )  # fmt: skip


def _place_left(tx: Tx, call: models.Call, queue: str) -> models.Waiting | None:
    """The place in this queue that the caller had in this call."""
    return tx.scalar(
        select(models.Waiting)
        .where(
            models.Waiting.merchant_id == call.merchant_id,
            models.Waiting.call_id == call.id,
            models.Waiting.queue == queue,
            models.Waiting.state.in_(GONE),
            models.Waiting.is_callback.is_(False),
        )
        .order_by(models.Waiting.entered_at.desc())
        .limit(1)
    )


def _new_place(
    tx: Tx, call: models.Call, flow: Flow, session: Session, wish: RequestCallback, place_id: str, now: float
) -> models.Waiting:
    """Who asks without having waited stands at the end of the queue."""
    queue = flow.queues[wish.queue]
    plan: Plan = plan_of(flow, wish, lambda name: agents_named(tx, call.merchant_id, name))
    return models.Waiting(
        merchant_id=call.merchant_id,
        id=place_id,
        call_id=call.id,
        queue=wish.queue,
        state=Waiting.CALLBACK_WAITING,
        state_at=now,
        entered_at=now,
        rank_at=now - 60.0 * queue.priority_minutes,
        deadline_at=now + LONGEST_SECONDS,
        ring_seconds=float(queue.ring_seconds),
        wrap_up_seconds=float(queue.wrap_up_seconds),
        session=session.dump(),
        record=wish.record,
        record_side=wish.side,
        strategy=queue.strategy,
        plan=plan.dump(),
        is_callback=True,
    )
