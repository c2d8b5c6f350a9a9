"""What supervisors do to agents of their merchants: set a state, and finish what hangs: a ring, a talk, a wrap-up.

An agent has one state across all merchants, so a supervisor of any of them may set it. Callers are touched only where
they are a caller of the supervisor's own merchants. A busy agent is not torn away: the state comes after the call. `by` is the id of the supervisor.
"""

from collections.abc import Collection
from typing import Final

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from voice import agents, consults, models, talks, tally
from voice.calls import call_among
from voice.dispatch import decide_for_agent
from voice.due import LEASE_SECONDS
from voice.locks import lock_agent
from voice.moves import bump_desks, move
from voice.offers import BACK_OFF_SECONDS, end_offer, give_back
from voice.refusals import Refused
from voice.runtime import Runtime
from voice.states import AGENT_BUSY, OFFER_LIVE, PARTICIPATION_LIVE, Agent, Offer, Role

BEGINS: Final = {  # how each state becomes available
    Agent.OFFLINE: "shift_started",
    Agent.AWAY: "came_back",
    Agent.UNREACHABLE: "came_back",
    Agent.WRAP_UP: "wrapped_up",
}


def agent_of(tx: Session, merchants: Collection[str], agent_id: str) -> models.Agent:
    """An agent of these merchants, as the floor lists them, locked; raises Refused."""
    is_agent = select(models.Membership.user_id).where(
        models.Membership.merchant_id.in_(merchants), models.Membership.role == "agent"
    )
    serves = select(models.QueueMember.agent_id).where(models.QueueMember.merchant_id.in_(merchants))
    known = tx.scalar(
        select(models.Agent.id).where(
            models.Agent.id == agent_id, or_(models.Agent.id.in_(is_agent), models.Agent.id.in_(serves))
        )
    )
    agent = lock_agent(tx, known) if known is not None else None
    if agent is None:
        raise Refused("not_found", "There is no such agent.")
    return agent


def set_state(
    tx: Session, rt: Runtime, merchants: Collection[str], agent_id: str, state: str, reason: str, by: str
) -> models.Agent:
    """Make an agent available, away or off shift, now or after the present call; raises Refused."""
    agent = agent_of(tx, merchants, agent_id)
    match state:
        case Agent.AVAILABLE:
            _bring_back(tx, rt, agent, by)
        case Agent.AWAY:
            reason = reason.strip()[:40] or "break"
            if agent.state == Agent.OFFLINE:
                raise Refused("not_now", f"{agent.name} is off shift.")
            if move(tx, rt, agent.id, "went_away", reason=reason, by=by) is None:
                _reword(tx, rt, agent, Agent.AWAY, reason, by)
        case Agent.OFFLINE:
            if move(tx, rt, agent.id, "shift_ended", by=by) is None:
                agents.later(tx, rt, agent.id, Agent.OFFLINE, by=by)
        case _:
            raise Refused("not_found", "Set an agent available, away or offline.")
    decide_for_agent(tx, rt, agent.id)
    return agent


def _reword(tx: Session, rt: Runtime, agent: models.Agent, state: Agent, reason: str, by: str) -> None:
    """Who is busy is away afterwards; who is away already is so for another reason."""
    if agent.state == state:
        agent.reason, agent.set_by, agent.version = reason, by, agent.version + 1
        bump_desks(tx, rt, agent.id)
    else:
        agents.later(tx, rt, agent.id, state, reason, by)


def _bring_back(tx: Session, rt: Runtime, agent: models.Agent, by: str) -> None:
    happened = BEGINS.get(Agent(agent.state))
    if happened is None:
        agent.next_state, agent.set_by, agent.not_before_at = "", by if agent.next_state else "", 0.0
        bump_desks(tx, rt, agent.id)
        return
    if not agent.on_phone and agent.seen_at <= rt.now() - LEASE_SECONDS:
        raise Refused("not_now", f"{agent.name}'s desk is not open, so no call could ring there.")
    agent.next_state = ""
    move(tx, rt, agent.id, happened, by=by)
    if happened == "shift_started":
        tally.begin(tx, agent.id)


def finish(
    tx: Session, rt: Runtime, merchants: Collection[str], agent_id: str, what: str, call_id: str, by: str
) -> models.Agent:
    """End what an agent is at: `what` is ring, talk or wrap_up, of this call; raises Refused when it is over already."""
    match what:
        case "wrap_up":
            agent = agent_of(tx, merchants, agent_id)
            if agent.state != Agent.WRAP_UP:
                raise Refused("gone", f"{agent.name} is not in wrap-up any more.")
            move(tx, rt, agent.id, "wrapped_up", by=by)
        case "ring":
            _call_of(tx, merchants, call_id)
            agent = agent_of(tx, merchants, agent_id)
            _end_ring(tx, rt, agent, call_id)
        case "talk":
            call = _call_of(tx, merchants, call_id)
            agent = agent_of(tx, merchants, agent_id)
            _end_talk(tx, rt, call, agent)
        case _:
            raise Refused("not_found", "Finish a ring, a talk or a wrap-up.")
    decide_for_agent(tx, rt, agent.id)
    return agent


def set_free(tx: Session, rt: Runtime, merchants: Collection[str], agent_id: str, by: str) -> models.Agent:
    """An agent who is said to be busy and has no call at all is available again; raises Refused."""
    agent = agent_of(tx, merchants, agent_id)
    if agent.state not in AGENT_BUSY - {Agent.WRAP_UP} or _has_work(tx, agent.id):
        raise Refused("not_now", f"{agent.name} has a call, or is free. Nothing hangs.")
    if agent.state == Agent.ON_HOLD:
        move(tx, rt, agent.id, "resumed")
    move(tx, rt, agent.id, "withdrawn" if agent.state == Agent.RINGING else "released", by=by)
    decide_for_agent(tx, rt, agent.id)
    return agent


def _call_of(tx: Session, merchants: Collection[str], call_id: str) -> models.Call:
    call = call_among(tx, merchants, call_id)
    if call is None:
        raise Refused("not_found", "There is no such call.")
    return call


def _end_ring(tx: Session, rt: Runtime, agent: models.Agent, call_id: str) -> None:
    """The ring is taken back like one that the agent declined: the caller keeps the place, somebody else is rung."""
    ring = tx.scalar(
        select(models.Offer).where(
            models.Offer.agent_id == agent.id,
            models.Offer.call_id == call_id,
            models.Offer.state.in_((Offer.OFFERED, Offer.RINGING)),
        )
    )
    if ring is None or not end_offer(tx, rt, ring, "withdrawn"):
        raise Refused("gone", f"{agent.name} is not rung for this caller any more.")
    tx.execute(
        update(models.Agent)
        .where(models.Agent.id == agent.id)
        .values(not_before_at=rt.now() + BACK_OFF_SECONDS)
    )
    give_back(tx, rt, ring)


def _end_talk(tx: Session, rt: Runtime, call: models.Call, agent: models.Agent) -> None:
    talk = tx.scalar(
        select(models.Participation).where(
            models.Participation.merchant_id == call.merchant_id,
            models.Participation.call_id == call.id,
            models.Participation.agent_id == agent.id,
            models.Participation.state.in_(PARTICIPATION_LIVE),
        )
    )
    if talk is None:
        raise Refused("gone", f"{agent.name} is not in this call any more.")
    if talk.role == Role.CONSULT:
        consults.guest_left(tx, rt, call)
    else:
        talks.stop(tx, rt, call, talk, "supervisor")


def _has_work(tx: Session, agent_id: str) -> bool:
    ring = select(models.Offer.id).where(
        models.Offer.agent_id == agent_id, models.Offer.state.in_(OFFER_LIVE)
    )
    part = select(models.Participation.id).where(
        models.Participation.agent_id == agent_id, models.Participation.state.in_(PARTICIPATION_LIVE)
    )
    return tx.scalar(ring.limit(1)) is not None or tx.scalar(part.limit(1)) is not None
