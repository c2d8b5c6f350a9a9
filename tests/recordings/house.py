"""A house with one or two merchants, calls that ended and recordings to fetch; and the carrier's media beside it."""

import base64
import contextlib
import io
import math
import struct
import threading
import wave
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from sqlalchemy import select

from recordings.storage import open_storage
from voice import outbox
from voice.books import Books
from voice.carrier import Carrier, CarrierHttp
from voice.journal import Journal
from voice.links import Links
from voice.models import Agent, Call, Event, Merchant, Outbox, Participation, Recording, Ticket, TwilioAccount
from voice.runtime import Chance, Clock, Runtime
from voice.seal import Sealer
from voice.settings import Settings
from voice.states import Recording as State
from voice.store import Store
from voice.vault import AccountSecrets, seal_secrets

SECRET_KEY = "0123456789abcdef" * 4
ACCOUNT_SID = "AC" + "0" * 32
API_KEY = "SK" + "1" * 32
API_SECRET = "the api key's secret"
START = 1_795_000_000.0  # 2026-11-18, UTC


@dataclass
class Hand:
    """A clock that stands still until it is moved."""

    at: float = START

    def now(self) -> float:
        return self.at

    def forward(self, seconds: float) -> None:
        self.at += seconds


def build_runtime(
    tmp_path: Path,
    media_url: str = "",
    clock: Clock | None = None,
    seed: int | None = 1,
    database_url: str = "",
) -> Runtime:
    """A Runtime on SQLite in a folder, or on another database; small jobs after an answer are done at once."""
    settings = Settings(
        database_url=database_url or f"sqlite:///{tmp_path}/house.db",
        storage_url=f"file:{tmp_path}/recordings",
        secret_key=SECRET_KEY,
        twilio_api_url=media_url,
    )
    store = Store(settings.database_url)
    store.create_tables()
    return Runtime(
        settings=settings,
        store=store,
        clock=clock or Hand(),
        chance=Chance(seed),
        later=lambda job: job(),
        journal=Journal(store),
        books=Books(store, SECRET_KEY),
        carrier=Carrier(CarrierHttp(media_url), media_url),
        links=Links(settings.public_base_url),
        sealer=Sealer(settings.seal_keys),
    )


def add_merchant(rt: Runtime, merchant_id: str = "northwind") -> str:
    """A merchant, and the account at the carrier that all merchants here share."""
    secrets = seal_secrets(AccountSecrets(("t" * 32,), API_SECRET), SECRET_KEY, ACCOUNT_SID)
    with rt.write() as tx:
        tx.merge(
            TwilioAccount(
                id="ac_1",
                account_sid=ACCOUNT_SID,
                secrets_sealed=secrets,
                api_key_sid=API_KEY,
                app_sid="AP" + "2" * 32,
            )
        )
        tx.add(Merchant(id=merchant_id, name=merchant_id.title(), twilio_account_id="ac_1", live_digest=None))
    rt.books.refresh()
    return merchant_id


def add_call(rt: Runtime, number: int = 1, merchant_id: str = "northwind", **changed: object) -> str:
    """A call that ended after a minute: answered, unless told otherwise."""
    call_id = f"ca_{merchant_id}_{number}"
    facts: dict[str, object] = {
        "call_sid": f"CA{abs(hash((merchant_id, number))):032x}",
        "account_sid": ACCOUNT_SID,
        "caller": "+12025550188",
        "dialled": "+18005550100",
        "flow_digest": "d" * 64,
        "started_at": START,
        "ended_at": START + 60,
        "ended_as": "answered",
    }
    with rt.write() as tx:
        tx.add(Call(merchant_id=merchant_id, id=call_id, **(facts | changed)))
    return call_id


def add_talk(
    rt: Runtime, call_id: str, agent: str = "Ann Lee", merchant_id: str = "northwind", at: float = START
) -> None:
    """An agent who owned the talk of a call."""
    agent_id = "us_" + agent.split()[0].lower()
    with rt.write() as tx:
        tx.merge(Agent(id=agent_id, identity=agent_id, name=agent, since_at=START))
        tx.flush()
        tx.add(
            Participation(
                merchant_id=merchant_id, id=f"pa_{call_id}_{agent_id}", call_id=call_id, agent_id=agent_id,
                state="ended", assignment=1, room="r", leg_sid="CA" + "9" * 32, began_at=at, joined_at=at + 1,
                ended_at=at + 50,
            )
        )  # fmt: skip


def add_recording(rt: Runtime, call_id: str, number: int = 1, *, merchant_id: str = "northwind", seconds: float | None = 2,
                  channels: int = 2, kind: str = "call", state: str = State.COMPLETED, promise: bool = True) -> str:  # fmt: skip
    """A recording that the carrier announced, with its job in the outbox."""
    recording_id = f"re_{merchant_id}_{number}"
    with rt.write() as tx:
        tx.add(
            Recording(
                merchant_id=merchant_id, id=recording_id, call_id=call_id, recording_sid=recording_sid(number, merchant_id),
                account_sid=ACCOUNT_SID, kind=kind, state=state, channels=channels, seconds=seconds, started_at=START + 5,
            )
        )  # fmt: skip
        if promise:
            outbox.add(tx, rt, merchant_id, "store_recording", recording_id, rt.now())
    return recording_id


def promise_ticket(rt: Runtime, call_id: str, merchant_id: str = "northwind") -> None:
    """The job that every ended call leaves."""
    with rt.write() as tx:
        outbox.add(tx, rt, merchant_id, "open_ticket", call_id, rt.now())


def recording_sid(number: int, merchant_id: str = "northwind") -> str:
    """The carrier's id of a recording."""
    return f"RE{sum(merchant_id.encode()):016x}{number:016x}"


def jobs(rt: Runtime) -> list[Outbox]:
    """Every job, oldest first."""
    with rt.store.read() as tx:
        return list(tx.scalars(select(Outbox).order_by(Outbox.created_at, Outbox.id)))


def job_states(rt: Runtime) -> list[str]:
    """The state of every job."""
    return [job.state for job in jobs(rt)]


def tickets(rt: Runtime) -> list[Ticket]:
    """Every ticket."""
    with rt.store.read() as tx:
        return list(tx.scalars(select(Ticket).order_by(Ticket.merchant_id, Ticket.number)))


def recording(rt: Runtime, recording_id: str, merchant_id: str = "northwind") -> Recording:
    """One recording."""
    with rt.store.read() as tx:
        return tx.get_one(Recording, (merchant_id, recording_id))


def kept(rt: Runtime, key: str | None) -> bytes:
    """What the storage has under a key."""
    assert key is not None
    with open_storage(rt.settings.storage_url).open(key) as file:
        return file.read()


def facts(rt: Runtime, kind: str) -> list[Event]:
    """What the journal says of one kind."""
    with rt.store.read() as tx:
        return list(tx.scalars(select(Event).where(Event.kind == kind).order_by(Event.id)))


@cache
def tone(
    seconds: float = 2.0, channels: int = 2, rate: int = 8_000, loud: float = 0.25, hertz: float = 440.0
) -> bytes:
    """A WAV whose first channel hums, and whose second hums higher and half as loud."""
    second = bytearray()
    for at in range(rate):
        for channel in range(channels):
            turn = 2 * math.pi * hertz * (channel + 1) * at / rate
            second += struct.pack("<h", int(32_767 * loud / (channel + 1) * math.sin(turn)))
    frames = (bytes(second) * math.ceil(seconds))[: int(seconds * rate) * channels * 2]
    out = io.BytesIO()
    with wave.open(out, "wb") as wav:
        wav.setnchannels(channels)
        wav.setsampwidth(2)
        wav.setframerate(rate)
        wav.writeframes(frames)
    return out.getvalue()


@dataclass
class Answer:
    """What the carrier says when asked for one recording."""

    body: bytes = b""
    status: int = 200
    kind: str = "audio/x-wav"
    location: str = ""
    says_bytes: int | None = None  # a Content-Length that the body does not keep


@dataclass
class Media:
    """The carrier's media, as far as a fetch sees it: Basic auth, WAV files, and whatever else it is told to answer."""

    url: str = ""
    answers: dict[str, Answer] = field(default_factory=dict)  # by recording sid
    asked: list[str] = field(default_factory=list)  # paths with their query
    half_way: Callable[[int], None] = lambda _count: (
        None
    )  # told how many were asked for, when half a body is out
    at_the_end: Callable[[int], None] = lambda _count: None  # the same, when the whole body is out

    def has(self, number: int, body: bytes, merchant_id: str = "northwind") -> None:
        """From now on this recording is there."""
        self.answers[recording_sid(number, merchant_id)] = Answer(body)

    def says(self, number: int, answer: Answer, merchant_id: str = "northwind") -> None:
        """From now on this is the answer."""
        self.answers[recording_sid(number, merchant_id)] = answer


@contextmanager
def media_host(answers: Mapping[str, Answer] | None = None) -> Iterator[Media]:
    """Media on a port of its own, until the block ends."""
    media = Media(answers=dict(answers or {}))
    wanted = "Basic " + base64.b64encode(f"{API_KEY}:{API_SECRET}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            media.asked.append(self.path)
            self.count = len(media.asked)
            sid = self.path.partition("?")[0].rpartition("/")[2].removesuffix(".wav")
            known = media.answers.get(sid, Answer(b"not found", 404, "text/plain"))
            self._say(
                known if self.headers["Authorization"] == wanted else Answer(b"who?", 401, "text/plain")
            )

        def _say(self, answer: Answer) -> None:
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            if answer.location:
                self.send_header("Location", answer.location)
            said = len(answer.body) if answer.says_bytes is None else answer.says_bytes
            self.send_header("Content-Length", str(said))
            self.end_headers()
            half = len(answer.body) // 2
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self.wfile.write(answer.body[:half])
                self.wfile.flush()
                media.half_way(self.count)
                self.wfile.write(answer.body[half:])
                self.wfile.flush()
            media.at_the_end(self.count)
            self.close_connection = said != len(answer.body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Whoever asked may break off."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    media.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield media
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
