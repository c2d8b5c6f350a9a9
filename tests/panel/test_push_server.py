"""The push process with real sockets, one round of its loop at a time."""

import json
import socket
from collections.abc import Iterator
from typing import ClassVar, cast

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.event import listen as listen_to

from panel.push_server import HANDSHAKE_SECONDS, STALLED_BYTES, PushServer, listen, named
from tests.panel.build import Clock, bump, cookie_of, sign_in
from voice.models import Agent
from voice.runtime import Runtime

pytestmark = pytest.mark.usefixtures("shops")


@pytest.fixture
def server(rt: Runtime) -> Iterator[PushServer]:
    server = PushServer(rt, listen("127.0.0.1", 0))
    yield server
    for page in Page.opened:
        page.sock.close()
    Page.opened.clear()
    server.stop()
    server.run()


class Page:
    """A browser's side of a stream."""

    opened: ClassVar[list["Page"]] = []

    def __init__(
        self,
        server: PushServer,
        cookie: str = "",
        origin: str = "http://localhost:8000",
        path: str = "/stream",
        head: bytes | None = None,
        method: str = "GET",
    ) -> None:
        self.server = server
        self.sock = socket.create_connection(server.listener.getsockname())
        self.sock.setblocking(False)
        words = f"{method} {path} HTTP/1.1\r\nHost: localhost:8001\r\nOrigin: {origin}\r\nCookie: other=1; ringdesk={cookie}\r\n\r\n"
        self.sock.sendall(words.encode() if head is None else head)
        self.heard = b""
        Page.opened.append(self)

    def hear(self, rounds: int = 3) -> str:
        """Let the server turn, and read what came."""
        for _ in range(rounds):
            cast("Clock", self.server.rt.clock).forward(0.03)
            self.server.turn(0.05)
            try:
                self.heard += self.sock.recv(1 << 20)
            except BlockingIOError:
                continue
        return self.heard.decode()

    @property
    def is_closed(self) -> bool:
        """Whether the server hung up."""
        try:
            return self.sock.recv(1) == b""
        except BlockingIOError:
            return False
        except ConnectionResetError:
            return True


def seen_at(rt: Runtime, agent_id: str) -> float:
    """When SQL last heard of a desk."""
    with rt.store.read() as tx:
        return tx.scalars(select(Agent.seen_at).where(Agent.id == agent_id)).one()


def cookie(app: Flask, name: str) -> str:
    """A signed-in browser's cookie."""
    client = app.test_client()
    sign_in(client, name)
    return cookie_of(client)


def test_a_signed_in_desk_gets_head_and_snapshot(server: PushServer, app: Flask) -> None:
    page = Page(server, cookie(app, "ann"))

    head, _, body = page.hear().partition("\r\n\r\n")

    assert head.startswith("HTTP/1.1 200 OK")
    assert "Content-Type: text/event-stream" in head
    assert "Access-Control-Allow-Origin: http://localhost:8000" in head
    assert "Access-Control-Allow-Credentials: true" in head
    desk = next(line for line in body.splitlines() if line.startswith("data: "))
    assert json.loads(desk[6:])["agent"]["name"] == "Ann"


def test_a_nudge_is_answered_within_the_same_second(
    server: PushServer, app: Flask, rt: Runtime, clock: Clock
) -> None:
    page = Page(server, cookie(app, "ann"))
    page.hear()
    bump(rt, "us_ann", state="away")
    server.nudge()

    assert page.hear().count("event: desk") == 2


def test_a_nudge_that_names_an_agent_looks_at_that_desk_alone(
    server: PushServer, app: Flask, rt: Runtime
) -> None:
    ann, bob = Page(server, cookie(app, "ann")), Page(server, cookie(app, "bob"))
    ann.hear(), bob.hear()
    bump(rt, "us_ann", state="away")
    bump(rt, "us_bob", state="away")
    server.nudge(named(b"us_ann us_carl"))

    assert (ann.hear().count("event: desk"), bob.hear().count("event: desk")) == (2, 1)


def test_a_nudge_right_after_the_round_of_a_second_waits_for_no_pause(
    server: PushServer, app: Flask, rt: Runtime, clock: Clock
) -> None:
    page = Page(server, cookie(app, "ann"))
    page.hear()
    clock.forward(1)
    server.turn(0)
    bump(rt, "us_ann", state="away")
    server.nudge(["us_ann"])

    server.turn(0.05)

    page.heard += page.sock.recv(1 << 20)
    assert page.heard.count(b"event: desk") == 2


def test_a_flood_of_nudges_is_no_harm(server: PushServer, app: Flask, rt: Runtime) -> None:
    page = Page(server, cookie(app, "ann"))
    page.hear()
    bump(rt, "us_ann", state="away")
    for _ in range(100_000):
        server.nudge(["us_ann"])

    assert page.hear(10).count("event: desk") == 2


def test_without_a_nudge_the_next_second_tells(
    server: PushServer, app: Flask, rt: Runtime, clock: Clock
) -> None:
    page = Page(server, cookie(app, "ann"))
    page.hear()
    bump(rt, "us_ann", state="away")
    assert page.hear().count("event: desk") == 1
    clock.forward(1)

    assert page.hear().count("event: desk") == 2


@pytest.mark.parametrize(("who", "origin", "path", "status"), [
    ("", "http://localhost:8000", "/stream", 401), ("made up", "http://localhost:8000", "/stream", 401),
    ("ann", "https://evil.example", "/stream", 403), ("ann", "null", "/stream", 403), ("sue", "http://localhost:8000", "/stream", 403),
    ("ann", "http://localhost:8000", "/other", 404),
])  # fmt: skip
def test_who_may_not_have_a_stream_is_told_why(
    server: PushServer, app: Flask, who: str, origin: str, path: str, status: int
) -> None:
    page = Page(server, cookie(app, who) if who in ("ann", "sue") else who, origin, path)

    assert page.hear().startswith(f"HTTP/1.1 {status} ")
    assert "evil" not in page.hear()
    assert page.is_closed
    assert len(server.streams) == 0


def test_a_page_answers_a_ping_where_its_stream_is_without_a_question_to_sql(
    server: PushServer, app: Flask, rt: Runtime, clock: Clock
) -> None:
    ann, asked = cookie(app, "ann"), list[str]()
    Page(server, ann).hear()
    clock.forward(9)
    server.turn(0)  # the round of this second, which looks at sessions
    listen_to(rt.store._reader, "before_cursor_execute", lambda *args: asked.append(args[2]))

    heard = Page(server, ann, path="/pong", method="POST").hear()
    assert heard.startswith("HTTP/1.1 200 ")
    assert "Access-Control-Allow-Origin: http://localhost:8000" in heard
    assert not any("login_session" in one for one in asked)

    clock.forward(1)
    server.turn(0)
    assert rt.now() - seen_at(rt, "us_ann") < 1
    assert len(server.streams) == 1


def test_a_pong_reaches_sql_at_once_when_another_push_process_has_the_stream(
    server: PushServer, app: Flask, rt: Runtime, clock: Clock
) -> None:
    ann = cookie(app, "ann")
    clock.forward(9)

    assert Page(server, ann, path="/pong", method="POST").hear().startswith("HTTP/1.1 200 ")

    assert rt.now() - seen_at(rt, "us_ann") < 1


@pytest.mark.parametrize(("who", "origin", "method", "status"), [
    ("", "http://localhost:8000", "POST", 401), ("made up", "http://localhost:8000", "POST", 401),
    ("ann", "https://evil.example", "POST", 403), ("ann", "", "POST", 403), ("sue", "http://localhost:8000", "POST", 403),
    ("ann", "http://localhost:8000", "GET", 404),
])  # fmt: skip
def test_whose_pong_is_not_heard_is_told_why(
    server: PushServer, app: Flask, who: str, origin: str, method: str, status: int
) -> None:
    page = Page(server, cookie(app, who) if who in ("ann", "sue") else who, origin, "/pong", method=method)

    assert page.hear().startswith(f"HTTP/1.1 {status} ")
    assert page.is_closed


@pytest.mark.parametrize(("head", "status"), [
    (b"nonsense\r\n\r\n", 400), (b"GET /stream HTTP/1.1\r\nno colon\r\n\r\n", 400), (b"\x16\x03\x01 x y\r\n\r\n", 400),
    (b"GET /stream HTTP/1.1\r\nX: " + b"a" * 20_000, 431), (b"POST /stream HTTP/1.1\r\n\r\n", 404),
    (b"GET /stream HTTP/1.1\r\nCookie: \xff\xfe=;;;=\r\n\r\n", 401),
])  # fmt: skip
def test_what_is_no_request_is_turned_away(server: PushServer, head: bytes, status: int) -> None:
    assert Page(server, head=head).hear(12).startswith(f"HTTP/1.1 {status} ")


def test_a_request_may_arrive_byte_by_byte(server: PushServer, app: Flask) -> None:
    page = Page(server, head=b"GET /stream HT")
    page.hear()
    page.sock.sendall(f"TP/1.1\r\nCookie: ringdesk={cookie(app, 'ann')}\r\n".encode())
    assert page.hear() == ""
    page.sock.sendall(b"\r\n")

    assert "event: desk" in page.hear()


def test_a_connection_that_never_asks_is_closed(server: PushServer, clock: Clock) -> None:
    page = Page(server, head=b"GET /str")
    page.hear()
    clock.forward(HANDSHAKE_SECONDS + 1)

    page.hear()

    assert page.is_closed
    assert not server._handshakes


def test_a_closed_page_frees_its_stream(server: PushServer, app: Flask) -> None:
    page = Page(server, cookie(app, "ann"))
    page.hear()
    assert len(server.streams) == 1

    page.sock.close()
    server.turn(0.05)

    assert len(server.streams) == 0
    assert len(server._selector.get_map()) == 2


def test_a_page_that_stops_reading_is_dropped_and_not_stored_up_for(
    server: PushServer, app: Flask, rt: Runtime, clock: Clock
) -> None:
    page = Page(server, cookie(app, "ann"))
    page.hear()
    (connection,) = [
        key.data for key in server._selector.get_map().values() if getattr(key.data, "stream", None)
    ]
    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    bump(rt, "us_ann", reason="x" * 20_000)
    for _ in range(600):
        if not len(server.streams):
            break
        assert len(connection.unsent) <= STALLED_BYTES + 30_000
        clock.forward(1)
        bump(rt, "us_ann")
        server.turn(0)

    assert len(server.streams) == 0


def test_what_a_slow_page_could_not_take_follows_when_it_reads(
    server: PushServer, app: Flask, rt: Runtime, clock: Clock
) -> None:
    page = Page(server, cookie(app, "ann"))
    page.hear()
    (connection,) = [
        key.data for key in server._selector.get_map().values() if getattr(key.data, "stream", None)
    ]
    server._send(connection, b": " + b"%" * 4_000_000 + b"\n\n")
    assert connection.unsent

    while connection.unsent:
        page.hear(1)
    heard = page.hear()

    assert heard.count("%") == 4_000_000


def test_the_process_is_asked_for_its_health_without_a_session(server: PushServer) -> None:
    assert Page(server, path="/healthz").hear().startswith("HTTP/1.1 200 OK")


def test_stopping_closes_every_page(server: PushServer, app: Flask) -> None:
    page = Page(server, cookie(app, "ann"))
    page.hear()
    server.stop()

    server.run()

    assert page.is_closed
