"""Where a supervisor can move a waiting caller: agents of the merchant who are available, and the flow's other queues."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from panel.targets import colleagues, free_of
from voice.models import Call, Waiting
from voice.refusals import Refused
from voice.runtime import Runtime
from voice.states import Agent
from voice.states import Waiting as State


def targets_of(tx: Session, rt: Runtime, merchants: Collection[str], call_id: str) -> dict[str, Any]:
    """The available agents and the other queues of a waiting caller's merchant; raises Refused."""
    found = tx.execute(
        select(Call, Waiting.queue)
        .join(Waiting, (Waiting.merchant_id == Call.merchant_id) & (Waiting.call_id == Call.id))
        .where(
            Call.id == call_id,
            Call.merchant_id.in_(merchants),
            Waiting.left_as.is_(None),
            Waiting.state.in_((State.WAITING, State.OFFERED)),
        )
    ).first()
    if found is None:
        raise Refused("gone", "This caller does not wait any more.")
    call, present = found
    queues = rt.books.flow(call.merchant_id, call.flow_digest).queues
    free = free_of(tx, call.merchant_id)
    agents = [one for one in colleagues(tx, call.merchant_id) if one["state"] == Agent.AVAILABLE]
    others = [{"name": name, "free": free.get(name, 0)} for name in queues if name != present]
    return {"agents": agents, "queues": others if present in queues else []}
