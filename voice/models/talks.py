"""Who talks with whom, and what is asked of the carrier for it."""

from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from voice import states
from voice.models.base import Base, key, of_call, quoted, unique_while


class Participation(Base):
    """An agent's part in a talk, or an outside party's; the room belongs to one assignment."""

    __tablename__ = "participation"
    merchant_id: Mapped[str] = key()
    id: Mapped[str] = key()
    call_id: Mapped[str]
    waiting_id: Mapped[str | None]
    offer_id: Mapped[str | None]
    agent_id: Mapped[str]  # of an outside party its own id
    role: Mapped[str] = mapped_column(default=states.Role.OWNER)
    state: Mapped[str] = mapped_column(default=states.Participation.JOINING)
    assignment: Mapped[int]
    room: Mapped[str]
    leg_sid: Mapped[str]
    room_sid: Mapped[str | None] = mapped_column(default=None)
    began_at: Mapped[float]
    joined_at: Mapped[float | None] = mapped_column(default=None)
    ended_at: Mapped[float | None] = mapped_column(default=None)
    held_at: Mapped[float | None] = mapped_column(default=None)
    until_at: Mapped[float | None] = mapped_column(
        default=None
    )  # end of the rejoin window, or when the leg has come or gone at last (lingering.py)
    end_asked_by: Mapped[str | None] = mapped_column(default=None)
    phone: Mapped[str] = mapped_column(
        default="", server_default=""
    )  # E.164, on an ordinary phone; "" in a browser
    __table_args__ = (
        of_call(),
        unique_while(
            "participation_one_owner",
            "merchant_id",
            "call_id",
            where=f"role = 'owner' AND state IN ({quoted(states.PARTICIPATION_LIVE)})",
        ),
        unique_while(
            "participation_one_per_agent",
            "agent_id",
            where=f"role <> 'listener' AND state IN ({quoted(states.PARTICIPATION_LIVE)})",
        ),
        Index("participation_room", "room"),
        Index("participation_due", "state", "until_at"),
        Index("participation_of_agent", "agent_id", "ended_at"),
        Index("participation_at_agent", "agent_id", "state"),
        Index("participation_of_call", "merchant_id", "call_id"),
        Index("participation_of_leg", "leg_sid"),
        Index("participation_by_id", "id"),  # the end of an agent's leg names the part alone
    )

    @property
    def is_outside(self) -> bool:
        """Whether this is nobody of ours, who stands under the id of this row."""
        return self.agent_id == self.id

    @property
    def who(self) -> str | None:
        """The agent; None for an outside party."""
        return None if self.is_outside else self.agent_id

    @property
    def named(self) -> dict[str, str]:
        """What a fact says of an outside party, who is no agent: the number."""
        return {"number": self.phone} if self.is_outside else {}


class Consult(Base):
    """A colleague is asked before a caller is handed over; one at a time for each call."""

    __tablename__ = "consult"
    merchant_id: Mapped[str] = key()
    id: Mapped[str] = key()
    call_id: Mapped[str]
    from_agent_id: Mapped[str]
    kind: Mapped[str]  # agent, queue, number
    target: Mapped[str]  # an agent's id, a queue's name, or a number (E.164)
    agent_id: Mapped[str]  # who is rung, or in the room; "" for a number
    state: Mapped[str]
    state_at: Mapped[float]
    until_at: Mapped[float | None] = mapped_column(
        default=None
    )  # the caller on hold, or the phone in the room
    tried: Mapped[list[Any]] = mapped_column(default=list)  # agents who are not rung again
    why: Mapped[str] = mapped_column(default="")  # it failed
    __table_args__ = (
        of_call(),
        unique_while(
            "consult_one_per_call",
            "merchant_id",
            "call_id",
            where=f"state IN ({quoted(states.CONSULT_LIVE)})",
        ),
        Index("consult_open", "state"),
        Index("consult_of_call", "call_id", "merchant_id", "state_at"),
    )


class Action(Base):
    """A request of ours that moves a live call: intended, sent, confirmed."""

    __tablename__ = "action"
    merchant_id: Mapped[str] = key()
    id: Mapped[str] = key()
    call_id: Mapped[str]
    kind: Mapped[str]  # poke, dial, hold, unhold, let_hear, end_room, end_leg
    target: Mapped[str]  # the leg or the room it moves
    generation: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default=states.Action.INTENDED)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[float]
    lease_until_at: Mapped[float] = mapped_column(default=0.0)
    error: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        of_call(),
        Index("action_open", "state", "lease_until_at"),
        Index("action_of_call", "merchant_id", "call_id"),
    )
