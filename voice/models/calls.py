"""A call, the answers that its turns got, and its story."""

from typing import Any

from sqlalchemy import BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from voice.models.base import Base, index_while, key, of_call, quoted

GOES_OUT = ("dialled", "forwarded", "number_asked", "phone_rung")  # facts: each is a call that we place
DIALLED = f"kind IN ({quoted(GOES_OUT)})"


class Call(Base):
    """One customer's call as a contact."""

    __tablename__ = "call"
    merchant_id: Mapped[str] = key()
    id: Mapped[str] = key()
    call_sid: Mapped[str] = mapped_column(String(34))  # our own id until the leg that we dial is known
    account_sid: Mapped[str] = mapped_column(String(34))
    direction: Mapped[str] = mapped_column(default="inbound")  # or outbound: an agent dialled
    caller: Mapped[str]  # the customer in E.164, or "" when withheld
    caller_name: Mapped[str] = mapped_column(default="")
    dialled: Mapped[str]  # our number, also when we dialled
    flow_digest: Mapped[str]
    started_at: Mapped[float]
    answered_at: Mapped[float | None] = mapped_column(default=None)
    ended_at: Mapped[float | None] = mapped_column(default=None)
    ended_as: Mapped[str | None] = mapped_column(default=None)
    hung_up_by: Mapped[str | None] = mapped_column(
        default=None
    )  # caller (customer when we dialled), agent, outside, flow
    outcome: Mapped[str | None] = mapped_column(
        default=None
    )  # the strongest thing that happened so far, a CallEnd
    waited_seconds: Mapped[float | None] = mapped_column(default=None)
    queue: Mapped[str | None] = mapped_column(default=None)
    status_rank: Mapped[int] = mapped_column(default=0)
    status_sequence: Mapped[int] = mapped_column(default=-1)
    next_assignment: Mapped[int] = mapped_column(default=1)
    callback_of: Mapped[str | None] = mapped_column(default=None)  # an attempt of this callback
    __table_args__ = (
        Index("call_once", "account_sid", "call_sid", unique=True),
        Index("call_started", "merchant_id", "started_at"),
        Index("call_of_caller", "merchant_id", "caller", "started_at"),
        Index("call_of_callback", "merchant_id", "callback_of"),
        Index("call_open", "ended_at"),
    )


class TurnAnswer(Base):
    """The answer that was given when a turn had an effect: a repeat gets the same."""

    __tablename__ = "turn_answer"
    merchant_id: Mapped[str] = key()
    call_id: Mapped[str] = key()
    turn: Mapped[int] = mapped_column(primary_key=True)
    answer: Mapped[bytes]
    at: Mapped[float]
    __table_args__ = (of_call(),)


class Reply(Base):
    """What another system answered to a turn of a flow that asked it; `saved` are the variables, in order."""

    __tablename__ = "reply"
    merchant_id: Mapped[str] = key()
    call_id: Mapped[str] = key()
    turn: Mapped[int] = mapped_column(primary_key=True)
    endpoint: Mapped[str]
    state: Mapped[str] = mapped_column(default="asked")  # asked, ok, error, timeout
    asked_at: Mapped[float]
    until_at: Mapped[float]
    replied_at: Mapped[float | None] = mapped_column(default=None)
    saved: Mapped[list[Any]] = mapped_column(default=list)
    __table_args__ = (of_call(),)


class TextMessage(Base):
    """A text message that a flow sends to a caller; the id comes from its call and turn, so it is sent once."""

    __tablename__ = "text_message"
    merchant_id: Mapped[str] = key()
    id: Mapped[str] = key()
    call_id: Mapped[str]
    from_number: Mapped[str]
    to_number: Mapped[str]
    body: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")  # waiting, sending, sent, failed
    created_at: Mapped[float]
    sent_at: Mapped[float | None] = mapped_column(default=None)
    message_sid: Mapped[str | None] = mapped_column(default=None)
    error: Mapped[str] = mapped_column(default="")
    __table_args__ = (of_call(), Index("text_message_of_call", "merchant_id", "call_id"))


class Event(Base):
    """One fact of a call's story: the journal that reports, traces, tickets and webhooks read."""

    __tablename__ = "event"
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    merchant_id: Mapped[str] = mapped_column(String(80))
    call_id: Mapped[str] = mapped_column(String(80))
    at: Mapped[float]
    kind: Mapped[str]
    turn: Mapped[int | None] = mapped_column(default=None)
    place: Mapped[int | None] = mapped_column(
        default=None
    )  # which fact of its turn: a repeated turn tells nothing twice
    agent_id: Mapped[str | None] = mapped_column(default=None)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    __table_args__ = (
        Index("event_of_call", "merchant_id", "call_id", "at"),
        Index("event_at", "merchant_id", "at"),
        index_while("event_dialled", "merchant_id", "at", where=DIALLED),
        Index("event_once_per_turn", "merchant_id", "call_id", "turn", "place", unique=True),
    )
