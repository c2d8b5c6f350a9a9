"""Supervisors in talks."""

from sqlalchemy import Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from voice import states
from voice.models.base import Base, key, of_call, quoted, unique_while


class Supervision(Base):
    """A supervisor in a talk of others; `heard` is what is wished, `told` what the carrier was told last."""

    __tablename__ = "supervision"
    merchant_id: Mapped[str] = key()
    id: Mapped[str] = key()
    call_id: Mapped[str]
    user_id: Mapped[str] = mapped_column(String(80))
    name: Mapped[str]  # as it was then
    room: Mapped[str]
    state: Mapped[str] = mapped_column(default=states.Supervision.COMING)
    heard: Mapped[str] = mapped_column(default=states.Heard.LISTENING)
    told: Mapped[str] = mapped_column(default="")  # listening, barged, or coaching and the agent's leg
    is_shown: Mapped[bool] = mapped_column(
        default=False, server_default=false()
    )  # to the agent, if only listening
    leg_sid: Mapped[str | None] = mapped_column(String(34), default=None)
    began_at: Mapped[float]
    joined_at: Mapped[float | None] = mapped_column(default=None)
    ended_at: Mapped[float | None] = mapped_column(default=None)
    until_at: Mapped[float | None] = mapped_column(
        default=None
    )  # the phone is awaited until then; in the room: the carrier is not asked again before
    asked_at: Mapped[float | None] = mapped_column(default=None)  # the carrier was asked last
    __table_args__ = (
        of_call(),
        unique_while(
            "supervision_one_per_person", "user_id", where=f"state IN ({quoted(states.SUPERVISION_LIVE)})"
        ),
        Index("supervision_open", "state"),
        Index("supervision_of_call", "merchant_id", "call_id"),
        Index("supervision_of_leg", "leg_sid"),
        Index("supervision_of_person", "user_id", "began_at"),
        Index("supervision_by_id", "id"),  # the end of a supervisor's leg names it alone
    )
