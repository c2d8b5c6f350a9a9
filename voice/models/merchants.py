"""Merchants: their account at the carrier, their numbers and the flows that answer."""

from sqlalchemy import BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from voice.models.base import Base, key


class Merchant(Base):
    """One shop and its number, flow, agents and tickets."""

    __tablename__ = "merchant"
    id: Mapped[str] = key()
    name: Mapped[str]
    timezone: Mapped[str] = mapped_column(default="UTC")
    twilio_account_id: Mapped[str]
    live_digest: Mapped[str | None]
    flow_fault: Mapped[str | None] = mapped_column(default=None)
    next_ticket_number: Mapped[int] = mapped_column(default=1)
    disabled_at: Mapped[float | None] = mapped_column(default=None)  # no new calls since then


class TwilioAccount(Base):
    """One account at Twilio with its encrypted secrets; a merchant names one."""

    __tablename__ = "twilio_account"
    id: Mapped[str] = key()
    account_sid: Mapped[str] = mapped_column(String(34), unique=True)
    secrets_sealed: Mapped[bytes]
    api_key_sid: Mapped[str]
    app_sid: Mapped[str]
    region: Mapped[str] = mapped_column(default="")
    edge: Mapped[str] = mapped_column(default="")


class Number(Base):
    """A telephone number that customers dial."""

    __tablename__ = "number"
    merchant_id: Mapped[str] = key()
    e164: Mapped[str] = key()
    twilio_account_id: Mapped[str]
    __table_args__ = (Index("number_once", "e164", unique=True),)


class FlowVersion(Base):
    """One published flow, kept for ever under the digest of its normalised content."""

    __tablename__ = "flow_version"
    merchant_id: Mapped[str] = key()
    digest: Mapped[str] = key()
    text: Mapped[str]
    published_at: Mapped[float]
    published_by: Mapped[str]


class FlowPublication(Base):
    """When which flow version began to answer, who said so, and why; `was_digest` answered before."""

    __tablename__ = "flow_publication"
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    merchant_id: Mapped[str] = mapped_column(String(80))
    digest: Mapped[str]
    was_digest: Mapped[str | None] = mapped_column(default=None)
    kind: Mapped[str]  # published, started, returned, seen (a file at start that was live already)
    published_at: Mapped[float]
    published_by: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    __table_args__ = (Index("flow_publication_of_merchant", "merchant_id", "id"),)


class FlowDraft(Base):
    """A flow version that answers one number instead of the live one, to be heard before it is published."""

    __tablename__ = "flow_draft"
    merchant_id: Mapped[str] = key()
    e164: Mapped[str] = key()
    digest: Mapped[str]
    set_at: Mapped[float]
    set_by: Mapped[str]
