"""Callbacks as people see them: on the desk that rings for one, and on the list of the floor."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from sqlalchemy import and_, bindparam, case, select
from sqlalchemy.orm import Session

from routing.callbacks import CALLBACK_OPEN, Callback
from voice import models
from voice.phones import show_number

Row = dict[str, Any]
MOST = 200  # of the list; whoever has more callbacks open sees those who are due first


_OFFERED: Final = select(models.Callback).where(
    models.Callback.merchant_id.in_(bindparam("merchants", expanding=True)),
    models.Callback.id.in_(bindparam("places", expanding=True)),
)


def offered(tx: Session, merchants: Collection[str], offers: Mapping[str, str]) -> dict[str, Row]:
    """By offer, the callback for which a desk rings; `offers` are by the ids of the callbacks' places."""
    if not offers:
        return {}
    rows = tx.scalars(_OFFERED, {"merchants": list(merchants), "places": list(offers)})
    return {
        offers[row.id]: {
            "caller": show_number(row.number),
            "asked_at": row.asked_at,
            "attempt": row.attempts_made + 1,
            "attempts": row.attempts,
            "last_result": row.last_result,
        }
        for row in rows
    }


def due(tx: Session, names: Mapping[str, str]) -> list[Row]:
    """Every callback of these merchants that is still to be made, the next one first."""
    is_in_line = case((models.Callback.state.in_((Callback.DIALLING, Callback.IN_LINE)), 0), else_=1)
    rows = tx.execute(
        select(models.Callback, models.Call.caller_name, models.Agent.name)
        .join(
            models.Call,
            and_(
                models.Call.merchant_id == models.Callback.merchant_id,
                models.Call.id == models.Callback.call_id,
            ),
        )
        .outerjoin(models.Agent, models.Agent.id == models.Callback.agent_id)
        .where(models.Callback.merchant_id.in_(names), models.Callback.state.in_(CALLBACK_OPEN))
        .order_by(is_in_line, models.Callback.next_at, models.Callback.id)
        .limit(MOST)
    )
    return [
        {
            "id": row.id,
            "merchant": {"id": row.merchant_id, "name": names[row.merchant_id]},
            "queue": row.queue,
            "caller": show_number(row.number),
            "caller_name": caller_name,
            "state": row.state,
            "asked_at": row.asked_at,
            "next_at": row.next_at if row.state == Callback.RESTING else None,
            "attempts": row.attempts,
            "attempts_made": row.attempts_made,
            "last_result": row.last_result,
            "agent": agent if row.state == Callback.DIALLING else None,
        }
        for row, caller_name, agent in rows
    ]
