"""How much each agent has done since the shift began: what the strategies fewest_calls and least_talk go by."""

from typing import Any, Final, cast

from sqlalchemy import Float, Integer, Table, Update, bindparam, func, select, update
from sqlalchemy.orm import Session, aliased

from voice.models import Agent, QueueMember
from voice.states import Agent as State

_AGENT: Final = cast(Table, Agent.__table__)
_THE_AGENT: Final = update(_AGENT).where(_AGENT.c.id == bindparam("agent"))
_BEGAN: Final = _THE_AGENT.values(
    calls_taken=bindparam("calls", type_=Integer), talk_seconds=bindparam("seconds", type_=Float(53))
)
_TOOK: Final = _THE_AGENT.values(calls_taken=_AGENT.c.calls_taken + 1)
_TALKED: Final = _THE_AGENT.values(talk_seconds=_AGENT.c.talk_seconds + bindparam("seconds", type_=Float(53)))


def begin(tx: Session, agent_id: str) -> None:
    """A shift begins: nobody who comes later gets every call until the others are caught up with."""
    mine, theirs = aliased(QueueMember), aliased(QueueMember)
    colleagues = (
        select(func.min(Agent.calls_taken), func.min(Agent.talk_seconds))
        .join(theirs, theirs.agent_id == Agent.id)
        .join(mine, (mine.merchant_id == theirs.merchant_id) & (mine.queue == theirs.queue))
        .where(mine.agent_id == agent_id, Agent.id != agent_id, Agent.state != State.OFFLINE)
    )
    calls, seconds = tx.execute(colleagues).one()
    _set(tx, _BEGAN, agent_id, calls=calls or 0, seconds=seconds or 0.0)


def took(tx: Session, agent_id: str) -> None:
    """A caller was put through."""
    _set(tx, _TOOK, agent_id)


def talked(tx: Session, agent_id: str, seconds: float) -> None:
    """A talk ended."""
    _set(tx, _TALKED, agent_id, seconds=max(0.0, seconds))


def _set(tx: Session, told: Update, agent_id: str, **values: Any) -> None:
    tx.flush()
    tx.execute(told, {"agent": agent_id, **values})
