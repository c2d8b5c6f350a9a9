"""Who supervises which talk: what the agent's desk says of it, and what the floor does."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from voice.models import Supervision
from voice.states import SUPERVISION_LIVE, Heard
from voice.states import Supervision as State

Row = dict[str, Any]
Key = tuple[str, str]  # merchant, call


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


def _of(keys: Collection[Key]) -> Select[Supervision]:
    return (
        select(Supervision)
        .where(
            Supervision.merchant_id.in_({merchant_id for merchant_id, _ in keys}),
            Supervision.call_id.in_({call_id for _, call_id in keys}),
        )
        .order_by(Supervision.began_at, Supervision.id)
    )
