"""Everything a process holds while it runs, built once and passed on: settings, store, time, chance, journal, doors out."""

import base64
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import structlog
from sqlalchemy import ColumnElement, Float, literal, literal_column, text
from sqlalchemy.orm import Session

from voice.forms import Forms
from voice.links import Links
from voice.seal import Sealer
from voice.settings import Settings
from voice.store import Store, StoreAway

if TYPE_CHECKING:
    from voice.books import Books
    from voice.carrier import Carrier
    from voice.journal import Journal

log = structlog.get_logger()


class Clock(Protocol):
    """Something that tells the moment, in seconds since the epoch."""

    def now(self) -> float:
        """The moment."""
        ...


# The database's own time. SQLite tells parts of a second by unixepoch() only from 3.42 on, by julianday() always.
MOMENT_SQLITE = "((julianday('now') - 2440587.5) * 86400.0)"
MOMENT_POSTGRESQL = "extract(epoch FROM clock_timestamp())"
_THEIR_MOMENT = {True: text(f"SELECT {MOMENT_SQLITE}"), False: text(f"SELECT {MOMENT_POSTGRESQL}")}


class SharedClock:
    """The database's time, told by the monotonic clock between two looks: jumps of the machine's clock do nothing."""

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()

    def now(self) -> float:
        """The moment, as every process of the installation sees it."""
        return time.monotonic() + self._offset

    def follow(self, store: Store) -> None:
        """Look at the database's time again."""
        before = time.monotonic()
        with store.read() as tx:
            theirs = float(tx.execute(_THEIR_MOMENT[store.is_sqlite]).scalar_one())
        self._offset = theirs - (before + time.monotonic()) / 2


Later = Callable[[Callable[[], None]], None]


class Pool:
    """Does small jobs after the answer was given, on a few threads; a job that fails is logged, never raised."""

    def __init__(self, threads: int = 8) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="later")

    def __call__(self, job: Callable[[], None]) -> None:
        """Take a job and return at once."""
        self._threads.submit(_carefully, job)

    def close(self) -> None:
        """Finish what was taken."""
        self._threads.shutdown(wait=True)


def _carefully(job: Callable[[], None]) -> None:
    try:
        job()
    except Exception:
        log.exception("a job after the answer failed")


class Chance:
    """The only source of randomness; seeded in tests."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311  tests only

    def id(self, kind: str) -> str:
        """An opaque id such as wt_k3...: two letters of kind and 100 random bits."""
        bits = self._random.getrandbits(104).to_bytes(13, "big")
        return f"{kind}_{base64.b32encode(bits).decode().lower()[:20]}"


@dataclass(frozen=True)
class Runtime:
    """Passed as the first argument of whatever touches the world."""

    settings: Settings
    store: Store
    clock: Clock
    chance: Chance
    later: Later
    journal: "Journal"
    books: "Books"
    carrier: "Carrier"
    links: Links
    sealer: Sealer
    forms: Forms = field(default_factory=Forms)
    nudge: Callable[[str], None] = field(
        default=lambda _ids: None
    )  # agents whose desks changed, separated by spaces
    ring: Callable[[str], None] = field(
        default=lambda _outbox_id: None
    )  # the doorbell of jobs: never waits, never raises

    missed: threading.Event = field(
        default_factory=threading.Event
    )  # set when something that Twilio told was not taken in: the reconciler is asked to look

    ask: Callable[[Callable[[], None]], bool] = field(
        default=lambda job: job() is None
    )  # takes a job that asks another system, which may take seconds; false when there is no room for it

    def now(self) -> float:
        """The moment."""
        return self.clock.now()

    def moment(self) -> ColumnElement[float]:
        """The moment inside a statement: leases take the database's time; a virtual clock tells its own."""
        if not isinstance(self.clock, SharedClock):
            return literal(self.now(), Float(53))
        return literal_column(MOMENT_SQLITE if self.store.is_sqlite else MOMENT_POSTGRESQL, Float(53))

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A decision; what was promised with `after_commit` runs once it is committed."""
        with self.store.write() as tx:
            yield tx
            promised: list[Callable[[], None]] = tx.info.pop("after_commit", [])
        for job in promised:
            self.later(job)


def after_commit(tx: Session, job: Callable[[], None]) -> None:
    """Do something once this decision is committed; a rolled-back decision never does it."""
    tx.info.setdefault("after_commit", []).append(job)


class Ticker:
    """Calls steps once a second on a thread until stopped; a step that fails is logged and tried again.

    One that goes `to_the_end` steps once more when it is stopped or the process ends in order, after the last answer;
    then it does what is to be done `at_last`.
    """

    def __init__(
        self,
        name: str,
        *steps: Callable[[], None],
        seconds: float = 1.0,
        to_the_end: bool = False,
        at_last: Callable[[], None] = lambda: None,
    ) -> None:
        self.name, self.steps, self.seconds, self.to_the_end = name, steps, seconds, to_the_end
        self._at_last = at_last
        self._stop = threading.Event()
        # Python waits for threads that are no daemons, however a process ends; forked ones run no atexit functions.
        self._thread = threading.Thread(target=self._run, name=name, daemon=not to_the_end)

    def start(self) -> "Ticker":
        """Begin."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """End after the step that runs."""
        self._stop.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        main = threading.main_thread()
        while not self._stop.wait(self.seconds) and main.is_alive():
            self._step()
        if self.to_the_end:
            self._step()
        self._at_last()

    def _step(self) -> None:
        for step in self.steps:
            try:
                step()
            except StoreAway as away:
                log.warning("store away", loop=self.name, error=str(away)[:200])
            except Exception:
                log.exception("step failed", loop=self.name)
