"""Customers who are to be called back."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from routing.callbacks import CALLBACK_OPEN
from voice.models.base import Base, key, of_call, quoted, unique_while


class Callback(Base):
    """A promise to call somebody back; the id is that of the place in the queue, which stays."""

    __tablename__ = "callback"
    merchant_id: Mapped[str] = key()
    id: Mapped[str] = key()
    call_id: Mapped[str]  # in which it was asked for, the latest of them
    queue: Mapped[str]
    number: Mapped[str]  # in E.164
    state: Mapped[str]  # routing/callbacks.py
    state_at: Mapped[float]
    asked_at: Mapped[float]
    next_at: Mapped[float]  # when it comes into line, or out of it because the queue closes
    expires_at: Mapped[float]
    delay_seconds: Mapped[float]
    retry_seconds: Mapped[float]
    attempts: Mapped[int]  # how many there may be
    attempts_made: Mapped[int] = mapped_column(default=0)
    agent_id: Mapped[str | None] = mapped_column(default=None)  # who called last
    last_result: Mapped[str] = mapped_column(default="")  # of the last attempt, a CallEnd
    left_as: Mapped[str] = mapped_column(default="")  # how the place was left before it was a callback's
    __table_args__ = (
        of_call(),
        unique_while(
            "callback_one_per_number",
            "merchant_id",
            "queue",
            "number",
            where=f"state IN ({quoted(CALLBACK_OPEN)})",
        ),
        Index("callback_due", "state", "next_at"),
        Index("callback_of_call", "merchant_id", "call_id"),
        Index("callback_of_number", "merchant_id", "number"),
        Index("callback_open", "merchant_id", "state"),
    )
