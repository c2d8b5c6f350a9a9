"""The tables. Every tenant's row has its merchant in its primary key; moments are seconds since the epoch, UTC.

The partial unique indexes at the end of a class make wrong decisions impossible to store: they speak of states,
never of time. Both stores keep them (PostgreSQL and SQLite).
"""

from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    false,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from voice import states

SCHEMA = "0010"  # the last revision in voice/migrations/versions; every change of the tables is one more


class Base(DeclarativeBase):
    """Everything that `ringdesk migrate` creates."""

    type_annotation_map: ClassVar[Any] = {
        str: Text,
        float: Float(53),
        dict[str, Any]: JSON,
        list[Any]: JSON,
        bytes: LargeBinary,
    }


def key(**options: Any) -> Mapped[str]:
    """A text column of the primary key."""
    return mapped_column(String(80), primary_key=True, **options)


def quoted(members: object) -> str:
    """States as an SQL list, for the condition of a partial index."""
    return ", ".join(f"'{member}'" for member in sorted(str(one) for one in members))  # type: ignore[attr-defined]


def unique_while(name: str, *columns: str, where: str) -> Index:
    """A unique index over the rows that meet a condition, in both stores."""
    return Index(name, *columns, unique=True, sqlite_where=text(where), postgresql_where=text(where))


# --- who ----------------------------------------------------------------------------------------------------------


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


class User(Base):
    """Somebody who signs in: an agent, a supervisor, an admin or an operator."""

    __tablename__ = "user"
    id: Mapped[str] = key()
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    created_at: Mapped[float]
    disabled_at: Mapped[float | None] = mapped_column(default=None)


class Membership(Base):
    """What somebody may do for one merchant."""

    __tablename__ = "membership"
    merchant_id: Mapped[str] = key()
    user_id: Mapped[str] = key()
    role: Mapped[str]  # agent, supervisor, admin, operator


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
    __table_args__ = (ForeignKeyConstraint(["merchant_id", "team"], ["team.merchant_id", "team.name"]),)


class LoginSession(Base):
    """One signed-in browser; the cookie holds a random token of which this keeps the hash."""

    __tablename__ = "login_session"
    token_hash: Mapped[str] = key()
    user_id: Mapped[str]
    csrf: Mapped[str]
    created_at: Mapped[float]
    seen_at: Mapped[float]
    expires_at: Mapped[float]
    revoked_at: Mapped[float | None] = mapped_column(default=None)
    address: Mapped[str] = mapped_column(default="")
    browser: Mapped[str] = mapped_column(default="")


class Audit(Base):
    """Who did what to accounts, teams and merchants, and who played which recording. Rows are only ever added."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    merchant_id: Mapped[str] = mapped_column(String(80))  # "" when it is of no merchant
    at: Mapped[float]
    by_id: Mapped[str] = mapped_column(default="")  # the user; "" for the machine's shell
    by_name: Mapped[str]  # as it was then
    address: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(String(40))  # panel/audit.py has the list
    about: Mapped[str] = mapped_column(String(254), default="")  # an e-mail address, a team, #ticket
    detail: Mapped[str] = mapped_column(default="")
    once: Mapped[str | None] = mapped_column(String(80), unique=True, default=None)  # what is told once only
    __table_args__ = (
        Index("audit_of_merchant", "merchant_id", "id"),
        Index("audit_about", "merchant_id", "kind", "about"),
    )


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
    __table_args__ = (Index("agent_state", "state"),)


# --- calls --------------------------------------------------------------------------------------------------------


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
    )  # caller (customer when we dialled), agent, flow
    outcome: Mapped[str | None] = mapped_column(
        default=None
    )  # the strongest thing that happened so far, a CallEnd
    waited_seconds: Mapped[float | None] = mapped_column(default=None)
    queue: Mapped[str | None] = mapped_column(default=None)
    status_rank: Mapped[int] = mapped_column(default=0)
    status_sequence: Mapped[int] = mapped_column(default=-1)
    next_assignment: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        Index("call_once", "account_sid", "call_sid", unique=True),
        Index("call_started", "merchant_id", "started_at"),
        Index("call_of_caller", "merchant_id", "caller", "started_at"),
        Index("call_open", "ended_at"),
    )


def of_call() -> ForeignKeyConstraint:
    """A row that belongs to a call of the same merchant."""
    return ForeignKeyConstraint(["merchant_id", "call_id"], ["call.merchant_id", "call.id"])


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
    __table_args__ = (
        of_call(),
        Index("waiting_open", "merchant_id", "queue", "state"),
        Index("waiting_due", "state", "until_at"),
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
    __table_args__ = (
        of_call(),
        unique_while("offer_one_live_per_agent", "agent_id", where=f"state IN ({quoted(states.OFFER_LIVE)})"),
        unique_while("offer_one_claim_per_caller", "merchant_id", "waiting_id", where="state = 'accepted'"),
        Index("offer_by_caller", "merchant_id", "waiting_id"),
    )


class Participation(Base):
    """An agent's part in a talk; the room belongs to one assignment."""

    __tablename__ = "participation"
    merchant_id: Mapped[str] = key()
    id: Mapped[str] = key()
    call_id: Mapped[str]
    waiting_id: Mapped[str | None]
    offer_id: Mapped[str | None]
    agent_id: Mapped[str]
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
    until_at: Mapped[float | None] = mapped_column(default=None)  # end of the rejoin window
    end_asked_by: Mapped[str | None] = mapped_column(default=None)
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
    )


class Consult(Base):
    """A colleague is asked before a caller is handed over; one at a time for each call."""

    __tablename__ = "consult"
    merchant_id: Mapped[str] = key()
    id: Mapped[str] = key()
    call_id: Mapped[str]
    from_agent_id: Mapped[str]
    kind: Mapped[str]  # agent, queue
    target: Mapped[str]  # an agent's id, or a queue's name
    agent_id: Mapped[str]  # who is rung, or in the room
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
        Index("consult_of_call", "merchant_id", "call_id", "state_at"),
    )


class Action(Base):
    """A request of ours that moves a live call: intended, sent, confirmed."""

    __tablename__ = "action"
    merchant_id: Mapped[str] = key()
    id: Mapped[str] = key()
    call_id: Mapped[str]
    kind: Mapped[str]  # poke, dial, hold, unhold, end_room, end_leg
    target: Mapped[str]  # the leg or the room it moves
    generation: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default=states.Action.INTENDED)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[float]
    lease_until_at: Mapped[float] = mapped_column(default=0.0)
    error: Mapped[str] = mapped_column(default="")
    __table_args__ = (of_call(), Index("action_open", "state", "lease_until_at"))


# --- afterwards ---------------------------------------------------------------------------------------------------


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
        Index("event_once_per_turn", "merchant_id", "call_id", "turn", "place", unique=True),
    )


class Beat(Base):
    """When a loop last finished a round: what /readyz looks at."""

    __tablename__ = "beat"
    name: Mapped[str] = key()
    at: Mapped[float]
    ok: Mapped[bool] = mapped_column(Boolean, default=True)
