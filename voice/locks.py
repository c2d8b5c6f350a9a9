"""Who may change what while others do the same: rows are locked, always in the same order, so nobody waits in a circle.

A decision takes the call's row first: it stands for everything about that call (its place, rings, talk, recordings).
Who needs two calls takes both at the beginning, by their ids.
Then it takes agents' rows. What dispatch and the clock take on their own account they take without waiting, or leave:
whoever holds it looks at it now, and the clock looks again in a second. PostgreSQL lets many write at once and needs
this; SQLite lets one write at a time and reads these as plain queries.
"""

from collections.abc import Collection
from typing import cast

from sqlalchemy import Row, Table, bindparam, select, text
from sqlalchemy.orm import Session

from voice import models
from voice.states import Participation

_CALL_OF_PLACE = (
    select(models.Call)
    .join(
        models.Waiting,
        (models.Waiting.merchant_id == models.Call.merchant_id) & (models.Waiting.call_id == models.Call.id),
    )
    .where(models.Waiting.id == bindparam("waiting_id"))
    .with_for_update(of=models.Call, key_share=True, skip_locked=True)
    .execution_options(populate_existing=True)
)

_OFFER, _CALL_TABLE = cast(Table, models.Offer.__table__), cast(Table, models.Call.__table__)
_CALL_OF_OFFER = (
    select(_CALL_TABLE.c.id, _CALL_TABLE.c.account_sid)
    .join(
        _OFFER,
        (_OFFER.c.merchant_id == _CALL_TABLE.c.merchant_id) & (_OFFER.c.call_id == _CALL_TABLE.c.id),
    )
    .where(_OFFER.c.id == bindparam("offer_id"), _OFFER.c.agent_id == bindparam("agent_id"))
    .with_for_update(of=_CALL_TABLE, key_share=True)
)

_CALL_OF_TALK = (
    select(models.Call)
    .join(
        models.Participation,
        (models.Participation.merchant_id == models.Call.merchant_id)
        & (models.Participation.call_id == models.Call.id),
    )
    .where(
        models.Participation.call_id == bindparam("call_id"),
        models.Participation.agent_id == bindparam("agent_id"),
        models.Participation.state != Participation.ENDED,
    )
    .with_for_update(of=models.Call, key_share=True)
    .execution_options(populate_existing=True)
)

_THE_AGENT = (
    select(models.Agent)
    .where(models.Agent.id == bindparam("agent_id"))
    .execution_options(populate_existing=True)
)
_AGENT, _FREE_AGENT = _THE_AGENT.with_for_update(), _THE_AGENT.with_for_update(skip_locked=True)

_THE_CALL = (
    select(models.Call)
    .where(models.Call.merchant_id == bindparam("merchant_id"), models.Call.id == bindparam("call_id"))
    .execution_options(populate_existing=True)
)
# Not FOR UPDATE: rows that name this call may be added by others meanwhile.
_CALL = _THE_CALL.with_for_update(key_share=True)
_FREE_CALL = _THE_CALL.with_for_update(key_share=True, skip_locked=True)


def lock_call(tx: Session, merchant_id: str, call_id: str) -> models.Call | None:
    """The call as it is now, in nobody else's hands until this decision is committed."""
    return tx.scalar(_CALL, {"merchant_id": merchant_id, "call_id": call_id})


def lock_calls(tx: Session, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], models.Call]:
    """Several calls (merchant, id) for one decision, as `lock_call`; before anything else, or others wait in a circle."""
    found = {key: lock_call(tx, *key) for key in sorted(keys)}
    return {key: call for key, call in found.items() if call is not None}


def try_call(tx: Session, merchant_id: str, call_id: str) -> models.Call | None:
    """The call, unless somebody holds it."""
    return tx.scalar(_FREE_CALL, {"merchant_id": merchant_id, "call_id": call_id})


def try_call_of(tx: Session, waiting_id: str) -> models.Call | None:
    """The call of a place, unless somebody holds it."""
    return tx.scalar(_CALL_OF_PLACE, {"waiting_id": waiting_id})


def lock_call_of_offer(tx: Session, agent_id: str, offer_id: str) -> Row[str, str] | None:
    """The same for the call of an agent's offer: its id and the account's; None when the agent has no such offer."""
    return tx.execute(_CALL_OF_OFFER, {"agent_id": agent_id, "offer_id": offer_id}).one_or_none()


def lock_call_of_talk(tx: Session, agent_id: str, call_id: str) -> models.Call | None:
    """The same for a call in which an agent has a part; None when the agent has none."""
    return tx.scalar(_CALL_OF_TALK, {"agent_id": agent_id, "call_id": call_id})


def lock_agent(tx: Session, agent_id: str) -> models.Agent | None:
    """The agent as he or she is now, in nobody else's hands until this decision is committed."""
    return tx.scalar(_AGENT, {"agent_id": agent_id})


def try_agent(tx: Session, agent_id: str) -> models.Agent | None:
    """The agent, unless somebody holds the row."""
    return tx.scalar(_FREE_AGENT, {"agent_id": agent_id})


def lock_queues(tx: Session, merchant_id: str) -> None:
    """Until this is committed nobody else enters a queue of this merchant that has a capacity."""
    if tx.get_bind().dialect.name == "postgresql":
        tx.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"),
            {"name": f"queues {merchant_id}"},
        )
