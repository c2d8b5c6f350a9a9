"""What remains of a call, and the work behind it."""

from typing import Any

from sqlalchemy import Boolean, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from voice.models.base import Base, key, of_call


class Recording(Base):
    """A recording at Twilio and our verified copy of it."""

    __tablename__ = "recording"
    merchant_id: Mapped[str] = key()
    id: Mapped[str] = key()
    call_id: Mapped[str]
    recording_sid: Mapped[str] = mapped_column(String(34))
    account_sid: Mapped[str] = mapped_column(String(34))
    kind: Mapped[str]  # call, voicemail
    state: Mapped[str]  # in_progress, completed, stored, absent, failed
    channels: Mapped[int] = mapped_column(default=1)
    seconds: Mapped[float | None] = mapped_column(default=None)
    started_at: Mapped[float | None] = mapped_column(default=None)
    stored_at: Mapped[float | None] = mapped_column(default=None)
    original_key: Mapped[str | None] = mapped_column(default=None)
    original_sha256: Mapped[str | None] = mapped_column(default=None)
    original_bytes: Mapped[int | None] = mapped_column(default=None)
    playable_key: Mapped[str | None] = mapped_column(default=None)
    error: Mapped[str] = mapped_column(default="")
    erased_at: Mapped[float | None] = mapped_column(default=None)  # at the end of the merchant's retention
    __table_args__ = (
        of_call(),
        Index("recording_kept", "merchant_id", "kind", "state", "started_at"),
        Index("recording_once", "account_sid", "recording_sid", unique=True),
        Index("recording_of_call", "merchant_id", "call_id"),
    )


class Ticket(Base):
    """What remains of a call: its story, its recordings, and what somebody wrote about it."""

    __tablename__ = "ticket"
    merchant_id: Mapped[str] = key()
    id: Mapped[str] = key()
    number: Mapped[int]
    call_id: Mapped[str]
    subject: Mapped[str]
    status: Mapped[str] = mapped_column(default="open")
    created_at: Mapped[float]
    changed_at: Mapped[float]
    agent_id: Mapped[str | None] = mapped_column(default=None)
    flow_digest: Mapped[str]
    tags: Mapped[list[Any]] = mapped_column(default=list)
    __table_args__ = (
        of_call(),
        Index("ticket_once_per_call", "merchant_id", "call_id", unique=True),
        Index("ticket_number", "merchant_id", "number", unique=True),
    )


class Outbox(Base):
    """A job to be done: this row is the job, RQ only rings."""

    __tablename__ = "outbox"
    merchant_id: Mapped[str] = key()
    id: Mapped[str] = key()
    kind: Mapped[str]  # store_recording, open_ticket
    subject_id: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")  # waiting, done, dead
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[float]
    next_at: Mapped[float]
    lease_until_at: Mapped[float] = mapped_column(default=0.0)
    rung_at: Mapped[float] = mapped_column(default=0.0)
    done_at: Mapped[float | None] = mapped_column(default=None)
    error: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        Index("outbox_once", "merchant_id", "kind", "subject_id", unique=True),
        Index("outbox_open", "state", "next_at"),
        Index("outbox_by_id", "id", unique=True),  # the doorbell names the id alone
    )


class Beat(Base):
    """When a loop last finished a round: what /readyz looks at."""

    __tablename__ = "beat"
    name: Mapped[str] = key()
    at: Mapped[float]
    ok: Mapped[bool] = mapped_column(Boolean, default=True)
