"""Tickets, their stories, and the calls that nobody took."""

from typing import Any

from flask import Blueprint, Response, jsonify, request
from sqlalchemy import and_, select

from panel import media
from panel.context import rt, viewer
from panel.problems import Problem, not_found
from panel.ticket_list import Page, Sort, Wish, missed, tickets
from panel.ticket_story import one_ticket
from voice.contacts import contact_of
from voice.models import Call, Ticket

api = Blueprint("tickets", __name__)


@api.get("/api/tickets")
def list_tickets() -> Response:
    """?q= search, merchant=, status=, ended_as=, agent=me, sort=[-]created|number|caller|waited|merchant, page="""
    with rt().store.read() as tx:
        return jsonify(listed(tickets(tx, viewer(), wish()), "tickets"))


@api.get("/api/missed")
def list_missed() -> Response:
    """Hung up while waiting, or left a message: ?q=, merchant=, ended_as=, page="""
    with rt().store.read() as tx:
        return jsonify(listed(missed(tx, viewer(), wish()), "missed"))


@api.get("/api/tickets/<merchant_id>/<int(max=2147483647):number>")
def show(merchant_id: str, number: int) -> Response:
    """A ticket with its story and links to its recordings."""
    return jsonify(ticket_of(merchant_id, number))


@api.get("/api/calls/<merchant_id>/<call_id>/ticket")
def of_call(merchant_id: str, call_id: str) -> Response:
    """The ticket that a call became; null until it is written."""
    return jsonify(merchant=merchant_id, number=number_of(merchant_id, call_id))


def number_of(merchant_id: str, call_id: str) -> int | None:
    """The number of a call's ticket; None until it is written."""
    with rt().store.read() as tx:
        known = tx.execute(
            select(Call.id, Ticket.number)
            .outerjoin(
                Ticket,
                and_(
                    Ticket.merchant_id == Call.merchant_id,
                    Ticket.call_id == contact_of(tx, merchant_id, call_id),
                ),
            )
            .where(
                Call.merchant_id == merchant_id, Call.merchant_id.in_(viewer().merchants), Call.id == call_id
            )
        ).one_or_none()
    if known is None:
        raise not_found("call")
    _, number = known
    return number


def ticket_of(merchant_id: str, number: int) -> dict[str, Any]:
    """One ticket for this viewer, with fresh links to its sounds."""
    with rt().store.read() as tx:
        found = one_ticket(tx, viewer(), merchant_id, number)
    if found is None:
        raise not_found("ticket")
    for recording in found["recordings"]:
        stored, has_outline = recording["state"] == "stored", recording.pop("has_outline")
        recording["url"] = media.link(rt(), viewer(), merchant_id, recording["id"]) if stored else None
        recording["original_url"] = (
            media.link(rt(), viewer(), merchant_id, recording["id"], media.What.ORIGINAL) if stored else None
        )
        outline = (
            media.link(rt(), viewer(), merchant_id, recording["id"], media.What.OUTLINE)
            if has_outline
            else None
        )
        recording["outline_url"] = outline
    return found


def wish() -> Wish:
    """The query string as a wish; what it does not know is refused, not ignored."""
    given = request.args
    sort = given.get("sort", "-created")
    try:
        by, page = Sort(sort.lstrip("-")), int(given.get("page", "1"))
    except ValueError:
        raise Problem(400, "bad_request", f"sort is one of {', '.join(Sort)}, page a number.") from None
    if not 1 <= page <= 100_000:
        raise Problem(400, "bad_request", "page is a number from 1.")
    agent = given.get("agent", "")
    return Wish(
        search=given.get("q", "").strip()[:100],
        merchant=given.get("merchant", "")[:80],
        status=given.get("status", "")[:40],
        ended_as=given.get("ended_as", "")[:40],
        agent=viewer().user_id if agent == "me" else agent[:80],
        sort=by,
        descending=sort.startswith("-"),
        page=page,
    )


def listed(page: Page, name: str) -> dict[str, Any]:
    """A page of rows as the API shows it."""
    return {name: page.rows, "total": page.total, "page": page.page, "pages": page.pages}
