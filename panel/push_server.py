"""The push process: one thread, one epoll, thousands of open streams written as raw sockets.

A request is one GET of .../stream with the session's cookie: for the agent's desk, or with ?floor=1 for the floor. Pages
answer pings by POST .../pong, which needs no SQL where the stream is.
A stream costs its socket and a few hundred bytes here; SQL is asked once a second (panel/push.py), and at once when Redis nudges.
"""

import contextlib
import math
import selectors
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import structlog

from panel.floor_push import FloorStream, FloorStreams
from panel.handshake import Refusal, Request, opening, read_request, refusal
from panel.login import hash_of, who
from panel.people import Viewer
from panel.push import Stream, Streams
from voice import agents
from voice.runtime import Runtime
from voice.store import StoreAway

log = structlog.get_logger()

LONGEST_REQUEST = 16 * 1024
HANDSHAKE_SECONDS = 10.0
NUDGE_GAP_SECONDS = 0.02  # many nudges at once are one look at SQL
STALLED_BYTES = (
    64 * 1024
)  # a desk that lets this much gather is not reading: it connects anew and gets the whole desk
SILENT_PEER_MS = 15_000  # TCP gives up on a peer that acknowledges nothing (RFC 5482)


@dataclass(slots=True, eq=False)
class Connection:
    """One socket: first a request being read, then a stream."""

    sock: socket.socket
    since: float
    heard: bytes = b""
    unsent: bytes = b""
    stream: Stream | FloorStream | None = None


@dataclass
class PushServer:
    """Listens, reads requests, keeps streams; `turn` is one round of its loop."""

    rt: Runtime
    listener: socket.socket
    streams: Streams = field(default_factory=Streams)
    floors: FloorStreams = field(default_factory=FloorStreams)

    def __post_init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._handshakes: set[Connection] = set()
        self._stopping = False
        self._rung: set[str] = set()  # agents whose desks changed, as nudges named them
        self._rung_all = False
        self._bell, self._ear = socket.socketpair()
        self._next_step = self.rt.now()
        self._looked_at = 0.0
        for sock in (self.listener, self._ear, self._bell):
            sock.setblocking(False)
        self._selector.register(self.listener, selectors.EVENT_READ, self._accept)
        self._selector.register(self._ear, selectors.EVENT_READ, self._hear_bell)

    def run(self) -> None:
        """Serve until stopped."""
        while not self._stopping:
            self.turn(max(0.0, self._next_look() - self.rt.now()))
        self._close_all()

    def _next_look(self) -> float:
        return min(self._next_step, self._bell_due_at(), self.floors.due_at())

    def _bell_due_at(self) -> float:
        """When to look at what nudges told of: at once, or when the pause after the last such look is over."""
        is_rung = self._rung_all or bool(self._rung)
        return self._looked_at + NUDGE_GAP_SECONDS if is_rung else math.inf

    def nudge(self, agent_ids: Iterable[str] = ()) -> None:
        """Look at these desks now instead of at the next second, or at all of them; from any thread."""
        with contextlib.suppress(OSError):  # enough is waiting in the pipe: the next second sees the rest
            self._bell.send(" ".join(agent_ids).encode() + b"\n")

    def stop(self) -> None:
        """End `run` soon; from any thread or signal."""
        self._stopping = True
        self.nudge()

    def turn(self, wait_seconds: float) -> None:
        """Whatever sockets have, then a step of the streams if it is time."""
        for key, mask in self._selector.select(min(wait_seconds, 1.0)):
            if isinstance(key.data, Connection):
                self._serve(key.data, mask)
            else:
                key.data()
        now = self.rt.now()
        is_step, is_rung = now >= self._next_step, now >= self._bell_due_at()
        if is_rung and not (is_step and self._rung_all):
            self._answer_bell(now)
        if is_step:
            self._next_step = now + 1.0
            self._forget_bell()
            self._end_slow_handshakes(now)
            self._carefully(self.streams.step, now)
            self._carefully(self.floors.step, now)
        elif is_rung or now >= self.floors.due_at():
            self._carefully(self.floors.hasten, now)

    def _answer_bell(self, now: float) -> None:
        named, is_all, self._looked_at = frozenset(self._rung), self._rung_all, now
        self._forget_bell()
        if is_all:
            self._carefully(self.streams.refresh, now)
        else:
            self._carefully(lambda rt, now: self.streams.look_at(rt, named, now), now)

    def _forget_bell(self) -> None:
        self._rung.clear()
        self._rung_all = False

    def _carefully(self, step: Callable[[Runtime, float], object], now: float) -> None:
        try:
            step(self.rt, now)
        except StoreAway as away:
            log.warning("store away", loop="push", error=str(away)[:200])
        except Exception:
            log.exception("step failed", loop="push")

    def _hear_bell(self) -> None:
        heard = self._ear.recv(1 << 16).decode()
        self._rung_all |= heard.startswith("\n") or "\n\n" in heard or not heard.endswith("\n")
        self._rung.update(heard.split())

    def _accept(self) -> None:
        for _ in range(256):
            try:
                sock, _address = self.listener.accept()
            except OSError:
                return
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if hasattr(socket, "TCP_USER_TIMEOUT"):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SILENT_PEER_MS)
            connection = Connection(sock, self.rt.now())
            self._handshakes.add(connection)
            self._selector.register(sock, selectors.EVENT_READ, connection)

    def _serve(self, connection: Connection, mask: int) -> None:
        if mask & selectors.EVENT_WRITE:
            self._flush(connection)
        if not mask & selectors.EVENT_READ:
            return
        try:
            data = connection.sock.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._drop(connection)
        elif connection.stream is None:
            connection.heard += data
            self._try_handshake(connection)

    def _try_handshake(self, connection: Connection) -> None:
        settings = self.rt.settings
        try:
            request = read_request(connection.heard, LONGEST_REQUEST)
            if request is None:
                return
            if request.path.rstrip("/").endswith("/healthz"):
                raise Refusal(200, "ok")
            if (request.method, request.path.rpartition("/")[2]) == ("POST", "pong"):
                self._hear_pong(request)
                raise Refusal(200, "ok")
            viewer = self._who(request)
            is_floor = may_have(viewer, request)
        except Refusal as no:
            self._answer(connection, refusal(no, settings.origin))
            return
        connection.heard = b""
        self._handshakes.discard(connection)
        self._send(connection, opening(settings.origin))
        self._open(connection, viewer, is_floor)
        self._rung.add(viewer.user_id)

    def _open(self, connection: Connection, viewer: Viewer, is_floor: bool) -> None:
        def write(data: bytes) -> bool:
            return self._send(connection, data)

        def hang_up() -> None:
            self._drop(connection)

        now, session = self.rt.now(), viewer.session
        if is_floor:
            connection.stream = self.floors.open(session, viewer.watches, write, now, hang_up)
        else:
            connection.stream = self.streams.open(viewer.user_id, session, write, now, hang_up)

    def _hear_pong(self, request: Request) -> None:
        """The page lives; when another process has its stream, SQL is told here and now."""
        if request.origin != self.rt.settings.origin:
            raise Refusal(403, f"open the desk at {self.rt.settings.origin}")
        if self.streams.answered(hash_of(self._token(request))):
            return
        viewer = self._viewer(request)
        if not viewer.has_desk:
            raise Refusal(403, "this account does not take calls")
        with refused_without_store():
            agents.seen(self.rt, viewer.user_id)

    def _who(self, request: Request) -> Viewer:
        """The person who asks for a stream."""
        if request.method != "GET" or not request.path.endswith("/stream"):
            raise Refusal(404, "there is only GET /stream and POST /pong")
        if request.origin not in ("", self.rt.settings.origin):
            raise Refusal(403, f"open the desk at {self.rt.settings.origin}")
        return self._viewer(request)

    def _viewer(self, request: Request) -> Viewer:
        with refused_without_store():
            viewer = who(self.rt, self._token(request))
        if viewer is None:
            raise Refusal(401, "sign in first")
        return viewer

    def _token(self, request: Request) -> str:
        name = "__Host-ringdesk" if self.rt.settings.origin.startswith("https:") else "ringdesk"
        return request.cookies.get(name, "")

    def _answer(self, connection: Connection, data: bytes) -> None:
        if self._send(connection, data):
            with contextlib.suppress(OSError):
                connection.sock.shutdown(socket.SHUT_WR)
        self._drop(connection)

    def _send(self, connection: Connection, data: bytes) -> bool:
        """Write what the socket takes now and keep the rest; false when the peer is gone or does not read."""
        if connection.unsent:
            connection.unsent += data
            return len(connection.unsent) <= STALLED_BYTES
        try:
            sent = connection.sock.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            return False
        if sent < len(data):
            connection.unsent = data[sent:]
            self._selector.modify(connection.sock, selectors.EVENT_READ | selectors.EVENT_WRITE, connection)
        return True

    def _flush(self, connection: Connection) -> None:
        try:
            sent = connection.sock.send(connection.unsent)
        except BlockingIOError:
            return
        except OSError:
            self._drop(connection)
            return
        connection.unsent = connection.unsent[sent:]
        if not connection.unsent:
            self._selector.modify(connection.sock, selectors.EVENT_READ, connection)

    def _drop(self, connection: Connection) -> None:
        self._handshakes.discard(connection)
        stream, connection.stream = connection.stream, None
        if connection.sock.fileno() >= 0:
            self._selector.unregister(connection.sock)
            connection.sock.close()
        match stream:
            case FloorStream():
                self.floors.close(stream)
            case Stream():
                self.streams.close(stream, self.rt.now())

    def _end_slow_handshakes(self, now: float) -> None:
        for connection in [one for one in self._handshakes if now - one.since > HANDSHAKE_SECONDS]:
            self._drop(connection)

    def _close_all(self) -> None:
        if self.listener.fileno() < 0:
            return
        for key in list(self._selector.get_map().values()):
            if isinstance(key.data, Connection):
                self._drop(key.data)
        for sock in (self.listener, self._ear, self._bell):
            sock.close()
        self._selector.close()


@contextlib.contextmanager
def refused_without_store() -> Iterator[None]:
    """The browser asks again when the database does not answer."""
    try:
        yield
    except StoreAway:
        raise Refusal(503, "the database does not answer; try again") from None


def may_have(viewer: Viewer, request: Request) -> bool:
    """Whether the floor is asked for, and not a desk; refuses what this person does not have."""
    is_floor = parse_qs(request.query).get("floor") == ["1"]
    if is_floor and not viewer.watches:
        raise Refusal(403, "this account does not watch over a floor")
    if not is_floor and not viewer.has_desk:
        raise Refusal(403, "this account does not take calls")
    return is_floor


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; many desks come back at once after a restart, so the queue is long."""
    return socket.create_server((host, port), backlog=4096, reuse_port=False)


def hear_nudges(
    redis_url: str, nudge: Callable[[Iterable[str]], None], stop: threading.Event
) -> threading.Thread:
    """A thread that passes Redis' word on; without Redis it tries again quietly and the push lives by its seconds."""
    thread = threading.Thread(target=_subscribe, args=(redis_url, nudge, stop), name="nudges", daemon=True)
    thread.start()
    return thread


def _subscribe(redis_url: str, nudge: Callable[[Iterable[str]], None], stop: threading.Event) -> None:
    import redis

    while not stop.is_set():
        try:
            client: Any = redis.Redis.from_url(redis_url, socket_connect_timeout=2, health_check_interval=10)
            with client.pubsub(ignore_subscribe_messages=True) as heard:
                heard.subscribe("ringdesk:desks")
                while not stop.is_set():
                    if (message := heard.get_message(timeout=1.0)) is not None:
                        nudge(named(message["data"]))
        except redis.RedisError:
            stop.wait(2.0)


def named(data: bytes) -> list[str]:
    """The agents that a nudge names, separated by spaces; none when it only says that something changed."""
    return [word for word in data.decode("ascii", "replace").split() if word.startswith("us_")]
