"""Tickets: each ended call gets exactly one, numbered by its merchant; what comes later is put on it."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Row, Select, String, bindparam, select, union_all, update
from sqlalchemy.orm import Session

from recordings.keys import waveform_key
from recordings.story import Line as Line
from recordings.story import story as story
from recordings.subjects import subject, subject_of_callback, subject_of_outbound
from voice.contacts import calls_of, contact_of
from voice.models import Agent, Call, Callback, Event, Merchant, Participation, Recording, Ticket
from voice.runtime import Runtime
from voice.states import CallEnd, Role


@dataclass(frozen=True)
class Sound:
    """A recording as a ticket shows it."""

    id: str
    kind: str  # call, voicemail
    state: str
    channels: int
    seconds: float | None
    started_at: float | None
    playable_key: str | None
    waveform_key: str | None
    error: str


Who = Row[str, str] | None  # an agent: id and name

_MERCHANT, _CALL = bindparam("merchant", type_=String), bindparam("call", type_=String)
_TICKET: Final = select(Ticket).where(Ticket.merchant_id == _MERCHANT, Ticket.call_id == _CALL)
_NEXT_NUMBER: Final = (
    select(Merchant.next_ticket_number).where(Merchant.id == _MERCHANT).with_for_update(key_share=True)
)
_NUMBERED: Final = (
    update(Merchant)
    .where(Merchant.id == _MERCHANT)
    .values(next_ticket_number=bindparam("next"))
    .execution_options(synchronize_session=False)
)
_TAGS: Final = (
    select(Event.data)
    .where(Event.merchant_id == _MERCHANT, Event.call_id == _CALL, Event.kind == "tagged")
    .order_by(Event.turn, Event.place)
)


def _owners(*where: ColumnElement[bool]) -> Select[str, str]:
    """The agents who owned the talks of a call and of those made for its callbacks, the last one first."""
    asked = select(Callback.id).where(Callback.merchant_id == _MERCHANT, Callback.call_id == _CALL)
    made = select(Call.id).where(Call.merchant_id == _MERCHANT, Call.callback_of.in_(asked))
    return (
        select(Agent.id, Agent.name)
        .join(Participation, Participation.agent_id == Agent.id)
        .where(
            Participation.merchant_id == _MERCHANT,
            Participation.call_id.in_(union_all(select(_CALL), made)),
            Participation.role == Role.OWNER,
            *where,
        )
        .order_by(Participation.began_at.desc(), Participation.id)
        .limit(1)
    )


_WHO_TALKED: Final = _owners(Participation.joined_at.is_not(None))
_WHO_DIALLED: Final = _owners()


def ensure(tx: Session, rt: Runtime, merchant_id: str, call_id: str) -> Ticket | None:
    """The call's ticket, changed now; None while the call goes on (its end will open it).

    A call that was made for a callback is told on the ticket of the call in which that was asked for.
    """
    call = tx.get(Call, (merchant_id, call_id))
    if call is not None and call.callback_of is not None:
        call = tx.get(Call, (merchant_id, contact_of(tx, merchant_id, call_id)))
    if call is None or call.ended_at is None:
        return None
    ticket = ticket_of(tx, merchant_id, call.id)
    if ticket is None:
        # The merchant's row is the lock: who has it sees every ticket that was numbered before.
        number = tx.execute(_NEXT_NUMBER, {"merchant": merchant_id}).scalar_one()
        ticket = ticket_of(tx, merchant_id, call.id)
        if ticket is None:
            return _opened(tx, rt, call, number)
    agent = _who_talked(tx, call)
    _rename(ticket, call, agent)
    if call.id != call_id and agent is not None:
        ticket.agent_id = agent.id
    ticket.changed_at = max(ticket.changed_at, rt.now())
    return ticket


def touch(tx: Session, merchant_id: str, call_id: str, now: float) -> None:
    """Something on the ticket changed, if there is one."""
    ticket = ticket_of(tx, merchant_id, contact_of(tx, merchant_id, call_id))
    if ticket is not None:
        ticket.changed_at = max(ticket.changed_at, now)


def ticket_of(tx: Session, merchant_id: str, call_id: str) -> Ticket | None:
    """The ticket that a call became."""
    return tx.scalar(_TICKET, {"merchant": merchant_id, "call": call_id})


def recordings_of(tx: Session, merchant_id: str, call_id: str) -> tuple[Sound, ...]:
    """The recordings of a call, in the order in which they were made."""
    rows = tx.scalars(
        select(Recording)
        .where(
            Recording.merchant_id == merchant_id, Recording.call_id.in_(calls_of(tx, merchant_id, call_id))
        )
        .order_by(Recording.started_at, Recording.id)
    )
    return tuple(
        Sound(
            row.id, row.kind, row.state, row.channels, row.seconds, row.started_at, row.playable_key,
            waveform_key(row.playable_key) if row.playable_key else None, row.error,
        )
        for row in rows
    )  # fmt: skip


def _opened(tx: Session, rt: Runtime, call: Call, number: int) -> Ticket:
    now = rt.now()
    tx.execute(_NUMBERED, {"merchant": call.merchant_id, "next": number + 1})
    agent = _who_talked(tx, call)
    ticket = Ticket(
        merchant_id=call.merchant_id,
        id=rt.chance.id("tk"),
        number=number,
        call_id=call.id,
        subject=_subject(call, _ending(call), agent),
        created_at=now,
        changed_at=now,
        agent_id=agent.id if agent else None,
        flow_digest=call.flow_digest,
        tags=_tags(tx, call),
    )
    tx.add(ticket)
    tx.flush()
    rt.journal.write(tx, call.merchant_id, call.id, "ticket_opened", now, ticket=ticket.id, number=number)
    return ticket


def _tags(tx: Session, call: Call) -> list[str]:
    """The tags that the flow gave, each once, in order."""
    told = tx.scalars(_TAGS, {"merchant": call.merchant_id, "call": call.id})
    return list(dict.fromkeys(str(tag) for data in told for tag in data.get("tags", ())))


def _rename(ticket: Ticket, call: Call, agent: Who) -> None:
    """A message that arrived after the end makes a missed call a voicemail; what somebody wrote stays."""
    if ticket.subject in {_subject(call, ending, one) for ending in CallEnd for one in (agent, None)}:
        ticket.subject = _subject(call, _ending(call), agent)


def _subject(call: Call, ending: CallEnd, agent: Who) -> str:
    if ending == CallEnd.CALLBACK_REQUESTED and agent is not None:
        return subject_of_callback(call.caller, agent.name)
    title = subject_of_outbound if call.direction == "outbound" else subject
    return title(ending, call.caller, agent.name if agent else None)


def _ending(call: Call) -> CallEnd:
    return CallEnd(call.ended_as or CallEnd.FAILED)


def _who_talked(tx: Session, call: Call) -> Who:
    """The agent who owned the talk last; of a call that nobody answered, who had dialled; or nobody."""
    asked = _WHO_DIALLED if call.direction == "outbound" else _WHO_TALKED
    return tx.execute(asked, {"merchant": call.merchant_id, "call": call.id}).first()
