"""Who supervises which talk, and who set whose state: what the agent's desk says of it, and what the floor does."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, Final

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, aliased

from voice.models import Agent, Membership, Supervision, User
from voice.states import SUPERVISION_LIVE, Heard
from voice.states import Supervision as State

Row = dict[str, Any]
Key = tuple[str, str]  # merchant, call
A_SUPERVISOR = "a supervisor"  # of a merchant that the viewer has nothing to do with

_OWN, _THEIRS = aliased(Membership), aliased(Membership)
_SHARES_A_MERCHANT: Final = select(Agent.id, User.name).where(
    select(_OWN.user_id)
    .where(_OWN.user_id == Agent.id, _THEIRS.merchant_id == _OWN.merchant_id, _THEIRS.user_id == User.id)
    .exists()
)


def seen_by_agents(tx: Session, keys: Collection[Key]) -> Mapping[Key, list[Row]]:
    """By call, the supervisors whom its agents see: who is heard, and who listens where the merchant shows that."""
    found: dict[Key, list[Row]] = defaultdict(list)
    if not keys:
        return found
    is_seen = or_(Supervision.heard != Heard.LISTENING, Supervision.is_shown)
    for row in tx.scalars(_of(keys).where(Supervision.state == State.IN_ROOM, is_seen)):
        found[row.merchant_id, row.call_id].append({"name": row.name, "heard": row.heard})
    return found


def seen_on_the_floor(tx: Session, keys: Collection[Key]) -> Mapping[Key, list[Row]]:
    """By call, every supervisor in it, or awaited there."""
    found: dict[Key, list[Row]] = defaultdict(list)
    if not keys:
        return found
    for row in tx.scalars(_of(keys).where(Supervision.state.in_(SUPERVISION_LIVE))):
        found[row.merchant_id, row.call_id].append(
            {
                "user_id": row.user_id,
                "name": row.name,
                "heard": row.heard,
                "is_in": row.state == State.IN_ROOM,
            }
        )
    return found


def set_by_on_the_floor(
    tx: Session, agents: Collection[Agent], merchants: Collection[str]
) -> Mapping[str, str]:
    """By agent, who set the state, for those who watch over these merchants: no name of anybody else's people."""
    theirs = select(Membership.user_id).where(Membership.merchant_id.in_(merchants))
    ids = [agent.id for agent in agents if agent.set_by]
    return _named(tx, ids, select(Agent.id, User.name).where(User.id.in_(theirs)))


def set_by_on_the_desks(tx: Session, agent_ids: Collection[str]) -> Mapping[str, str]:
    """By agent whom a supervisor set, who that was: the name of somebody who shares a merchant with her or him."""
    return _named(tx, agent_ids, _SHARES_A_MERCHANT) if agent_ids else {}


def _named(tx: Session, agent_ids: Collection[str], known: Select[str, str]) -> Mapping[str, str]:
    by = dict.fromkeys(agent_ids, A_SUPERVISOR)
    if by:
        rows = tx.execute(known.join(User, User.id == Agent.set_by).where(Agent.id.in_(by)))
        by.update({agent_id: name for agent_id, name in rows})
    return by


def _of(keys: Collection[Key]) -> Select[Supervision]:
    return (
        select(Supervision)
        .where(
            Supervision.merchant_id.in_({merchant_id for merchant_id, _ in keys}),
            Supervision.call_id.in_({call_id for _, call_id in keys}),
        )
        .order_by(Supervision.began_at, Supervision.id)
    )
