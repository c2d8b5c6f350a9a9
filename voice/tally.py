"""How much each agent has done since the shift began: what the strategies fewest_calls and least_talk go by."""

from typing import Final

from sqlalchemy import Float, bindparam, func, select, update
from sqlalchemy.orm import Session, aliased

from voice.models import Agent, QueueMember
from voice.states import Agent as State

_OF_AGENT: Final = update(Agent).where(Agent.id == bindparam("of_agent"))
_TOOK: Final = _OF_AGENT.values(calls_taken=Agent.calls_taken + 1).execution_options(
    synchronize_session=False
)
_TALKED: Final = _OF_AGENT.values(
    talk_seconds=Agent.talk_seconds + bindparam("seconds", type_=Float)
).execution_options(synchronize_session=False)
_BEGIN: Final = _OF_AGENT.values(
    calls_taken=bindparam("calls"), talk_seconds=bindparam("seconds")
).execution_options(synchronize_session=False)


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
    tx.execute(_BEGIN, {"of_agent": agent_id, "calls": calls or 0, "seconds": seconds or 0.0})


def took(tx: Session, agent_id: str) -> None:
    """A caller was put through."""
    tx.execute(_TOOK, {"of_agent": agent_id})


def talked(tx: Session, agent_id: str, seconds: float) -> None:
    """A talk ended."""
    tx.execute(_TALKED, {"of_agent": agent_id, "seconds": max(0.0, seconds)})
