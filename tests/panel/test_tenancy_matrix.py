"""Every address of the panel x every role of two merchants x own, foreign and absent things: nothing leaks.

The rows are checked against the app's own map of addresses, so a new address fails here until it has a row. What is
foreign must be answered word for word as what does not exist, tell nothing of the other merchant, and change nothing.
"""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from panel.login import hash_of
from panel.sessions import SHOWN
from panel.web import register
from recordings.storage import open_storage
from tests.build import make_rt
from tests.journeys.northwind import FLOW
from tests.panel.build import (
    PASSWORD,
    Browser,
    Clock,
    call,
    cookie_of,
    person,
    ring,
    shop,
    sign_in,
    ticket,
    waiting,
)
from tests.panel.floor_shop import day_of
from voice.models import (
    Base,
    Call,
    Callback,
    FlowVersion,
    Merchant,
    Participation,
    Recording,
    Team,
    TwilioAccount,
    User,
)
from voice.runtime import Runtime
from voice.vault import AccountSecrets, seal_secrets

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


@dataclass
class World:
    """Two merchants with the same kinds of things, and everybody signed in."""

    rt: Runtime
    a: Ids
    b: Ids
    browsers: dict[tuple[str, str], Browser]  # (merchant, role)
    nobody: FlaskClient


def stock(rt: Runtime, merchant: str, mark: str, number: int, digit: str) -> tuple[str, str]:
    """A merchant with people of each role, a caller who waits, a talk, a ticket, a recording; call and offer."""
    shop(rt, merchant, f"Shop {mark}")
    for role in ROLES:
        person(rt, f"{role}-{mark}", merchant, role=role, desk=role == "agent")
    agent, sid = f"us_agent-{mark}", "AC" + digit * 32
    caller, sound = f"+1202555010{digit}", f"{merchant}/2026/11/re_{mark}.wav"
    call(
        rt,
        merchant,
        f"ca_wait_{mark}",
        caller=caller,
        caller_name=f"Waits {mark}",
        started_at=rt.now() + number,
    )
    waiting(rt, merchant, f"ca_wait_{mark}")
    offer = ring(rt, merchant, f"ca_wait_{mark}", agent)
    talk = call(rt, merchant, f"ca_{mark}", caller=caller, caller_name=f"Talks {mark}", ended_as="abandoned")
    ticket(rt, merchant, talk, number, agent, subject=f"About {mark}")
    day_of(rt, merchant, f"queue_{mark}", answered=(5,))
    with rt.write() as tx:
        tx.add(
            FlowVersion(merchant_id=merchant, digest="d" * 64, text=FLOW, published_at=0, published_by="test")
        )
        tx.add(Team(merchant_id=merchant, name="days"))
        tx.add(
            Callback(
                merchant_id=merchant,
                id=f"wt_{talk}",
                call_id=talk,
                queue="orders",
                number=caller,
                state="resting",
                state_at=0,
                asked_at=0,
                next_at=rt.now() + 900,
                expires_at=rt.now() + 9000,
                delay_seconds=0,
                retry_seconds=60,
                attempts=3,
            )
        )
        rt.journal.write(tx, merchant, talk, "enqueued", rt.now(), queue=f"queue_{mark}")
        tx.add(
            TwilioAccount(
                id=f"acc_{mark}", account_sid=sid, api_key_sid="SK" + digit * 32, app_sid="AP" + digit * 32,
                secrets_sealed=seal_secrets(AccountSecrets(("t" * 32,), "s" * 32), rt.settings.secret_text, sid),
            )
        )  # fmt: skip
        tx.execute(update(Merchant).where(Merchant.id == merchant).values(twilio_account_id=f"acc_{mark}"))
        tx.execute(update(Call).where(Call.merchant_id == merchant).values(account_sid=sid))
        tx.add(
            Participation(
                merchant_id=merchant, id=f"pa_{mark}", call_id=talk, offer_id=None, waiting_id=None, agent_id=agent,
                state="talking", assignment=1, room=f"room-{mark}", leg_sid=f"CA{mark}", began_at=rt.now(),
                joined_at=rt.now(), room_sid="CF" + digit * 32,
            )
        )  # fmt: skip
        tx.add(
            Recording(
                merchant_id=merchant, id=f"re_{mark}", call_id=talk, recording_sid="RE" + digit * 32, account_sid=sid,
                kind="call", state="stored", original_key=sound,
            )
        )  # fmt: skip
    open_storage(rt.settings.storage_url).put(sound, io.BytesIO(f"sound of {mark}".encode()))
    return talk, offer


@pytest.fixture
def world(rt: Runtime, app: Flask) -> World:
    """Two merchants with their people."""
    return populated(rt, app)


@pytest.fixture(scope="module")
def still_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The same for tests in which nothing may change."""
    rt = make_rt(tmp_path_factory.mktemp("still"), Clock())
    app = Flask("a still panel", static_folder=None)
    register(app, rt)
    yield populated(rt, app)
    rt.store.close()


def populated(rt: Runtime, app: Flask) -> World:
    browsers: dict[tuple[str, str], Browser] = {}

    def made(merchant: str, mark: str, number: int, digit: str) -> Ids:
        talk, offer = stock(rt, merchant, mark, number, digit)
        for role in ROLES:
            browsers[merchant, role] = sign_in(app.test_client(), f"{role}-{mark}")
        agent = browsers[merchant, "agent"]
        token = cookie_of(agent.client)
        recordings = agent.get(f"/api/tickets/{merchant}/{number}").get_json()["recordings"]
        link, account = recordings[0]["url"], "AC" + digit * 32
        session = hash_of(token)[:SHOWN]
        return Ids(merchant, mark, f"us_agent-{mark}", session, talk, offer, number, account, link)

    a, b = made("northwind", "aurora", 17, "1"), made("tailspin", "borealis", 28, "2")
    person(rt, STRAY, desk=False)
    browsers["", STRAY] = sign_in(app.test_client(), STRAY)
    rt.books.refresh()
    return World(rt, a, b, browsers, app.test_client())


def endpoints(app: Flask) -> set[str]:
    return {
        rule.endpoint.removeprefix("panel.")
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("panel.")
    }


def send(browser: Browser | FlaskClient, ask: Ask) -> TestResponse:
    method, path, body = ask
    client = browser.client if isinstance(browser, Browser) else browser
    headers = {"X-CSRF-Token": browser.csrf} if isinstance(browser, Browser) else {}
    return client.open(path, method=method, json=body, headers=headers, buffered=True)


def told(answer: TestResponse, asked: Ids) -> str:
    """An answer without what was asked for, which may be repeated in it."""
    text = answer.get_data(as_text=True) + answer.headers.get("Location", "")
    for name in (
        asked.merchant,
        asked.user,
        asked.session,
        asked.call,
        asked.offer,
        asked.account,
        asked.link,
    ):
        text = text.replace(name, "·")
    return re.sub(rf"\b{asked.number}\b", "·", text)


def kept(rt: Runtime, ids: Ids) -> list[str]:
    """Everything that SQL holds of a merchant and its people."""
    rows: list[str] = []
    with rt.store.read() as tx:
        for table in Base.metadata.sorted_tables:
            for row in tx.execute(select(table)).mappings():
                owners = {str(row.get(name, "")) for name in ("merchant_id", "user_id", "id", "agent_id")}
                if ids.merchant in owners or any(owner.endswith(f"-{ids.mark}") for owner in owners):
                    rows.append(f"{table.name} {dict(row)}")
    return sorted(rows)


def of_merchant(world: World, merchant: str) -> Iterator[tuple[str, Browser]]:
    for (shop_id, role), browser in world.browsers.items():
        if shop_id == merchant:
            yield role, browser


def test_every_address_has_a_row(app: Flask) -> None:
    assert set(MATRIX) == endpoints(app) - OPEN


@pytest.mark.parametrize("endpoint", sorted(MATRIX))
def test_nobody_gets_anywhere(still_world: World, endpoint: str) -> None:
    world = still_world
    for ids in (world.a, ABSENT):
        for ask in MATRIX[endpoint].asks(ids, world.a):
            answer = send(world.nobody, ask)

            is_page = not ask[1].startswith(("/api/", "/media/"))
            assert answer.status_code == (302 if is_page and ask[0] == "GET" else 401), ask
            if is_page:
                assert answer.headers["Location"].startswith("/login?next=")


@pytest.mark.parametrize("endpoint", sorted(name for name, row in MATRIX.items() if row.names_things))
def test_what_is_foreign_does_not_exist_for_anybody(still_world: World, endpoint: str) -> None:
    """A's people ask for B's things, B's for A's, and the stray for both's."""
    world = still_world
    row = MATRIX[endpoint]
    pairs = [
        (world.a, world.b, world.a.merchant),
        (world.b, world.a, world.b.merchant),
        (world.a, world.b, ""),
    ]
    for mine, theirs, merchant in pairs:
        before = kept(world.rt, theirs)
        for role, browser in of_merchant(world, merchant):
            for foreign, absent in zip(row.asks(theirs, mine), row.asks(ABSENT, mine), strict=True):
                got, wanted = send(browser, foreign), send(browser, absent)

                assert got.status_code == wanted.status_code, (role, foreign)
                assert told(got, theirs) == told(wanted, ABSENT), (role, foreign)
                assert theirs.mark not in told(got, theirs), (role, foreign)
                if foreign[0] == "POST" or role not in row.who:
                    assert got.status_code in (403, 404, 409, 410), (role, foreign)
        assert kept(world.rt, theirs) == before


@pytest.mark.parametrize("endpoint", sorted(MATRIX))
def test_ones_own_is_reached_by_the_roles_of_the_row_and_shows_nothing_of_others(
    world: World, endpoint: str
) -> None:
    row = MATRIX[endpoint]
    before = kept(world.rt, world.b)
    askers = [*of_merchant(world, world.a.merchant), *of_merchant(world, "")]
    for role, browser in sorted(
        askers, key=lambda one: one[0] in row.who
    ):  # who may not, first: nothing is changed yet
        ask = row.asks(world.a, world.a)[0]

        answer = send(browser, ask)

        reached = answer.status_code not in (401, 403, 404)
        assert reached == (role in row.who), (role, answer.status_code, answer.get_data(as_text=True)[:200])
        for text in (world.b.mark, world.b.merchant):
            assert text not in answer.get_data(as_text=True), role
    assert kept(world.rt, world.b) == before


def test_the_matrix_would_see_a_leak(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the one condition on merchants taken out of a question, the matrix fails."""
    monkeypatch.setattr(
        "panel.people.Viewer.merchants", property(lambda _viewer: (world.a.merchant, world.b.merchant))
    )
    (foreign,) = MATRIX["tickets.show"].asks(world.b, world.a)

    answer = send(world.browsers["northwind", "agent"], foreign)

    assert world.b.mark in told(answer, world.b)


def test_people_of_two_merchants_are_who_they_are_in_each(world: World, app: Flask) -> None:
    """Supervisor here and agent there: the floor of the one, the tickets of both."""
    with world.rt.write() as tx:
        from voice.models import Membership

        assert tx.get(User, f"us_supervisor-{world.a.mark}") is not None
        tx.add(
            Membership(merchant_id=world.b.merchant, user_id=f"us_supervisor-{world.a.mark}", role="agent")
        )
    both = world.browsers["northwind", "supervisor"]

    assert [one["id"] for one in both.get("/api/floor").get_json()["merchants"]] == [world.a.merchant]
    assert world.b.mark not in both.get("/api/floor").get_data(as_text=True)
    assert both.get(f"/api/tickets/{world.b.merchant}/{world.b.number}").status_code == 200
    assert both.get("/api/people").status_code == 403
