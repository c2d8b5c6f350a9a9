"""The pages: whole HTML from the server; the phone on them lives outside <main>, which alone is swapped."""

from urllib.parse import urlencode, urlsplit

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from panel import login
from panel.api.account import own_sessions
from panel.api.floor import floor_now
from panel.api.people import assignable, everybody, one_person
from panel.api.tickets import number_of, ticket_of, wish
from panel.audit import Deed, Did, deeds
from panel.context import cookie_name, rt, viewer
from panel.ticket_list import missed, tickets
from panel.today import recent, serves, today
from panel.words import ENDED_AS

pages = Blueprint("pages", __name__)

# Browsers read a backslash as a slash and drop control characters (WHATWG URL, 4.4): /\\evil would leave us.
FORBIDDEN = {"\\", *map(chr, range(33))}


@pages.get("/")
def start() -> Response:
    """To the desk; for people who take no calls to the floor they watch over, or to the tickets."""
    return redirect("/desk" if viewer().has_desk else without_desk())


@pages.get("/login")
def sign_in() -> Response | str:
    """The only page for everybody; who is signed in already goes on."""
    going = own_path(request.args.get("next", ""))
    if login.who(rt(), request.cookies.get(cookie_name(), "")) is not None:
        return redirect(going)
    return render_template("login.html", next=going)


@pages.get("/desk")
def desk() -> Response | str:
    """The agent's desk."""
    if not viewer().has_desk:
        return redirect(without_desk())
    with rt().store.read() as tx:
        beside = {
            "today": today(tx, viewer().user_id, rt().now()),
            "recent": recent(tx, viewer()),
            "serves": serves(tx, viewer()),
        }
    return page("desk.html", **beside)


@pages.get("/tickets")
def ticket_list() -> str:
    """Tickets: search, filter, sort, pages."""
    wanted = wish()
    with rt().store.read() as tx:
        listing = tickets(tx, viewer(), wanted)
    filtered = any(
        (wanted.search, wanted.merchant, wanted.status, wanted.ended_as, wanted.agent, wanted.page > 1)
    )
    return page(
        "tickets.html", listing=listing, wish=wanted, filtered=filtered, sort=request.args.get("sort", ""), here=here,
        endings=ENDED_AS,
    )  # fmt: skip


@pages.get("/tickets/<merchant_id>/<int(max=2147483647):number>")
def ticket(merchant_id: str, number: int) -> str:
    """One ticket: the call's story and its recordings."""
    return page("ticket.html", ticket=ticket_of(merchant_id, number), plays=_plays(merchant_id, number))


def _plays(merchant_id: str, number: int) -> list[Deed] | None:
    """Who played its recordings, for those who look after people; None for others."""
    if merchant_id not in viewer().administers:
        return None
    with rt().store.read() as tx:
        return deeds(tx, [merchant_id], about=f"#{number}", kinds=[Did.RECORDING_PLAYED])


@pages.get("/calls/<merchant_id>/<call_id>")
def call(merchant_id: str, call_id: str) -> Response | str:
    """To the ticket of a call; a call that is still going on has none yet."""
    number = number_of(merchant_id, call_id)
    return page("call.html") if number is None else redirect(f"/tickets/{merchant_id}/{number}")


@pages.get("/floor")
def floor() -> str:
    """Who waits and what the agents do, live."""
    return page("floor.html", floor=floor_now())


@pages.get("/people")
def people() -> str:
    """Who works here, for those who look after it."""
    return page("people.html", people=everybody(), assignable=assignable)


@pages.get("/people/<user_id>")
def person(user_id: str) -> str:
    """One account: roles, password, sessions."""
    return page("person.html", **one_person(user_id), assignable=assignable)


@pages.get("/account")
def account() -> str:
    """One's own password and sessions."""
    return page("account.html", sessions=own_sessions())


@pages.get("/missed")
def missed_list() -> str:
    """Who spoke to nobody."""
    wanted = wish()
    with rt().store.read() as tx:
        listing = missed(tx, viewer(), wanted)
    return page("missed.html", listing=listing, wish=wanted, here=here)


def page(template: str, **values: object) -> str:
    """A page for the person who is signed in."""
    settings = rt().settings
    told = {
        "push": settings.push_address,
        "signalling": settings.signalling_url,
        "desk": viewer().has_desk,
        "user": viewer().user_id,
        "notes": {"more": settings.wrap_up_more_seconds, "longest": settings.wrap_up_longest_seconds},
    }
    plain = plain_host(settings.signalling_url)
    return render_template(template, viewer=viewer(), page_settings=told, plain_signalling=plain, **values)


def without_desk() -> str:
    """Where people begin who take no calls."""
    return "/floor" if viewer().watches else "/tickets"


def plain_host(signalling_url: str) -> str:
    """The simulator's host when it is reached without TLS: only then a page turns the SDK's wss into ws."""
    parts = urlsplit(signalling_url)
    return parts.netloc if parts.scheme in ("http", "ws") else ""


def here(**changes: object) -> str:
    """This list with a few words of its query changed; None takes a word away."""
    words = {**request.args.to_dict(), **changes}
    kept = {name: str(value) for name, value in words.items() if value not in (None, "")}
    return request.path + ("?" + urlencode(kept) if kept else "")


def own_path(wanted: str) -> str:
    """Where to go after signing in: a path of ours, never somebody else's address."""
    is_ours = wanted.startswith("/") and not wanted.startswith("//") and not set(wanted) & FORBIDDEN
    return wanted if is_ours and not wanted.startswith("/login") else "/"
