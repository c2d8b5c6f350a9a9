"""Agents, their teams and the queues that they take."""

from sqlalchemy import ForeignKeyConstraint, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from voice import states
from voice.models.base import Base, key


class Agent(Base):
    """One agent's state; (state, version) is the lock under which it changes."""

    __tablename__ = "agent"
    id: Mapped[str] = key()  # the user's id; an agent has one state across all merchants
    identity: Mapped[str] = mapped_column(
        String(100), unique=True
    )  # [A-Za-z0-9_], the name of the browser's phone
    name: Mapped[str]
    state: Mapped[str] = mapped_column(default=states.Agent.OFFLINE)
    reason: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=0)
    since_at: Mapped[float]
    until_at: Mapped[float | None] = mapped_column(default=None)  # end of wrap-up
    not_before_at: Mapped[float] = mapped_column(default=0.0)  # no offer before this: a decline backs off
    next_state: Mapped[str] = mapped_column(default="")  # what a busy agent becomes afterwards
    last_offer_at: Mapped[float] = mapped_column(default=0.0)
    seen_at: Mapped[float] = mapped_column(default=0.0)  # last answer of the desk to a ping
    desk_version: Mapped[int] = mapped_column(default=0)
    calls_taken: Mapped[int] = mapped_column(default=0, server_default="0")  # since the shift began
    talk_seconds: Mapped[float] = mapped_column(default=0.0, server_default="0")  # since the shift began
    set_by: Mapped[str] = mapped_column(
        default="", server_default=""
    )  # the id of the supervisor who set state or next_state
    phone: Mapped[str] = mapped_column(
        default="", server_default=""
    )  # an ordinary one of the agent's own, E.164
    on_phone: Mapped[bool] = mapped_column(default=False, server_default=false())  # calls come there
    phone_fault: Mapped[str] = mapped_column(
        default="", server_default=""
    )  # why it was not dialled last time
    __table_args__ = (Index("agent_state", "state"),)


class QueueMember(Base):
    """An agent who takes callers of a queue."""

    __tablename__ = "queue_member"
    merchant_id: Mapped[str] = key()
    queue: Mapped[str] = key()
    agent_id: Mapped[str] = key()


class Team(Base):
    """A named set of a merchant's agents who take the same queues."""

    __tablename__ = "team"
    merchant_id: Mapped[str] = key()
    name: Mapped[str] = key()


class TeamMember(Base):
    """An agent of a team."""

    __tablename__ = "team_member"
    merchant_id: Mapped[str] = key()
    team: Mapped[str] = key()
    agent_id: Mapped[str] = key()
    __table_args__ = (ForeignKeyConstraint(["merchant_id", "team"], ["team.merchant_id", "team.name"]),)


class TeamQueue(Base):
    """A queue whose callers a team takes: each of its agents is a queue member."""

    __tablename__ = "team_queue"
    merchant_id: Mapped[str] = key()
    team: Mapped[str] = key()
    queue: Mapped[str] = key()
    by_flow: Mapped[bool] = mapped_column(
        default=False, server_default=false()
    )  # the live flow says so; the panel does not change it
    __table_args__ = (ForeignKeyConstraint(["merchant_id", "team"], ["team.merchant_id", "team.name"]),)
