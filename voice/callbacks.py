"""Callbacks: a place without a leg. Brought into line when due, out of it when the queue closes, ended once.

The place (`waiting`) is the one that the caller had, so entry and priority stay; it takes offers like any other. How one is
asked for is in `callback_wishes.py`, what an agent's claim does in `callback_attempts.py`. Whoever changes a callback
holds the call in which it was asked for.
"""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session as Tx

from callflows.flow import Flow
from routing.callbacks import CALLBACK_PENDING, LATER_SECONDS, ON_THE_LINE_SECONDS, Callback
from voice import gate, models
from voice.callback_hours import leaves_line, opens
from voice.callback_rows import change, change_place, of_place, open_for, tell
from voice.calls import live_waiting
from voice.dialling import NotDialled
from voice.dispatch import decide_for_queue
from voice.locks import lock_call, try_call
from voice.offers import withdraw
from voice.refusals import Refused
from voice.runtime import Runtime
from voice.states import Waiting


def caller_left(tx: Tx, rt: Runtime, waiting: models.Waiting) -> None:
    """The caller who asked is off the line: from now on the callback can come into line."""
    callback = of_place(tx, waiting)
    if change(tx, rt, callback, "caller_left", next_at=rt.now() + callback.delay_seconds):
        bring_on(tx, rt, callback)


def place_before(tx: Tx, waiting: models.Waiting) -> models.Waiting | None:
    """The place of the caller who asked, as it was left: a request about it that comes again gets the same answer."""
    left_as = of_place(tx, waiting).left_as
    if left_as:
        tx.expunge(waiting)
        waiting.left_as = left_as
        return waiting
    return tx.scalar(
        select(models.Waiting)
        .where(
            models.Waiting.merchant_id == waiting.merchant_id,
            models.Waiting.call_id == waiting.call_id,
            models.Waiting.left_as.is_not(None),
            models.Waiting.state != Waiting.CALLBACK_ENDED,
        )
        .order_by(models.Waiting.entered_at.desc())
        .limit(1)
    )


def look_again(tx: Tx, rt: Runtime, key: tuple[str, str]) -> None:
    """A callback's moment has come; nothing happens while somebody else is at it."""
    callback = tx.get_one(models.Callback, key, populate_existing=True)
    call = try_call(tx, callback.merchant_id, callback.call_id)
    if call is None:
        return
    tx.refresh(callback)
    if callback.call_id == call.id and callback.next_at <= rt.now():
        bring_on(tx, rt, callback)


def bring_on(tx: Tx, rt: Runtime, callback: models.Callback) -> None:
    """Into line when it is due and the queue is open, out of it when the queue closes, and an end after a week."""
    now = rt.now()
    if now >= callback.expires_at:
        give_up(tx, rt, callback, "nobody could call within a week")
        return
    flow = rt.books.live_flow(callback.merchant_id)
    opening = opens(flow, callback.queue, now)
    if callback.state == Callback.IN_LINE and opening > now:
        _rest(tx, rt, callback, opening)
    elif callback.state == Callback.RESTING and callback.next_at <= now:
        if opening > now or flow is None:
            callback.next_at = min(opening, callback.expires_at)
        elif _is_on_the_line(tx, callback):
            callback.next_at = now + ON_THE_LINE_SECONDS
        else:
            _into_line(tx, rt, callback, flow)
    elif callback.state == Callback.IN_LINE:  # the hours have become longer since it came into line
        callback.next_at = leaves_line(flow, callback, now)


def give_up(tx: Tx, rt: Runtime, callback: models.Callback, why: str) -> None:
    """The customer will not be called any more."""
    if end(tx, rt, callback, "gave_up"):
        tell(tx, rt, callback, "callback_failed", attempts=callback.attempts_made, why=why)


def cancel(tx: Tx, rt: Runtime, merchants: Collection[str], callback_id: str, by: str) -> models.Callback:
    """Somebody takes a callback off the list. Raises Refused."""
    known = tx.scalar(
        select(models.Callback).where(
            models.Callback.id == callback_id, models.Callback.merchant_id.in_(merchants)
        )
    )
    if known is None:
        raise Refused("not_found", "There is no such callback.")
    lock_call(tx, known.merchant_id, known.call_id)
    tx.refresh(known)
    if known.state == Callback.DIALLING:
        raise Refused("not_now", "An agent is calling this customer now.")
    if not end(tx, rt, known, "cancelled"):
        raise Refused("gone", "This callback is over already.")
    tell(tx, rt, known, "callback_cancelled", by=by)
    return known


def end(tx: Tx, rt: Runtime, callback: models.Callback, happened: str) -> bool:
    """End a callback and its place, whatever desk rings for it; false when an agent has it, or it is over."""
    place = tx.get_one(models.Waiting, (callback.merchant_id, callback.id), populate_existing=True)
    if not change(tx, rt, callback, happened):
        return False
    change_place(tx, rt, place, "callback_ended", Waiting.CALLBACK_ENDED, left_as="callback_ended")
    withdraw(tx, rt, place)
    return True


def give_way(tx: Tx, rt: Runtime, call: models.Call, queue: str) -> models.Waiting | None:
    """Who is to be called back waits on the line again: the place of the callback, whose order is lent; None without one.

    A number proves nobody, so the callback of another call rests meanwhile and ends only with an answer (`answered`).
    The place that this very call asked for gives way for good, and is not returned when it is of another queue.
    """
    mine = drop_own(tx, rt, call)
    known = open_for(tx, call.merchant_id, queue, call.caller) if call.caller else None
    if known is None:
        return mine if mine is not None and mine.queue == queue else None
    lock_call(tx, known.merchant_id, known.call_id)
    tx.refresh(known)
    return _lent(tx, rt, known, call) if known.state in CALLBACK_PENDING else None


def answered(tx: Tx, rt: Runtime, call: models.Call, queue: str) -> None:
    """Who was to be called back by this queue talks to an agent of it: there is nothing left to call for."""
    known = open_for(tx, call.merchant_id, queue, call.caller) if call.caller else None
    if known is not None:
        lock_call(tx, known.merchant_id, known.call_id)
        tx.refresh(known)
        _replaced(tx, rt, known)


def drop_own(tx: Tx, rt: Runtime, call: models.Call) -> models.Waiting | None:
    """A call has one place: that of the callback which it asked for gives way to the next one, whatever that is."""
    callback = own_callback(tx, call)
    if callback is None or not _replaced(tx, rt, callback):
        return None
    return tx.get_one(models.Waiting, (callback.merchant_id, callback.id))


def own_callback(tx: Tx, call: models.Call) -> models.Callback | None:
    """The callback whose place this call has; who asked for one had a queue in mind."""
    if call.queue is None:
        return None
    place = live_waiting(tx, call)
    return of_place(tx, place) if place is not None and place.is_callback else None


def _lent(tx: Tx, rt: Runtime, callback: models.Callback, call: models.Call) -> models.Waiting:
    """The place of a callback for a call of the same number; nobody is rung for the callback meanwhile."""
    place = tx.get_one(models.Waiting, (callback.merchant_id, callback.id), populate_existing=True)
    had_by = tx.get(models.Call, (call.merchant_id, place.resumed_by)) if place.resumed_by else None
    if had_by is not None and (had_by.id == call.id or had_by.ended_at is not None):
        place.resumed_by = None
        tx.flush()
    if callback.state == Callback.IN_LINE and change_place(
        tx, rt, place, "callback_rests", Waiting.CALLBACK_WAITING
    ):
        change(tx, rt, callback, "customer_waits", next_at=rt.now() + ON_THE_LINE_SECONDS)
        tell(tx, rt, callback, "callback_held")
        withdraw(tx, rt, place)
    return place


def _is_on_the_line(tx: Tx, callback: models.Callback) -> bool:
    """Whether the customer has called again, waits in this queue or has left it, and has not hung up yet."""
    call, place = models.Call, models.Waiting
    return (
        tx.scalar(
            select(call.id)
            .join(place, (place.merchant_id == call.merchant_id) & (place.call_id == call.id))
            .where(
                call.merchant_id == callback.merchant_id,
                call.caller == callback.number,
                call.started_at > callback.asked_at,
                call.ended_at.is_(None),
                call.direction == "inbound",
                call.id != callback.call_id,
                place.queue == callback.queue,
            )
            .limit(1)
        )
        is not None
    )


def _replaced(tx: Tx, rt: Runtime, callback: models.Callback) -> bool:
    if callback.state not in CALLBACK_PENDING or not end(tx, rt, callback, "called_again"):
        return False
    tell(tx, rt, callback, "callback_replaced")
    return True


def _into_line(tx: Tx, rt: Runtime, callback: models.Callback, flow: Flow) -> None:
    now = rt.now()
    try:
        gate.admit_callback(flow, callback.number)
    except NotDialled as refused:
        give_up(tx, rt, callback, str(refused))
        return
    try:
        gate.require_calls_left(tx, rt, flow)
    except NotDialled:
        callback.next_at = now + LATER_SECONDS
        return
    place = tx.get_one(models.Waiting, (callback.merchant_id, callback.id), populate_existing=True)
    if change(tx, rt, callback, "due", next_at=leaves_line(flow, callback, now)):
        change_place(tx, rt, place, "callback_due", Waiting.WAITING)
        tell(tx, rt, callback, "callback_due")
        decide_for_queue(tx, rt, callback.merchant_id, callback.queue)


def _rest(tx: Tx, rt: Runtime, callback: models.Callback, until_at: float) -> None:
    """The queue closes while it is in line: nobody is rung for it any more."""
    place = tx.get_one(models.Waiting, (callback.merchant_id, callback.id), populate_existing=True)
    if change_place(tx, rt, place, "callback_rests", Waiting.CALLBACK_WAITING):
        change(tx, rt, callback, "closed", next_at=min(until_at, callback.expires_at))
        tell(tx, rt, callback, "callback_rested")
        withdraw(tx, rt, place)
