"""Whatever an application answers: the documented error, no crash, and no call, seat or task left behind."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import Account
from simulator.twiml.grammar import ELEMENTS
from simulator.wire.service import Service
from tests.simulator.pages import NUMBER, Reply, Shop, open_shop

PATHS = ["/voice/incoming", "/a", "/b", "/c", "/missing", "", "mailto:me", "http://[bad", "//other.example/x"]
VALUES = [
    *PATHS,
    "true",
    "false",
    "0",
    "1",
    "2",
    "60",
    "-1",
    "x" * 70,
    "GET",
    "PUT",
    "dtmf speech",
    "#",
    "start end join",
]
TEXTS = [
    "",
    "orders",
    "talk",
    NUMBER,
    "+15550100199",
    "+15550100198",
    "client:ann",
    "hello",
    "/tune.wav",
    *PATHS,
]


@st.composite
def element(draw: st.DrawFn, depth: int = 0) -> str:
    tag = draw(st.sampled_from([*ELEMENTS, "say", "Blink", "break"]))
    known = sorted(ELEMENTS[tag].attributes) if tag in ELEMENTS else []
    names = draw(st.lists(st.sampled_from([*known, "wrong"]), max_size=4, unique=True))
    attributes = "".join(f' {name}="{draw(st.sampled_from(VALUES))}"' for name in names)
    inside = "".join(draw(st.lists(element(depth + 1), max_size=3 - depth))) if depth < 2 else ""
    return f"<{tag}{attributes}>{draw(st.sampled_from(TEXTS))}{inside}</{tag}>"


DOCUMENT = st.lists(element(), max_size=4).map("".join)


def let_live(shop: Shop) -> None:
    """A few people with phones and habits, keys and words; then all hang up, and a day passes."""
    for number in ("+15550100199", "client:ann"):
        shop.sim.phone(number).answers(after=2)
    shop.sim.phone("+15550100198").busy()
    people = [shop.sim.call(NUMBER), shop.sim.client("ann").connect({"To": "+15550100199"})]
    for _ in range(6):
        for person in people:
            if not person.is_over:
                person.presses("1*#")
                person.says("my parcel", seconds=1)
        shop.sim.advance(11)
    for leg in list(shop.sim.world.legs.values()):
        if not leg.is_over:
            shop.sim.world.exchange.hang_up(leg, "the day is over")
    shop.sim.advance(86_400)


def assert_nothing_is_left(shop: Shop) -> None:
    world = shop.sim.world
    assert [leg for leg in world.legs.values() if not leg.is_over or leg.task is not None] == []
    assert [queue for queue in world.queues.values() if queue.members] == []
    assert [room for room in world.conferences.all.values() if room.seats or not room.is_over] == []
    assert [recording for recording in world.recordings.all.values() if recording.is_running] == []
    assert (world.kernel.tasks, world.kernel.next_due()) == (0, None)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(documents=st.lists(DOCUMENT, min_size=4, max_size=4))
def test_no_document_crashes_the_simulator_or_leaves_anything_behind(documents: list[str]) -> None:
    shop = open_shop(False, voice=documents[0], a=documents[1], b=documents[2], c=documents[3])
    shop.pages["/voice/agent"] = documents[1]

    let_live(shop)

    assert_nothing_is_left(shop)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    body=st.binary(max_size=300),
    kind=st.sampled_from(["text/xml", "text/plain", "audio/wav", "image/png", ""]),
)
def test_no_bytes_crash_the_simulator(body: bytes, kind: str) -> None:
    shop = open_shop(voice=Reply(body, type=kind))

    shop.sim.call(NUMBER)
    shop.sim.advance(3600)

    assert_nothing_is_left(shop)


@pytest.mark.parametrize("answer", [
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><Response><Say>&b;&b;</Say></Response>',
    "<Response>" + "<Gather>" * 5000 + "</Gather>" * 5000 + "</Response>",
    "<Response><Say>" + "\x00" + "</Say></Response>",
    "\n<?xml version='1.0'?><Response/>",
])  # fmt: skip
def test_nasty_documents_end_the_call_and_nothing_else(answer: str) -> None:
    shop = open_shop(voice=Reply(answer.encode()))

    shop.sim.call(NUMBER)
    shop.sim.advance(600)

    assert_nothing_is_left(shop)


# ---- over sockets --------------------------------------------------------------------------------------

PATIENCE_SECONDS = 30.0  # on a busy machine


@contextmanager
def raw_server(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that reads a request and then does as it likes."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(PATIENCE_SECONDS)
                try:
                    connection.recv(65536)
                    answer(connection)
                except OSError:
                    pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(2)


@contextmanager
def serving(voice_url: str, speed: float = 3.0) -> Iterator[Service]:
    """Not faster: Twilio's 15 s are then so much less of the wall's, and a busy machine takes a while to answer."""
    account = Account.demo(numbers=())
    account.add_number(NUMBER, voice_url=voice_url)
    service = Service(account, speed=speed, seed=1)
    thread = threading.Thread(target=service.run, daemon=True)
    thread.start()
    yield service
    service.stop()
    thread.join(5)


def ended(service: Service, leg_sid: str) -> threading.Event:
    over = threading.Event()
    service.post(lambda: service.world.legs[leg_sid].ended.listen(over.set))
    return over


def call_and_wait(service: Service) -> list[int]:
    """One call until its end; the debugger's codes."""
    sids: list[str] = []
    begun = threading.Event()

    def dial() -> None:
        account = next(iter(service.world.accounts.values()))
        sids.append(service.world.exchange.incoming(account, NUMBER, "+15550107788", None, "").sid)
        begun.set()

    service.post(dial)
    assert begun.wait(PATIENCE_SECONDS)
    assert ended(service, sids[0]).wait(PATIENCE_SECONDS), "the call did not end"
    return service.world.debugger.codes()


def hangs_up_at_once(connection: socket.socket) -> None:
    connection.close()


def speaks_no_http(connection: socket.socket) -> None:
    connection.sendall(b"220 mail.example ESMTP\r\n")


def promises_more_than_it_sends(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 500\r\n\r\n<Response>")


def never_stops(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n")
    for _ in range(2000):
        connection.sendall(b"<Response>" + b" " * 65536)


@pytest.mark.parametrize(("answer", "code"), [
    (hangs_up_at_once, 11206), (speaks_no_http, 11206), (promises_more_than_it_sends, 11206), (never_stops, 11750),
])  # fmt: skip
def test_a_server_that_misbehaves_is_the_documented_error(
    answer: Callable[[socket.socket], None], code: int
) -> None:
    with raw_server(answer) as url, serving(url + "/voice") as service:
        assert call_and_wait(service) == [code]


def test_a_server_that_drips_is_given_up_after_its_read_timeout() -> None:
    stop = threading.Event()

    def drips(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n")
        while not stop.wait(0.05):
            connection.sendall(b" ")

    with raw_server(drips) as url, serving(url + "/voice#rt=200&rc=0", speed=1.0) as service:
        account = next(iter(service.world.accounts.values()))
        service.post(
            lambda: (service.world.exchange.incoming(account, NUMBER, "+15550107788", None, ""), None)[1]
        )
        assert wait_until(lambda: service.world.debugger.codes() == [11200])
        stop.set()


def test_a_rest_client_that_vanishes_in_its_request_disturbs_nobody() -> None:
    with raw_server(hangs_up_at_once) as url, serving(url + "/voice") as service:
        for sent in (b"", b"POST /2010-04-01", b"POST /x HTTP/1.1\r\nContent-Length: 99\r\n\r\nTo="):
            with socket.create_connection(("127.0.0.1", service.port), timeout=PATIENCE_SECONDS) as client:
                client.sendall(sent)
        assert call_and_wait(service) == [11206]


def wait_until(holds: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> bool:
    pause = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if holds():
            return True
        pause.wait(0.02)
    return False


def test_a_busy_account_refuses_calls_beyond_its_limit() -> None:
    shop = open_shop(voice="<Pause length='60'/>")
    shop.account.concurrent_calls = 1
    first, second = shop.sim.call(NUMBER), shop.sim.call(NUMBER)

    second.ends()

    assert (first.is_over, second.state, shop.sim.debugger.codes()) == (False, "busy", [10004])
