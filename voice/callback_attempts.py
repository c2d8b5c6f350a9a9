"""An agent's claim on a callback: from here on it is a call that we make (outbound.py), and an attempt that may fail.

Each attempt is a call of its own, so that nothing late of one leg can be taken for another. The place belongs to it while
it lasts, and goes back to the call in which the callback was asked for when nobody was reached.
"""

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session as Tx

from routing.callbacks import LATER_SECONDS, Attempt, Callback, GiveUp, Tries, after_attempt
from voice import gate, models
from voice.callback_hours import opens
from voice.callback_rows import change, change_place, of_place, tell
from voice.dialling import NotDialled
from voice.runtime import Runtime
from voice.states import CallEnd, Waiting


def why_not(tx: Tx, rt: Runtime, waiting: models.Waiting) -> str:
    """Why the customer must not be called now, for the agent who took the callback; empty when nothing is against it."""
    callback, flow = of_place(tx, waiting), rt.books.live_flow(waiting.merchant_id)
    if flow is None:
        return "This merchant has no flow now, so nobody is called for it."
    if opens(flow, callback.queue, rt.now()) > rt.now():  # the hours have become shorter
        return "The queue is closed now. The customer is called when it is open."
    try:
        gate.admit_callback(flow, callback.number)
        gate.require_calls_left(tx, rt, flow)
    except NotDialled as refused:
        return str(refused)
    return ""


def put_off(tx: Tx, rt: Runtime, waiting: models.Waiting) -> None:
    """Out of line for a few minutes; the caller takes back the rings."""
    callback = of_place(tx, waiting)
    if change_place(tx, rt, waiting, "callback_rests", Waiting.CALLBACK_WAITING):
        change(tx, rt, callback, "closed", next_at=rt.now() + LATER_SECONDS)


def begin(tx: Tx, rt: Runtime, offer: models.Offer, waiting: models.Waiting) -> models.Call:
    """The call of this attempt, for which place and offer now are; the number is dialled when the agent's phone is there."""
    callback, now = of_place(tx, waiting), rt.now()
    asked_in = tx.get_one(models.Call, (callback.merchant_id, callback.call_id))
    call_id = rt.chance.id("ca")
    call = models.Call(
        merchant_id=callback.merchant_id,
        id=call_id,
        call_sid=call_id,
        account_sid=rt.books.account_of(callback.merchant_id).account_sid,
        direction="outbound",
        caller=callback.number,
        caller_name=asked_in.caller_name if asked_in.caller == callback.number else "",
        dialled=_line(rt, asked_in),
        flow_digest=asked_in.flow_digest,
        started_at=now,
        queue=callback.queue,
        next_assignment=1,
        callback_of=callback.id,
    )
    tx.add(call)
    tx.flush()
    waiting.call_id = offer.call_id = call_id
    waiting.proved_at = None
    tx.flush()
    tx.execute(
        update(models.PhoneRing)
        .where(models.PhoneRing.merchant_id == call.merchant_id, models.PhoneRing.offer_id == offer.id)
        .values(call_id=call_id)
    )
    change(tx, rt, callback, "claimed", agent_id=offer.agent_id)
    told: dict[str, Any] = {"number": call.caller, "line": call.dialled}
    rt.journal.write(tx, call.merchant_id, call.id, "dialled", now, agent_id=offer.agent_id, **told)
    tell(tx, rt, callback, "callback_attempted", agent_id=offer.agent_id, attempt=callback.attempts_made + 1)
    return call


def come_to_nothing(tx: Tx, rt: Runtime, waiting: models.Waiting, ended_as: CallEnd, why: str) -> bool:
    """The customer was not reached: the place rests until the next attempt, or ends with the last; false when all is over."""
    callback = of_place(tx, waiting)
    how = _how(Waiting(waiting.state), ended_as)
    tries = Tries(callback.attempts, callback.attempts_made, callback.retry_seconds)
    onward = after_attempt(tries, how, rt.now())
    back = {"call_id": callback.call_id, "agent_id": None, "proved_at": None}
    if not change_place(tx, rt, waiting, "attempt_failed", Waiting.CALLBACK_WAITING, **back):
        return False
    values = {"attempts_made": onward.made, "last_result": ended_as.value}
    if isinstance(onward, GiveUp):
        change(tx, rt, callback, "gave_up", **values)
        change_place(tx, rt, waiting, "callback_ended", Waiting.CALLBACK_ENDED, left_as="callback_ended")
        tell(tx, rt, callback, "callback_failed", attempts=onward.made, why=why)
    else:
        until_at = min(onward.until_at, callback.expires_at)
        change(tx, rt, callback, "to_be_tried_again", next_at=until_at, **values)
        tell(tx, rt, callback, "callback_put_back", why=why, again_in=round(until_at - rt.now()))
    return True


def reached(tx: Tx, rt: Runtime, waiting: models.Waiting) -> None:
    """Customer and agent can talk: the promise is kept. From here on it is a call like any other that we made."""
    callback = of_place(tx, waiting)
    if callback.state != Callback.DIALLING:
        return
    change(tx, rt, callback, "answered", attempts_made=callback.attempts_made + 1, last_result="answered")
    flow = rt.books.live_flow(callback.merchant_id)
    queue = flow.queues.get(callback.queue) if flow is not None else None
    waiting.deadline_at = rt.now() + (queue.max_wait_seconds if queue is not None else 1800.0)
    tell(
        tx, rt, callback, "callback_done", agent_id=waiting.agent_id, attempts=callback.attempts_made,
        after=round(rt.now() - callback.asked_at),
    )  # fmt: skip


def _how(stood: Waiting, ended_as: CallEnd) -> Attempt:
    if stood == Waiting.CLAIMED:
        return Attempt.NOT_DIALLED
    return Attempt.CALLED_OFF if ended_as == CallEnd.CANCELLED else Attempt.NOT_REACHED


def _line(rt: Runtime, asked_in: models.Call) -> str:
    """The number that the customer dialled, if it is still the merchant's."""
    owner, _ = rt.books.page.numbers.get(asked_in.dialled, ("", ""))
    if owner == asked_in.merchant_id:
        return asked_in.dialled
    flow = rt.books.live_flow(asked_in.merchant_id)
    ours = [
        one
        for one in (flow.numbers if flow else ())
        if rt.books.page.numbers.get(one, ("",))[0] == asked_in.merchant_id
    ]
    return ours[0] if ours else asked_in.dialled
