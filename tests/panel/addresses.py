"""Every address of the panel: who may reach it, and how it is asked for somebody's things."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from panel.sessions import SHOWN
from tests.panel.build import (
    PASSWORD,
)

ROLES = ("agent", "supervisor", "admin", "operator")
STRAY = "stray"  # signed in, with no role anywhere
MEMBERS = frozenset(ROLES)
EVERYBODY = MEMBERS | {STRAY}
DESKS = frozenset({"agent"})
WATCHERS = MEMBERS - {"agent"}
ADMINS = frozenset({"admin", "operator"})
OPERATORS = frozenset({"operator"})


@dataclass(frozen=True)
class Ids:
    """What names the things of one merchant."""

    merchant: str
    mark: str  # in every text of theirs
    user: str
    session: str
    call: str
    offer: str
    number: int
    account: str
    link: str


ABSENT = Ids(
    "nowhere", "", "us_none", "0" * SHOWN, "ca_none", "of_none", 4711, "AC" + "9" * 32, "/media/none"
)
Ask = tuple[str, str, dict[str, Any] | None]


@dataclass(frozen=True)
class Row:
    """Who may reach an address, and how it is asked for somebody's things by somebody of `mine`."""

    who: frozenset[str]
    asks: Callable[[Ids, Ids], list[Ask]]
    names_things: bool = True


def get(path: str, names_things: bool = True, who: frozenset[str] = MEMBERS) -> Row:
    return Row(who, lambda of, _mine: [("GET", path.format(of=of), None)], names_things)


def plain(path: str, who: frozenset[str] = EVERYBODY) -> Row:
    return get(path, False, who)


def deed(path: str, who: frozenset[str], **body: Any) -> Row:
    return Row(who, lambda _of, _mine: [("POST", path, body)], False)


def deed_on(path: str, who: frozenset[str], **body: str) -> Row:
    def asks(of: Ids, mine: Ids) -> list[Ask]:
        return [
            ("POST", path.format(of=of), {name: text.format(of=of, mine=mine) for name, text in body.items()})
        ]

    return Row(who, asks)


def roles(of: Ids, mine: Ids) -> list[Ask]:
    """To give a role: theirs at theirs, theirs at mine (to draw them over), mine at theirs (to get in)."""
    pairs = [(of.user, of.merchant), (of.user, mine.merchant), (mine.user, of.merchant)]
    return [
        ("POST", f"/api/people/{user}/role", {"merchant": merchant, "role": "agent"})
        for user, merchant in pairs
    ]


def joining(of: Ids, mine: Ids) -> list[Ask]:
    """To put somebody into a team: theirs into theirs, theirs into mine, mine into theirs."""
    pairs = [(of.user, of.merchant), (of.user, mine.merchant), (mine.user, of.merchant)]
    return [("POST", f"/api/teams/{merchant}/days/join", {"user": user}) for user, merchant in pairs]


MATRIX: dict[str, Row] = {
    "session.sign_out": deed("/api/logout", EVERYBODY),
    "session.me": plain("/api/me"),
    "desk.show": plain("/api/desk", DESKS),
    "desk.start_shift": deed("/api/shift/start", DESKS),
    "desk.end_shift": deed("/api/shift/end", DESKS),
    "desk.go_away": deed("/api/away", DESKS, reason="lunch"),
    "desk.come_back": deed("/api/available", DESKS),
    "desk.end_wrap_up": deed("/api/wrap-up/end", DESKS),
    "desk.extend_wrap_up": deed("/api/wrap-up/extend", DESKS),
    "desk.pong": deed("/api/pong", DESKS),
    "desk.token": deed_on("/api/token", DESKS, account_sid="{of.account}"),
    "offers.acknowledge": deed_on("/api/offers/{of.offer}/acknowledge", DESKS),
    "offers.accept": deed_on("/api/offers/{of.offer}/accept", DESKS),
    "offers.decline": deed_on("/api/offers/{of.offer}/decline", DESKS),
    "calls.hold": deed_on("/api/calls/{of.call}/hold", DESKS),
    "calls.resume": deed_on("/api/calls/{of.call}/resume", DESKS),
    "calls.targets": get("/api/calls/{of.call}/targets", who=DESKS),
    "calls.send": deed_on("/api/calls/{of.call}/send", DESKS, to="queue", target="orders"),
    "calls.ask": deed_on("/api/calls/{of.call}/ask", DESKS, to="queue", target="orders"),
    "calls.cancel": deed_on("/api/calls/{of.call}/ask/cancel", DESKS),
    "calls.together": deed_on("/api/calls/{of.call}/ask/together", DESKS),
    "calls.hand_over": deed_on("/api/calls/{of.call}/ask/hand-over", DESKS),
    "calls.end": deed_on("/api/calls/{of.call}/end", DESKS),
    "dialling.lines": plain("/api/lines", DESKS),
    "dialling.dial": deed_on("/api/dial", DESKS, merchant="{of.merchant}", number="+12025550188"),
    "tickets.list_tickets": get("/api/tickets?merchant={of.merchant}&q={of.number}", who=EVERYBODY),
    "tickets.list_missed": get("/api/missed?merchant={of.merchant}", who=EVERYBODY),
    "tickets.show": get("/api/tickets/{of.merchant}/{of.number}"),
    "tickets.of_call": get("/api/calls/{of.merchant}/{of.call}/ticket"),
    "floor.show": plain("/api/floor", WATCHERS),
    "supervision.token": deed_on("/api/supervision/token", WATCHERS, account_sid="{of.account}"),
    "supervision.supervise": deed_on("/api/supervision/{of.call}", WATCHERS, heard="barged"),
    "supervision.leave": deed_on("/api/supervision/{of.call}/leave", WATCHERS),
    "supervision.set_state": deed_on("/api/floor/agents/{of.user}/state", WATCHERS, state="away", reason="lunch"),
    "supervision.finish": deed_on("/api/floor/agents/{of.user}/finish", WATCHERS, what="talk", call="{of.call}"),
    "supervision.set_free": deed_on("/api/floor/agents/{of.user}/free", WATCHERS),
    "supervision.targets": get("/api/floor/callers/{of.call}/targets", who=WATCHERS),
    "supervision.move": deed_on("/api/floor/callers/{of.call}/move", WATCHERS, to="agent", target="{of.user}"),
    "callbacks.cancel": deed_on("/api/floor/callbacks/wt_{of.call}/cancel", WATCHERS),
    "flows_api.back": deed_on("/api/flows/{of.merchant}/back", ADMINS, to="d", expected=""),
    "flows.show_all": plain("/flows", WATCHERS),
    "flows.show": get("/flows/{of.merchant}", who=WATCHERS),
    "flows.show_call": get("/flows/{of.merchant}/calls/{of.call}", who=WATCHERS),
    "people.show": plain("/api/people", ADMINS),
    "people.add": deed_on(
        "/api/people", ADMINS, merchant="{of.merchant}", role="agent", name="New", email="new@{of.merchant}.example"
    ),
    "people.give_role": Row(ADMINS, roles),
    "people.disable": deed_on("/api/people/{of.user}/disable", ADMINS),
    "people.enable": deed_on("/api/people/{of.user}/enable", ADMINS),
    "people.reset_password": deed_on("/api/people/{of.user}/reset-password", ADMINS),
    "people.show_sessions": get("/api/people/{of.user}/sessions", who=ADMINS),
    "people.end": deed_on("/api/people/{of.user}/sessions/end", ADMINS),
    "phones.set_number": deed_on("/api/people/{of.user}/phone", ADMINS, number=""),
    "phones.take_calls": deed("/api/phone", DESKS, on="browser"),
    "teams.show": plain("/api/teams", ADMINS),
    "teams.add": deed_on("/api/teams", ADMINS, merchant="{of.merchant}", name="nights"),
    "teams.rename": deed_on("/api/teams/{of.merchant}/days/rename", ADMINS, name="mornings"),
    "teams.remove": deed_on("/api/teams/{of.merchant}/days/remove", ADMINS),
    "teams.join": Row(ADMINS, joining),
    "teams.leave": deed_on("/api/teams/{of.merchant}/days/leave", ADMINS, user="{of.user}"),
    "teams.serve": deed_on("/api/teams/{of.merchant}/days/serve", ADMINS, queue="orders"),
    "teams.unserve": deed_on("/api/teams/{of.merchant}/days/unserve", ADMINS, queue="orders"),
    "merchants.show": plain("/api/merchants", OPERATORS),
    "merchants.disable": deed_on("/api/merchants/{of.merchant}/disable", OPERATORS),
    "merchants.enable": deed_on("/api/merchants/{of.merchant}/enable", OPERATORS),
    "office.teams": plain("/teams", ADMINS),
    "office.team": get("/teams/{of.merchant}/days", who=ADMINS),
    "office.merchants": plain("/merchants", OPERATORS),
    "office.log": get("/log?merchant={of.merchant}", who=ADMINS),
    "account.show": plain("/api/account/sessions"),
    "account.end": deed_on("/api/account/sessions/end", frozenset({"agent"}), session="{of.session}"),
    "account.sign_out_everywhere": deed("/api/account/sign-out-everywhere", EVERYBODY),
    "account.change_password": deed("/api/account/password", EVERYBODY, old=PASSWORD, new="another long one"),
    "media.play": get("{of.link}", who=frozenset({"agent"})),
    "assets.library": plain("/assets/npm/htmx@0.0.0.js", frozenset()),
    "pages.start": plain("/"),
    "pages.desk": plain("/desk"),
    "pages.ticket_list": get("/tickets?merchant={of.merchant}", who=EVERYBODY),
    "pages.ticket": get("/tickets/{of.merchant}/{of.number}"),
    "pages.call": get("/calls/{of.merchant}/{of.call}"),
    "pages.floor": plain("/floor", WATCHERS),
    "pages.people": plain("/people", ADMINS),
    "pages.person": get("/people/{of.user}", who=ADMINS),
    "pages.account": plain("/account"),
    "pages.missed_list": get("/missed?merchant={of.merchant}", who=EVERYBODY),
}  # fmt: skip
OPEN = {
    "static",
    "pages.sign_in",
    "session.sign_in",
}  # for everybody, and about nobody (tests/panel/test_door.py)
