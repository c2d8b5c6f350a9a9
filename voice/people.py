"""Who is meant by a name in a flow file: a team, or else an agent; and what else an installation has for `check`."""

import re
import unicodedata

from sqlalchemy import select
from sqlalchemy.orm import Session as Tx

from callflows.lints.base import Live
from voice import models
from voice.states import Agent, Role

REMEMBERED_SECONDS = 90 * 86_400.0  # a talk longer ago prefers nobody


def slug(name: str) -> str:
    """A name as flow files write it: Ann Lee is ann_lee, Zoë is zoe."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40]


def agents_named(tx: Tx, merchant_id: str, name: str) -> tuple[str, ...]:
    """The ids of a team's agents, or of the agents of this name; empty when there is neither. In order of their names."""
    teams = tx.scalars(select(models.Team.name).where(models.Team.merchant_id == merchant_id))
    meant = [team for team in teams if slug(team) == name]
    if not meant:
        return tuple(agent_id for agent_id, called in _agents(tx, merchant_id) if slug(called) == name)
    members = select(models.TeamMember.agent_id).where(
        models.TeamMember.merchant_id == merchant_id, models.TeamMember.team.in_(meant)
    )
    named = select(models.Agent.id).where(models.Agent.id.in_(members))
    return tuple(tx.scalars(named.order_by(models.Agent.name, models.Agent.id)))


def last_agent(tx: Tx, call: models.Call, queue: str, now: float) -> str | None:
    """The agent to whom this caller talked last, if signed in and taking the queue; None for who withholds the number."""
    if not call.caller:
        return None
    talks = (
        select(models.Participation.agent_id)
        .join(
            models.Call,
            (models.Call.merchant_id == models.Participation.merchant_id)
            & (models.Call.id == models.Participation.call_id),
        )
        .where(
            models.Call.merchant_id == call.merchant_id,
            models.Call.caller == call.caller,
            models.Call.started_at > now - REMEMBERED_SECONDS,
            models.Participation.role == Role.OWNER,
            models.Participation.joined_at.is_not(None),
            models.Participation.agent_id != models.Participation.id,  # an outside party
        )
    )
    last = tx.scalar(talks.order_by(models.Participation.joined_at.desc()).limit(1))
    serves = (
        select(models.Agent.id)
        .join(models.QueueMember, models.QueueMember.agent_id == models.Agent.id)
        .where(
            models.Agent.id == last,
            models.Agent.state.not_in((Agent.OFFLINE, Agent.UNREACHABLE, Agent.AWAY)),
            models.QueueMember.merchant_id == call.merchant_id,
            models.QueueMember.queue == queue,
        )
    )
    return tx.scalar(serves) if last is not None else None


def live(tx: Tx, merchant_id: str) -> Live | None:
    """What `check` can know of a merchant here; None when there is no such merchant."""
    if tx.get(models.Merchant, merchant_id) is None:
        return None
    manned = tx.scalars(
        select(models.QueueMember.queue).where(models.QueueMember.merchant_id == merchant_id).distinct()
    )
    named = tx.scalars(select(models.Team.name).where(models.Team.merchant_id == merchant_id))
    teams = frozenset(filter(None, map(slug, named)))
    agents = frozenset(filter(None, (slug(called) for _, called in _agents(tx, merchant_id))))
    return Live(frozenset(manned), teams | agents, teams)


def _agents(tx: Tx, merchant_id: str) -> list[tuple[str, str]]:
    rows = tx.execute(
        select(models.Agent.id, models.Agent.name)
        .join(models.Membership, models.Membership.user_id == models.Agent.id)
        .where(models.Membership.merchant_id == merchant_id)
        .order_by(models.Agent.name, models.Agent.id)
    )
    return [(agent_id, called) for agent_id, called in rows]
