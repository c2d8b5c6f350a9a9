"""The agents of some merchants: state, since when, and the caller whom each is busy with."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from panel.supervisors import seen_on_the_floor, set_by_on_the_floor
from voice import states
from voice.models import Agent, Call, Membership, Offer, Participation, QueueMember, User
from voice.phones import show_number

Row = dict[str, Any]
BUSY = states.AGENT_BUSY | {states.Agent.UNREACHABLE}


def agents(tx: Session, names: Mapping[str, str]) -> list[Row]:
    """Who takes calls of these merchants; a talk for anybody else's merchant is only said to be one."""
    queues: dict[str, list[Row]] = defaultdict(list)
    serves: dict[str, set[str]] = defaultdict(set)
    for merchant_id, queue, agent_id in tx.execute(
        select(QueueMember.merchant_id, QueueMember.queue, QueueMember.agent_id)
        .where(QueueMember.merchant_id.in_(names))
        .order_by(QueueMember.queue)
    ):
        queues[agent_id].append({"merchant_id": merchant_id, "queue": queue})
        serves[agent_id].add(merchant_id)
    people: dict[str, Agent] = {}
    for agent, merchant_id, role in tx.execute(
        select(Agent, Membership.merchant_id, Membership.role)
        .join(Membership, Membership.user_id == Agent.id)
        .join(User, User.id == Agent.id)
        .where(Membership.merchant_id.in_(names), User.disabled_at.is_(None))
        .order_by(func.lower(Agent.name), Agent.id)
    ):
        if role == "agent" or merchant_id in serves[agent.id]:
            people[agent.id] = agent
            serves[agent.id].add(merchant_id)
    talks = _talks(tx, [one.id for one in people.values() if one.state in BUSY])
    watching = seen_on_the_floor(tx, {(call.merchant_id, call.id) for call, _ in talks.values()})
    for call, row in talks.values():
        row["supervisors"] = watching.get((call.merchant_id, call.id), [])
    set_by = set_by_on_the_floor(tx, people.values(), names)
    return [
        _agent(one, names, queues[one.id], serves[one.id], talks.get(one.id), set_by.get(one.id, ""))
        for one in people.values()
    ]


def _talks(tx: Session, agent_ids: Sequence[str]) -> dict[str, tuple[Call, Row]]:
    """The caller whom each agent is rung for or talks to."""
    if not agent_ids:
        return {}
    found: dict[str, tuple[Call, Row]] = {}
    for offer, call in tx.execute(
        select(Offer, Call)
        .join(Call, and_(Call.merchant_id == Offer.merchant_id, Call.id == Offer.call_id))
        .where(Offer.agent_id.in_(agent_ids), Offer.state.in_(states.OFFER_LIVE))
    ):
        ring = {"since_at": offer.offered_at, "held_at": None, "is_talk": False}
        found[offer.agent_id] = (call, ring)
    for part, call in tx.execute(
        select(Participation, Call)
        .join(Call, and_(Call.merchant_id == Participation.merchant_id, Call.id == Participation.call_id))
        .where(
            Participation.agent_id.in_(agent_ids),
            Participation.state.in_(states.PARTICIPATION_LIVE),
            Participation.role != states.Role.LISTENER,
        )
    ):
        since = part.joined_at or part.began_at
        talk = {
            "since_at": since,
            "held_at": part.held_at,
            "is_talk": part.state == states.Participation.TALKING,
        }
        found[part.agent_id] = (call, talk)
    return found


def _agent(
    agent: Agent,
    names: Mapping[str, str],
    queues: Sequence[Row],
    serves: Collection[str],
    talk: tuple[Call, Row] | None,
    set_by: str,
) -> Row:
    is_ours = talk is not None and talk[0].merchant_id in names
    return {
        "id": agent.id,
        "name": agent.name,
        "state": agent.state,
        "reason": agent.reason,
        "since_at": agent.since_at,
        "until_at": agent.until_at,
        "next_state": agent.next_state,
        "set_by": set_by,
        "merchants": sorted(serves),
        "queues": list(queues),
        "with": _caller(talk[0], names) | talk[1] if talk is not None and is_ours else None,
        "elsewhere": talk is not None and not is_ours,
    }


def _caller(call: Call, names: Mapping[str, str]) -> Row:
    return {
        "call_id": call.id,
        "merchant": {"id": call.merchant_id, "name": names[call.merchant_id]},
        "queue": call.queue,
        "caller": show_number(call.caller),
        "caller_name": call.caller_name,
    }
