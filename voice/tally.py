"""How much each agent has done since the shift began: what the strategies fewest_calls and least_talk go by."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, aliased

from voice.models import Agent, QueueMember
from voice.states import Agent as State


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
    _set(tx, agent_id, calls_taken=calls or 0, talk_seconds=seconds or 0.0)


def took(tx: Session, agent_id: str) -> None:
    """A caller was put through."""
    _set(tx, agent_id, calls_taken=Agent.calls_taken + 1)


def talked(tx: Session, agent_id: str, seconds: float) -> None:
    """A talk ended."""
    _set(tx, agent_id, talk_seconds=Agent.talk_seconds + max(0.0, seconds))


def _set(tx: Session, agent_id: str, **values: object) -> None:
    tx.execute(
        update(Agent).where(Agent.id == agent_id).values(**values),
        execution_options={"synchronize_session": False},
    )
