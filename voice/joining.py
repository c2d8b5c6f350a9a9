"""Taking a place: in a queue, or for the ring of an agent or a team; or at once the exit for a place that there is not."""

from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session as Tx

from callflows.actions import JoinQueue, RingAgents, TakePlace
from callflows.events import QueueLeft, QueueOutcome, RingEnded, RingOutcome
from callflows.flow import Flow, Queue
from callflows.session import Session
from callflows.steps.queue import needs_of
from callflows.world import Staffing, lets_in
from routing.plan import Plan
from routing.snapshot import Strategy
from voice import models
from voice.callbacks import drop_own
from voice.dispatch import decide_for_queue
from voice.estimates import wait_for_newcomer
from voice.locks import lock_queues
from voice.people import agents_named, last_agent
from voice.plans import plan_of
from voice.recall import resume
from voice.refusals import Refused
from voice.runtime import Runtime
from voice.staffing import agents_there, staffing_among, staffing_of
from voice.states import WAITING_OPEN

RUNG = "@"  # before the name of whom a place without a queue rings
CONNECT_SECONDS = 10.0  # from the decision until every desk of a ring shows it, and back
WHEN_STAFFED = {
    Staffing.AVAILABLE: None,
    Staffing.ALL_BUSY: RingOutcome.BUSY,
    Staffing.ALL_AWAY: RingOutcome.AWAY,
    Staffing.NOBODY: RingOutcome.AWAY,
    Staffing.NO_MEMBERS: RingOutcome.AWAY,
}
MISSED = {"timeout": RingOutcome.NO_ANSWER, "full": RingOutcome.NO_ANSWER}


def why_closed(
    tx: Tx, merchant_id: str, flow: Flow, wish: TakePlace, now: float
) -> QueueLeft | RingEnded | None:
    """What the flow goes on with when there is no place now; None when there is one."""
    if isinstance(wish, RingAgents):
        return _why_silent(tx, merchant_id, wish)
    queue = flow.queues[wish.queue]
    if wish.leave_when_no_agents and not lets_in(
        wish.join_if, staffing_of(tx, merchant_id, wish.queue, queue.tiers)
    ):
        return QueueLeft(QueueOutcome.NO_AGENTS)
    if (queue.capacity, queue.max_estimate_seconds, queue.max_per_agent) == (None, None, None):
        return None
    lock_queues(tx, merchant_id)
    waiting = callers_in(tx, merchant_id, wish.queue)
    if queue.capacity is not None and waiting >= queue.capacity:
        return QueueLeft(QueueOutcome.FULL)
    if waiting and _is_too_long(tx, merchant_id, wish.queue, queue, waiting, now):
        return QueueLeft(QueueOutcome.TOO_LONG)
    return None


def take_place(
    tx: Tx,
    rt: Runtime,
    call: models.Call,
    flow: Flow,
    session: Session,
    wish: TakePlace,
    waiting_id: str,
) -> None:
    """Give the caller a place, and look at once who could take the call."""
    now = rt.now()
    place = models.Waiting(
        merchant_id=call.merchant_id,
        id=waiting_id,
        call_id=call.id,
        state_at=now,
        entered_at=now,
        session=session.dump(),
        record=wish.record,
        record_side=wish.side,
    )
    if isinstance(wish, JoinQueue):
        in_queue(tx, place, call, flow, wish, now)
        resume(tx, rt, call, place, flow.queues[wish.queue].recall_seconds)
        call.queue = wish.queue
    else:
        _for_ring(tx, place, wish, now)
        drop_own(tx, rt, call)
    tx.add(place)
    tx.flush()
    decide_for_queue(tx, rt, call.merchant_id, place.queue)


def into_queue(
    flow: Flow, name: str, *, exit_keys: tuple[str, ...] = (), leave_when_no_agents: bool
) -> JoinQueue:
    """What a queue itself says of a caller who is put there by hand, and by no step of the flow; raises Refused."""
    queue = flow.queues.get(name)
    if queue is None:
        raise Refused("not_found", f"There is no queue {name!r} at this merchant.")
    return JoinQueue(
        queue=name,
        max_wait_seconds=queue.max_wait_seconds,
        priority_minutes=queue.priority_minutes,
        exit_keys=exit_keys,
        leave_when_no_agents=leave_when_no_agents,
        needs=needs_of(queue.skills, queue.relax),
    )


def how_left(waiting: models.Waiting) -> QueueLeft | RingEnded:
    """What the flow goes on with after a place was left."""
    left_as = waiting.left_as or ""
    if is_rung(waiting):
        return RingEnded(MISSED.get(left_as) or RingOutcome(left_as))
    return QueueLeft(QueueOutcome(left_as), waiting.left_key)


def is_rung(waiting: models.Waiting) -> bool:
    """Whether the place is for the ring of an agent or a team, and in no queue."""
    return waiting.queue.startswith(RUNG)


def callers_in(tx: Tx, merchant_id: str, queue: str) -> int:
    """How many callers wait on the line in a queue now."""
    return (
        tx.scalar(
            select(func.count())
            .select_from(models.Waiting)
            .where(
                models.Waiting.merchant_id == merchant_id,
                models.Waiting.queue == queue,
                models.Waiting.state.in_(WAITING_OPEN),
                models.Waiting.is_callback.is_(False),
            )
        )
        or 0
    )


def in_queue(
    tx: Tx, place: models.Waiting, call: models.Call, flow: Flow, wish: JoinQueue, now: float
) -> None:
    """The terms of a place in a queue: what the queue says now, and the step that leads there."""
    queue = flow.queues[wish.queue]
    place.queue, place.exit_keys = wish.queue, "".join(wish.exit_keys)
    place.rank_at = now - 60.0 * wish.priority_minutes
    place.deadline_at = now + wish.max_wait_seconds
    place.ring_seconds, place.wrap_up_seconds = queue.ring_seconds, queue.wrap_up_seconds
    place.strategy, place.gives_up = Strategy(queue.strategy), queue.all_tried == "leave"
    if wish.leave_when_no_agents and queue.stay_if != "always":
        place.stays_if, place.stays_seconds = queue.stay_if, queue.stay_seconds
        place.helpers = "".join(f" {name} " for name in queue.tiers)
    plan = plan_of(flow, wish, lambda name: agents_named(tx, place.merchant_id, name))
    if wish.prefer_seconds and (last := last_agent(tx, call, wish.queue, now)) is not None:
        plan = replace(plan, preferred=(last, float(wish.prefer_seconds)))
    place.plan = plan.dump()


def _for_ring(tx: Tx, place: models.Waiting, wish: RingAgents, now: float) -> None:
    """All who are meant ring at once; the place is left when they all rang in vain."""
    place.queue, place.rank_at = f"{RUNG}{wish.whom}", now
    place.deadline_at = now + wish.ring_seconds + CONNECT_SECONDS
    place.ring_seconds, place.wrap_up_seconds = wish.ring_seconds, wish.wrap_up_seconds
    place.strategy, place.gives_up = Strategy.BROADCAST, True
    place.plan = Plan(only=agents_named(tx, place.merchant_id, wish.whom)).dump()


def _why_silent(tx: Tx, merchant_id: str, wish: RingAgents) -> RingEnded | None:
    meant = agents_named(tx, merchant_id, wish.whom)
    outcome = WHEN_STAFFED[staffing_among(tx, meant)]
    return None if outcome is None else RingEnded(outcome)


def _is_too_long(tx: Tx, merchant_id: str, name: str, queue: Queue, waiting: int, now: float) -> bool:
    """Whether one more caller behind so many would wait too long; the first one never does."""
    if queue.max_per_agent is not None:
        there = agents_there(tx, merchant_id, name, queue.tiers)
        if waiting + 1 > queue.max_per_agent * there:
            return True
    if queue.max_estimate_seconds is None:
        return False
    expected = wait_for_newcomer(tx, merchant_id, name, now)
    return expected is not None and expected > queue.max_estimate_seconds
