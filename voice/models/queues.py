"""Callers who wait, and the rings of agents for them."""

from typing import Any

from sqlalchemy import Index, false
from sqlalchemy.orm import Mapped, mapped_column

from voice import states
from voice.models.base import Base, index_while, key, of_call, quoted, unique_while

RUNG = "substr(queue, 1, 1) = '@'"  # an agent or a team is rung without a queue: few, and never for long


class Waiting(Base):
    """A caller's place in a queue, from joining to leaving; it is kept when an agent is lost."""

    __tablename__ = "waiting"
    merchant_id: Mapped[str] = key()
    id: Mapped[str] = key()
    call_id: Mapped[str]
    queue: Mapped[str]  # or @name: an agent or a team that is rung without a queue
    state: Mapped[str] = mapped_column(default=states.Waiting.WAITING)
    state_at: Mapped[float]
    entered_at: Mapped[float]
    rank_at: Mapped[float]  # entered_at less the head start of the priority: the order of the queue
    head_at: Mapped[float | None] = mapped_column(default=None)  # set when the caller came back to the head
    generation: Mapped[int] = mapped_column(default=0)  # grows with each claim and release: the fence
    agent_id: Mapped[str | None] = mapped_column(default=None)
    offers_made: Mapped[int] = mapped_column(default=0)
    last_agent_id: Mapped[str | None] = mapped_column(default=None)
    proved_at: Mapped[float | None] = mapped_column(
        default=None
    )  # first wait document asked for: the caller is in
    deadline_at: Mapped[float]  # max_wait: the flow's timeout exit
    until_at: Mapped[float | None] = mapped_column(default=None)  # end of the claim or of the bridging
    ring_seconds: Mapped[float]
    wrap_up_seconds: Mapped[float]
    session: Mapped[bytes]  # the flow session that goes on when the caller leaves
    place_said_at: Mapped[float | None] = mapped_column(default=None)
    exit_keys: Mapped[str] = mapped_column(default="")
    record: Mapped[bool] = mapped_column(default=True)
    left_as: Mapped[str | None] = mapped_column(
        default=None
    )  # how the caller left: what the flow resumes with
    left_key: Mapped[str] = mapped_column(default="")
    record_side: Mapped[str] = mapped_column(
        default="", server_default=""
    )  # the only side that is recorded: caller or agent; "" both
    strategy: Mapped[str] = mapped_column(default="longest_idle", server_default="longest_idle")
    gives_up: Mapped[bool] = mapped_column(
        default=False, server_default=false()
    )  # leaves when everybody who is there was rung in vain
    plan: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")  # routing/plan.py
    is_callback: Mapped[bool] = mapped_column(
        default=False, server_default=false()
    )  # the caller is not on the line, or was called back to it
    resumed_by: Mapped[str | None] = mapped_column(default=None)  # the call that has this place's order now
    stays_if: Mapped[str] = mapped_column(
        default="", server_default=""
    )  # who must be left for the caller to wait on; "" whoever
    stays_seconds: Mapped[float] = mapped_column(default=0.0, server_default="0")  # after the last has gone
    helpers: Mapped[str] = mapped_column(
        default="", server_default=""
    )  # the queues that help out, between spaces
    __table_args__ = (
        of_call(),
        Index("waiting_in_state", "state", "merchant_id", "queue", "state_at"),
        Index("waiting_due", "state", "until_at"),
        index_while("waiting_foremost", "merchant_id", "queue", "rank_at", "id", where="left_as IS NULL"),
        index_while(
            "waiting_at_head", "merchant_id", "queue", where="left_as IS NULL AND head_at IS NOT NULL"
        ),
        Index("waiting_by_id", "id"),  # an offer names the place alone
        index_while("waiting_rung", "id", where=RUNG),
        Index("waiting_of_call", "merchant_id", "call_id"),
        unique_while("waiting_once_per_call", "merchant_id", "call_id", where="left_as IS NULL"),
    )


class Offer(Base):
    """One ring of one agent for one caller."""

    __tablename__ = "offer"
    merchant_id: Mapped[str] = key()
    id: Mapped[str] = key()
    waiting_id: Mapped[str]
    call_id: Mapped[str]
    agent_id: Mapped[str]
    generation: Mapped[int]
    state: Mapped[str] = mapped_column(default=states.Offer.OFFERED)
    offered_at: Mapped[float]
    pushed_at: Mapped[float | None] = mapped_column(default=None)  # written to an open stream
    rang_at: Mapped[float | None] = mapped_column(default=None)  # acknowledged by the desk
    ring_until_at: Mapped[float | None] = mapped_column(default=None)
    ended_at: Mapped[float | None] = mapped_column(default=None)
    kind: Mapped[str] = mapped_column(default=states.OfferKind.QUEUE, server_default="queue")
    phone: Mapped[str] = mapped_column(
        default="", server_default=""
    )  # the agent's ordinary phone that rings for it; "" the browser
    __table_args__ = (
        of_call(),
        unique_while("offer_one_live_per_agent", "agent_id", where=f"state IN ({quoted(states.OFFER_LIVE)})"),
        unique_while("offer_one_claim_per_caller", "merchant_id", "waiting_id", where="state = 'accepted'"),
        Index("offer_by_caller", "merchant_id", "waiting_id"),
        Index("offer_of_agent", "agent_id", "offered_at"),  # what an agent had in the last hour (gate.py)
        Index("offer_live", "state", "agent_id"),
        Index("offer_of_call", "merchant_id", "call_id"),
        Index("offer_by_id", "id"),  # a desk names the ring alone
    )
