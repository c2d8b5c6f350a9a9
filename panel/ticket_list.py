"""Tickets and missed calls of one's own merchants: searched, filtered, sorted and paged in SQL."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from panel.people import Viewer
from voice.models import Agent, Call, Merchant, Recording, Ticket
from voice.phones import show_number
from voice.states import CallEnd

PER_PAGE = 50
MISSED = (CallEnd.ABANDONED, CallEnd.MISSED, CallEnd.VOICEMAIL)


class Sort(StrEnum):
    """What a list is ordered by; a minus in front turns it round."""

    NUMBER = "number"
    CREATED = "created"
    CALLER = "caller"
    WAITED = "waited"
    MERCHANT = "merchant"


ORDER: dict[Sort, Any] = {
    Sort.NUMBER: Ticket.number,
    Sort.CREATED: Ticket.created_at,
    Sort.CALLER: Call.caller,
    Sort.WAITED: func.coalesce(Call.waited_seconds, 0.0),
    Sort.MERCHANT: func.lower(Merchant.name),
}


@dataclass(frozen=True)
class Wish:
    """What somebody wants to see."""

    search: str = ""
    merchant: str = ""
    status: str = ""
    ended_as: str = ""
    agent: str = ""
    sort: Sort = Sort.CREATED
    descending: bool = True
    page: int = 1


@dataclass(frozen=True)
class Page:
    """One page of a list."""

    rows: list[dict[str, Any]]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // PER_PAGE))

    @property
    def first(self) -> int:
        """The place of the page's first row in the whole list, counted from 1."""
        return (self.page - 1) * PER_PAGE + 1


def tickets(tx: Session, viewer: Viewer, wish: Wish) -> Page:
    """The tickets of this person's merchants that meet the wish."""
    where = [Ticket.merchant_id.in_(viewer.merchants), *_filters(wish)]
    column = ORDER[wish.sort]
    asked = (
        _ticket_rows().where(*where).order_by(column.desc() if wish.descending else column.asc(), Ticket.id)
    )
    total = (
        tx.scalar(select(func.count()).select_from(Ticket).join(Call, _of_call(Ticket)).where(*where)) or 0
    )
    rows = tx.execute(asked.limit(PER_PAGE).offset((wish.page - 1) * PER_PAGE))
    return Page([_ticket(*row) for row in rows], total, wish.page)


def missed(tx: Session, viewer: Viewer, wish: Wish) -> Page:
    """Who called and spoke to nobody: hung up while waiting, or left a message. Newest first."""
    where: list[ColumnElement[bool]] = [Call.merchant_id.in_(viewer.merchants), Call.ended_as.in_(MISSED)]
    if wish.merchant:
        where.append(Call.merchant_id == wish.merchant)
    if wish.ended_as:
        where.append(Call.ended_as == wish.ended_as)
    if wish.search:
        where.append(_call_matches(wish.search))
    total = tx.scalar(select(func.count()).select_from(Call).where(*where)) or 0
    rows = tx.execute(
        select(Call, Merchant.name, Ticket.number, Ticket.status, _message_seconds())
        .join(Merchant, Merchant.id == Call.merchant_id)
        .outerjoin(Ticket, and_(Ticket.merchant_id == Call.merchant_id, Ticket.call_id == Call.id))
        .where(*where)
        .order_by(Call.started_at.desc(), Call.id)
        .limit(PER_PAGE)
        .offset((wish.page - 1) * PER_PAGE)
    )
    listed = [
        {**_call(call, name), "ticket": number, "status": status, "message_seconds": seconds}
        for call, name, number, status, seconds in rows
    ]
    return Page(listed, total, wish.page)


def _filters(wish: Wish) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wish.merchant:
        found.append(Ticket.merchant_id == wish.merchant)
    if wish.status:
        found.append(Ticket.status == wish.status)
    if wish.ended_as:
        found.append(Call.ended_as == wish.ended_as)
    if wish.agent:
        found.append(Ticket.agent_id == wish.agent)
    if wish.search:
        subject = Ticket.subject.icontains(wish.search, autoescape=True)
        number = wish.search.lstrip("#")
        by_number = (
            [Ticket.number == int(number)]
            if number.isascii() and number.isdigit() and len(number) < 10
            else []
        )
        found.append(or_(subject, _call_matches(wish.search), *by_number))
    return found


def _call_matches(search: str) -> ColumnElement[bool]:
    digits = "".join(mark for mark in search if mark.isdigit())
    name = Call.caller_name.icontains(search, autoescape=True)
    return or_(name, Call.caller.contains(digits)) if len(digits) >= 3 else name


def _of_call(table: type[Ticket] | type[Recording]) -> ColumnElement[bool]:
    return and_(Call.merchant_id == table.merchant_id, Call.id == table.call_id)


def _ticket_rows() -> Select[Ticket, Call, str, str, bool]:
    recorded = exists().where(
        Recording.merchant_id == Ticket.merchant_id,
        Recording.call_id == Ticket.call_id,
        Recording.state == "stored",
    )
    return (
        select(Ticket, Call, Merchant.name, Agent.name, recorded)
        .join(Call, _of_call(Ticket))
        .join(Merchant, Merchant.id == Ticket.merchant_id)
        .outerjoin(Agent, Agent.id == Ticket.agent_id)
    )


def _message_seconds() -> Any:
    return (
        select(func.sum(Recording.seconds))
        .where(
            Recording.merchant_id == Call.merchant_id,
            Recording.call_id == Call.id,
            Recording.kind == "voicemail",
        )
        .scalar_subquery()
    )


def _ticket(ticket: Ticket, call: Call, merchant: str, agent: str | None, recorded: bool) -> dict[str, Any]:
    return {
        **_call(call, merchant),
        "number": ticket.number,
        "subject": ticket.subject,
        "status": ticket.status,
        "created_at": ticket.created_at,
        "agent": agent,
        "recorded": recorded,
    }


def _call(call: Call, merchant: str) -> dict[str, Any]:
    return {
        "merchant": {"id": call.merchant_id, "name": merchant},
        "call_id": call.id,
        "caller": show_number(call.caller),
        "number_to_call": call.caller,
        "direction": call.direction,
        "caller_name": call.caller_name,
        "queue": call.queue,
        "started_at": call.started_at,
        "ended_at": call.ended_at,
        "ended_as": call.ended_as,
        "waited_seconds": call.waited_seconds,
    }
