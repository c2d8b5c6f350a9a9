"""A supervisor takes a waiting caller out of one queue: into another, or straight to an agent. The wait is kept.

The place stays the same row, so the caller in the waiting room notices nothing. Who does not take the caller gives
them back to the queue, like anybody.
"""

from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session as Tx

from callflows.flow import Flow
from callflows.session import Session
from callflows.steps.queue import QueueStep
from routing.snapshot import MakeOffer
from voice import models
from voice.callback_rows import is_pending
from voice.calls import call_among, live_waiting
from voice.dispatch import decide_for_agent, decide_for_queue, ring_now
from voice.joining import in_queue, into_queue, is_rung
from voice.offers import end_rings
from voice.refusals import Refused
from voice.runtime import Runtime
from voice.states import Agent, Waiting

LEFT_SECONDS = 60.0  # of the longest wait that are left at least


def pull_to_queue(
    tx: Tx, rt: Runtime, merchants: Collection[str], call_id: str, name: str
) -> tuple[models.Call, str]:
    """The caller waits in another queue of the flow, as long as before; the call, and the queue before. Raises Refused."""
    call, place = _place_of(tx, merchants, call_id)
    flow = rt.books.flow(call.merchant_id, call.flow_digest)
    wish = into_queue(
        flow,
        name,
        exit_keys=tuple(place.exit_keys),
        leave_when_no_agents=_leads_on_without_agents(flow, place),
    )
    if is_rung(place):
        raise Refused("not_now", "This caller is rung for without a queue. Wait until that is over.")
    if place.queue == name:
        raise Refused("not_now", f"The caller is in the queue {name.replace('_', ' ')} already.")
    before, until_at, sent, now = place.queue, place.deadline_at, place.plan.get("sent"), rt.now()
    rung = _free(tx, rt, place)
    place.stays_if = ""
    in_queue(tx, place, call, flow, wish, place.entered_at)
    place.deadline_at = max(until_at, now + LEFT_SECONDS)
    if sent is not None:
        place.plan = {**place.plan, "sent": sent}
    call.queue = name
    waited = round(now - place.entered_at, 1)
    say = (tx, call.merchant_id, call.id)
    rt.journal.write(*say, "dequeued", now, queue=before, waited=waited, why="pulled")
    rt.journal.write(*say, "enqueued", now, queue=name)
    tx.flush()
    decide_for_queue(tx, rt, call.merchant_id, name)
    _let_have_others(tx, rt, rung)
    return call, before


def pull_to_agent(
    tx: Tx, rt: Runtime, merchants: Collection[str], call_id: str, agent_id: str
) -> tuple[models.Call, models.Agent]:
    """An available agent is rung for this caller now, whoever comes before; raises Refused."""
    call, place = _place_of(tx, merchants, call_id)
    agent = tx.scalar(
        select(models.Agent)
        .join(models.Membership, models.Membership.user_id == models.Agent.id)
        .where(models.Agent.id == agent_id, models.Membership.merchant_id == call.merchant_id)
    )
    if agent is None:
        raise Refused("not_found", "There is no such agent for this merchant.")
    if agent.state != Agent.AVAILABLE:
        raise Refused("not_now", f"{agent.name} is not available now. Choose somebody else, or a queue.")
    rung = _free(tx, rt, place)
    rt.journal.write(tx, call.merchant_id, call.id, "pulled", rt.now(), agent_id=agent.id, queue=place.queue)
    if not ring_now(tx, rt, MakeOffer(place.id, agent.id)):
        raise Refused(
            "not_now", f"{agent.name} became busy at this moment. Choose somebody else, or a queue."
        )
    _let_have_others(tx, rt, rung)
    return call, agent


def _place_of(tx: Tx, merchants: Collection[str], call_id: str) -> tuple[models.Call, models.Waiting]:
    call = call_among(tx, merchants, call_id)
    place = live_waiting(tx, call) if call is not None else None
    if call is None or place is None:
        raise Refused("gone", "This caller does not wait any more.")
    tx.refresh(place)
    if is_pending(call, place):
        raise Refused("not_now", "This customer is to be called back, and is not on the line.")
    if place.is_callback:
        raise Refused("not_now", "This customer is to be called back, and a callback keeps its queue.")
    if place.state not in (Waiting.WAITING, Waiting.OFFERED):
        raise Refused("gone", "This caller is being connected already.")
    return call, place


def _leads_on_without_agents(flow: Flow, place: models.Waiting) -> bool:
    """Whether there is a way on for the caller when nobody is there, whatever the queue before said of staying."""
    step = flow.steps.get(Session.load(place.session).step)
    return "sent" in place.plan or (isinstance(step, QueueStep) and step.no_agents is not None)


def _free(tx: Tx, rt: Runtime, place: models.Waiting) -> list[str]:
    """Nobody is rung for the caller any more; the agents who were, who must not get the place as it still stands."""
    rung = end_rings(tx, rt, place.merchant_id, place.id)
    place.state, place.state_at, place.generation = Waiting.WAITING, rt.now(), place.generation + 1
    tx.flush()
    return rung


def _let_have_others(tx: Tx, rt: Runtime, agent_ids: Iterable[str]) -> None:
    for agent_id in agent_ids:
        decide_for_agent(tx, rt, agent_id)
