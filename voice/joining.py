"""Joining a queue: a place for the caller, or at once the exit that the flow has for a queue that lets nobody in."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session as Tx

from callflows.actions import JoinQueue
from callflows.events import QueueOutcome
from callflows.flow import Flow
from callflows.session import Session
from voice import models
from voice.dispatch import decide_for_queue
from voice.locks import lock_queues
from voice.runtime import Runtime
from voice.states import WAITING_OPEN, Agent


def why_closed(tx: Tx, merchant_id: str, flow: Flow, wish: JoinQueue) -> QueueOutcome | None:
    """The flow's exit for a queue that lets nobody in now; None when there is a place."""
    if wish.leave_when_no_agents and not _agents_on_shift(tx, merchant_id, wish.queue):
        return QueueOutcome.NO_AGENTS
    capacity = flow.queues[wish.queue].capacity
    if capacity is None:
        return None
    lock_queues(tx, merchant_id)
    return QueueOutcome.FULL if callers_in(tx, merchant_id, wish.queue) >= capacity else None


def take_place(
    tx: Tx,
    rt: Runtime,
    call: models.Call,
    flow: Flow,
    session: Session,
    wish: JoinQueue,
    waiting_id: str,
) -> None:
    """Give the caller a place, and look at once who could take the call."""
    now, queue = rt.now(), flow.queues[wish.queue]
    tx.add(
        models.Waiting(
            merchant_id=call.merchant_id,
            id=waiting_id,
            call_id=call.id,
            queue=wish.queue,
            state_at=now,
            entered_at=now,
            rank_at=now - 60.0 * wish.priority_minutes,
            deadline_at=now + wish.max_wait_seconds,
            ring_seconds=queue.ring_seconds,
            wrap_up_seconds=queue.wrap_up_seconds,
            session=session.dump(),
            exit_keys="".join(wish.exit_keys),
            record=wish.record,
        )
    )
    call.queue = wish.queue
    tx.flush()
    decide_for_queue(tx, rt, call.merchant_id, wish.queue)


def callers_in(tx: Tx, merchant_id: str, queue: str) -> int:
    """How many callers are in a queue now."""
    return (
        tx.scalar(
            select(func.count())
            .select_from(models.Waiting)
            .where(
                models.Waiting.merchant_id == merchant_id,
                models.Waiting.queue == queue,
                models.Waiting.state.in_(WAITING_OPEN),
            )
        )
        or 0
    )


def _agents_on_shift(tx: Tx, merchant_id: str, queue: str) -> int:
    return (
        tx.scalar(
            select(func.count())
            .select_from(models.QueueMember)
            .join(models.Agent, models.Agent.id == models.QueueMember.agent_id)
            .where(
                models.QueueMember.merchant_id == merchant_id,
                models.QueueMember.queue == queue,
                models.Agent.state.not_in((Agent.OFFLINE, Agent.UNREACHABLE)),
            )
        )
        or 0
    )
