"""Deadlines: whatever a row says is over ends here, once a second, each row in a decision of its own."""

from collections.abc import Callable, Iterator
from typing import Final

import structlog
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from voice import models
from voice.agents import lose
from voice.calls import remember
from voice.candidates import everybody_was_rung
from voice.dispatch import decide_for_agent
from voice.joining import is_rung
from voice.locks import try_agent, try_call
from voice.moves import move
from voice.offers import end_offer, give_back
from voice.runtime import Runtime
from voice.states import Agent, CallEnd, Offer, Participation, Waiting
from voice.store import StoreAway
from voice.talks import release_claim
from voice.vanishing import requeue, vanish
from voice.waiting_room import leave

log = structlog.get_logger()

ACKNOWLEDGE_SECONDS = 3.0  # from the write to an open stream to the desk's answer
DELIVER_SECONDS = 5.0  # from the decision to the write
LEASE_SECONDS = 30.0  # a desk that answered no ping for so long is unreachable, also when push itself died
AT_ONCE = 200

Key = tuple[str, str]


def expire(rt: Runtime) -> None:
    """End everything that is due: one look for all of it, then a decision for each row, which looks again."""
    with rt.store.read() as tx:
        due = [(end, key) for find, end in PASSES for key in find(tx, rt.now())]
    for end, key in due:
        try:
            with rt.write() as tx:
                end(tx, rt, key)
        except StoreAway:
            raise
        except Exception:  # one row that cannot be ended must not hold up the rest
            log.exception("a deadline failed", row=key)


def _unanswered_rings(tx: Session, now: float) -> Iterator[Key]:
    offered = models.Offer.state == Offer.OFFERED
    is_over = or_(
        and_(models.Offer.state == Offer.RINGING, models.Offer.ring_until_at <= now),
        and_(offered, models.Offer.pushed_at <= now - ACKNOWLEDGE_SECONDS),
        and_(offered, models.Offer.pushed_at.is_(None), models.Offer.offered_at <= now - DELIVER_SECONDS),
    )
    return _keys(tx, models.Offer, is_over)


def _ring_is_over(offer: models.Offer, now: float) -> str | None:
    if offer.state == Offer.RINGING:
        return "rang_out" if (offer.ring_until_at or 0.0) <= now else None
    if offer.pushed_at is not None:
        return "unacknowledged" if offer.pushed_at + ACKNOWLEDGE_SECONDS <= now else None
    return "undelivered" if offer.offered_at + DELIVER_SECONDS <= now else None


def _end_ring(tx: Session, rt: Runtime, key: Key) -> None:
    offer = tx.get_one(models.Offer, key)
    if _taken(tx, offer) is None:
        return
    happened = _ring_is_over(offer, rt.now()) if offer.state in (Offer.OFFERED, Offer.RINGING) else None
    if happened is not None and end_offer(tx, rt, offer, happened):
        give_back(tx, rt, offer)
        decide_for_agent(tx, rt, offer.agent_id)


def _late_claims(tx: Session, now: float) -> Iterator[Key]:
    return _keys(
        tx,
        models.Waiting,
        models.Waiting.state.in_((Waiting.CLAIMED, Waiting.BRIDGING)),
        models.Waiting.until_at <= now,
    )


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


def _longest_waits(tx: Session, now: float) -> Iterator[Key]:
    return _keys(
        tx,
        models.Waiting,
        models.Waiting.state.in_((Waiting.WAITING, Waiting.OFFERED)),
        models.Waiting.deadline_at <= now,
        models.Waiting.left_as.is_(None),
    )


def _time_out(tx: Session, rt: Runtime, key: Key) -> None:
    waiting = tx.get_one(models.Waiting, key)
    call = _taken(tx, waiting)
    if (
        call is not None
        and waiting.deadline_at <= rt.now()
        and leave(tx, rt, waiting, "timed_out", "timeout")
    ):
        call.waited_seconds = call.waited_seconds or rt.now() - waiting.entered_at
        remember(call, CallEnd.MISSED)
        if not is_rung(waiting):
            rt.journal.write(tx, call.merchant_id, call.id, "queue_timed_out", rt.now(), queue=waiting.queue)


def _all_tried(tx: Session, now: float) -> Iterator[Key]:
    return _keys(
        tx,
        models.Waiting,
        models.Waiting.state == Waiting.WAITING,
        models.Waiting.gives_up.is_(True),
        models.Waiting.left_as.is_(None),
    )


def _give_up(tx: Session, rt: Runtime, key: Key) -> None:
    waiting = tx.get_one(models.Waiting, key)
    call = _taken(tx, waiting)
    if call is None or waiting.state != Waiting.WAITING or not everybody_was_rung(tx, waiting, rt.now()):
        return
    if leave(tx, rt, waiting, "left", "no_answer"):
        call.waited_seconds = call.waited_seconds or rt.now() - waiting.entered_at
        remember(call, CallEnd.MISSED)


def _lost_legs(tx: Session, now: float) -> Iterator[Key]:
    return _keys(
        tx,
        models.Participation,
        models.Participation.until_at <= now,
        models.Participation.state.in_((Participation.TALKING, Participation.VANISHED)),
    )


def _give_up_leg(tx: Session, rt: Runtime, key: Key) -> None:
    talk = tx.get_one(models.Participation, key)
    call = _taken(tx, talk)
    if call is None or talk.until_at is None or talk.until_at > rt.now():
        return
    if talk.state == Participation.TALKING:
        vanish(tx, rt, call, talk)
    elif talk.state == Participation.VANISHED:
        requeue(tx, rt, call, talk)


def _written_notes(tx: Session, now: float) -> Iterator[Key]:
    rows = tx.scalars(
        select(models.Agent.id)
        .where(models.Agent.state == Agent.WRAP_UP, models.Agent.until_at <= now)
        .limit(AT_ONCE)
    )
    return (("", agent_id) for agent_id in rows)


def _end_notes(tx: Session, rt: Runtime, key: Key) -> None:
    agent = try_agent(tx, key[1])
    if agent is None:
        return
    if agent.state == Agent.WRAP_UP and agent.until_at is not None and agent.until_at <= rt.now():
        move(tx, rt, agent.id, "wrapped_up")
        decide_for_agent(tx, rt, agent.id)


def _silent_desks(tx: Session, now: float) -> Iterator[Key]:
    rows = tx.scalars(
        select(models.Agent.id)
        .where(
            models.Agent.state.in_((Agent.AVAILABLE, Agent.RINGING, Agent.WRAP_UP)),
            models.Agent.seen_at <= now - LEASE_SECONDS,
        )
        .limit(AT_ONCE)
    )
    return (("", agent_id) for agent_id in rows)


def _lose_desk(tx: Session, rt: Runtime, key: Key) -> None:
    agent = tx.get_one(models.Agent, key[1])
    if agent.seen_at <= rt.now() - LEASE_SECONDS:
        lose(tx, rt, agent)


def _taken(tx: Session, row: models.Offer | models.Waiting | models.Participation) -> models.Call | None:
    """The row's call, and the row as it is now; None when somebody is at it, then the next round looks again."""
    call = try_call(tx, row.merchant_id, row.call_id)
    if call is not None:
        tx.refresh(row)
    return call


def _keys(
    tx: Session, table: type[models.Waiting | models.Participation | models.Offer], *where: object
) -> Iterator[Key]:
    rows = tx.execute(select(table.merchant_id, table.id).where(*where).limit(AT_ONCE))  # type: ignore[arg-type]
    return ((merchant_id, row_id) for merchant_id, row_id in rows)


PASSES: Final[
    tuple[tuple[Callable[[Session, float], Iterator[Key]], Callable[[Session, Runtime, Key], None]], ...]
] = (
    (_lost_legs, _give_up_leg),
    (_late_claims, _release),
    (_unanswered_rings, _end_ring),
    (_all_tried, _give_up),
    (_longest_waits, _time_out),
    (_written_notes, _end_notes),
    (_silent_desks, _lose_desk),
)
