"""Deadlines: whatever a row says is over ends here, once a second, each row in a decision of its own."""

from collections.abc import Callable, Iterable
from typing import Final

import structlog
from sqlalchemy.orm import Session

from callflows.world import lets_in
from voice import callbacks, due, lingering, models, supervising
from voice.agents import lose
from voice.callback_rows import is_pending
from voice.calls import remember
from voice.candidates import everybody_was_rung
from voice.consults import look_again
from voice.dispatch import decide_for_agent
from voice.joining import is_rung
from voice.locks import try_agent, try_call
from voice.moves import move
from voice.offers import end_offer, give_back
from voice.phone_legs import late
from voice.runtime import Runtime
from voice.staffing import staffing_of
from voice.states import Agent, CallEnd, Offer, Participation, Waiting
from voice.store import StoreAway
from voice.talks import release_claim
from voice.vanishing import requeue, vanish
from voice.waiting_room import leave

log = structlog.get_logger()

Key = tuple[str, str]


def expire(rt: Runtime, end: "End", keys: Iterable[Key]) -> None:
    """End what was found to be due: a decision for each row, which looks again."""
    looks = LOOKED_AT_FIRST.get(end)
    for key in keys:
        try:
            if looks is None or _is_so(rt, looks, key):
                with rt.write() as tx:
                    end(tx, rt, key)
        except StoreAway:
            raise
        except Exception:  # one row that cannot be ended must not hold up the rest
            log.exception("a deadline failed", row=key)


def _is_so(rt: Runtime, looks: "Look", key: Key) -> bool:
    """Whether there is anything to end: a look disturbs nobody, a decision keeps all others of SQLite waiting."""
    with rt.store.read() as tx:
        return looks(tx, rt, key)


def _end_ring(tx: Session, rt: Runtime, key: Key) -> None:
    offer = tx.get_one(models.Offer, key)
    if _taken(tx, offer) is None:
        return
    happened = due.ring_is_over(offer, rt.now()) if offer.state in (Offer.OFFERED, Offer.RINGING) else None
    if happened is not None and end_offer(tx, rt, offer, happened):
        give_back(tx, rt, offer)
        decide_for_agent(tx, rt, offer.agent_id)


def _release(tx: Session, rt: Runtime, key: Key) -> None:
    waiting = tx.get_one(models.Waiting, key)
    call = _taken(tx, waiting)
    if call is None or waiting.until_at is None or waiting.until_at > rt.now():
        return
    if waiting.state == Waiting.CLAIMED:
        release_claim(
            tx, rt, call, waiting, agent_becomes="claim_failed", why="the agent's phone did not come"
        )
    elif waiting.state == Waiting.BRIDGING:
        release_claim(tx, rt, call, waiting, agent_becomes="released", why="the caller did not come")


def _time_out(tx: Session, rt: Runtime, key: Key) -> None:
    waiting = tx.get_one(models.Waiting, key)
    call = _taken(tx, waiting)
    if (
        call is not None
        and not is_pending(call, waiting)
        and waiting.deadline_at <= rt.now()
        and _sent_on(tx, rt, call, waiting, "timed_out", "timeout")
        and not is_rung(waiting)
    ):
        rt.journal.write(tx, call.merchant_id, call.id, "queue_timed_out", rt.now(), queue=waiting.queue)


def _all_tried(tx: Session, rt: Runtime, key: Key) -> bool:
    return everybody_was_rung(tx, tx.get_one(models.Waiting, key), rt.now())


def _give_up(tx: Session, rt: Runtime, key: Key) -> None:
    waiting = tx.get_one(models.Waiting, key)
    call = _taken(tx, waiting)
    if call is None or waiting.state != Waiting.WAITING or not everybody_was_rung(tx, waiting, rt.now()):
        return
    _sent_on(tx, rt, call, waiting, "left", "no_answer")


def _leave_deserted(tx: Session, rt: Runtime, key: Key) -> None:
    waiting = tx.get_one(models.Waiting, key)
    call = _taken(tx, waiting)
    if call is None or waiting.state != Waiting.WAITING or not waiting.stays_if:
        return
    there = staffing_of(tx, waiting.merchant_id, waiting.queue, waiting.helpers.split())
    if not lets_in(waiting.stays_if, there):
        _sent_on(tx, rt, call, waiting, "left", "no_agents")


def _sent_on(
    tx: Session, rt: Runtime, call: models.Call, waiting: models.Waiting, happened: str, exit_: str
) -> bool:
    """The caller has waited in vain and goes on with the flow; unless an agent comes, the call was missed."""
    if not leave(tx, rt, waiting, happened, exit_):
        return False
    call.waited_seconds = call.waited_seconds or rt.now() - waiting.entered_at
    remember(call, CallEnd.MISSED)
    return True


def _give_up_leg(tx: Session, rt: Runtime, key: Key) -> None:
    talk = tx.get_one(models.Participation, key)
    call = _taken(tx, talk)
    if call is None or talk.until_at is None or talk.until_at > rt.now():
        return
    if talk.state == Participation.TALKING:
        vanish(tx, rt, call, talk)
    elif talk.state == Participation.VANISHED:
        requeue(tx, rt, call, talk)


def _end_notes(tx: Session, rt: Runtime, key: Key) -> None:
    agent = try_agent(tx, key[1])
    if agent is None:
        return
    if agent.state == Agent.WRAP_UP and agent.until_at is not None and agent.until_at <= rt.now():
        move(tx, rt, agent.id, "wrapped_up")
        decide_for_agent(tx, rt, agent.id)


def _lose_desk(tx: Session, rt: Runtime, key: Key) -> None:
    agent = tx.get_one(models.Agent, key[1])
    if agent.seen_at <= rt.now() - due.LEASE_SECONDS:
        lose(tx, rt, agent)


def _end_phone_ring(tx: Session, rt: Runtime, key: Key) -> None:
    ring = tx.get_one(models.PhoneRing, key)
    call = _taken(tx, ring)
    if call is not None and ring.until_at <= rt.now():
        late(tx, rt, call, ring)


def _taken(
    tx: Session, row: models.Offer | models.Waiting | models.Participation | models.PhoneRing
) -> models.Call | None:
    """The row's call, and the row as it is now; None when somebody is at it, then the next round looks again."""
    call = try_call(tx, row.merchant_id, row.call_id)
    if call is not None:
        tx.refresh(row)
    return call if call is not None and row.call_id == call.id else None


End = Callable[[Session, Runtime, Key], None]
Look = Callable[[Session, Runtime, Key], bool]
LOOKED_AT_FIRST: Final[dict[End, Look]] = {_give_up: _all_tried}  # where due.py finds more rows than are over
PASSES: Final[tuple[tuple[due.Due, End], ...]] = (
    (due.LOST_LEGS, _give_up_leg),
    (due.LINGERING_LEGS, lingering.end),
    (due.LATE_CLAIMS, _release),
    (due.UNANSWERED_RINGS, _end_ring),
    (due.MAYBE_ALL_TRIED, _give_up),
    (due.DESERTED, _leave_deserted),
    (due.LONGEST_WAITS, _time_out),
    (due.WRITTEN_NOTES, _end_notes),
    (due.SILENT_DESKS, _lose_desk),
    (due.LATE_PHONES, _end_phone_ring),
    (due.UNDECIDED_ASKINGS, look_again),
    (due.CALLBACKS, callbacks.look_again),
    (due.SUPERVISIONS, supervising.look_again),
)
