"""Nudges by PostgreSQL: whoever changed a desk says which, and push looks at once instead of at the next second.

Said after the commit, on a connection of its own, at most once in 20 ms for each process: NOTIFY inside the facts'
transactions makes their commits wait for each other (docs/decisions/0103-notify-after-the-commit.md). A nudge that is
lost costs a second.
"""

import threading
from collections.abc import Callable, Iterable

import psycopg
import structlog
from sqlalchemy import URL

log = structlog.get_logger()

CHANNEL = "ringdesk_desks"
GAP_SECONDS = 0.02
REST_SECONDS = 2.0  # after a failure
CONNECT_SECONDS = 2
LONGEST = (
    7_900  # bytes of a payload, PostgreSQL's limit is 8,000; beyond it the nudge names nobody and means all
)


class Notifier:
    """Says NOTIFY from a thread of its own; calling it never waits and never raises."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._wanted, self._stopped = threading.Event(), threading.Event()
        self._changed: set[str] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def __call__(self, agent_ids: str) -> None:
        """The desks of these agents changed; their ids are separated by spaces."""
        with self._lock:
            self._changed.update(agent_ids.split())
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="notify", daemon=True)
                self._thread.start()
        self._wanted.set()

    def close(self) -> None:
        """Say what is left to say, and end."""
        self._stopped.set()
        self._wanted.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                with connect(self._url) as connection:
                    self._notify(connection)
            except psycopg.Error as error:
                log.debug("nudge not delivered", error=str(error).partition("\n")[0])
                self._stopped.wait(REST_SECONDS)

    def _notify(self, connection: "psycopg.Connection[tuple[object, ...]]") -> None:
        while self._wanted.wait():
            self._wanted.clear()
            with self._lock:
                changed, self._changed = self._changed, set()
            told = " ".join(sorted(changed))
            try:
                connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, told if len(told) < LONGEST else ""))
            except psycopg.Error:
                self(told)
                raise
            if self._stopped.wait(GAP_SECONDS):
                return


def hear(url: URL, nudge: Callable[[Iterable[str]], None], stop: threading.Event) -> threading.Thread:
    """A thread that tells `nudge` which agents' desks changed (none: look at all); quiet while SQL is away."""
    thread = threading.Thread(target=_listen, args=(url, nudge, stop), name="listen", daemon=True)
    thread.start()
    return thread


def _listen(url: URL, nudge: Callable[[Iterable[str]], None], stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            with connect(url) as connection:
                connection.execute(f"LISTEN {CHANNEL}".encode())
                nudge(())  # something may have been committed before we listened
                while not stop.is_set():
                    for told in connection.notifies(timeout=1.0, stop_after=1):
                        nudge(told.payload.split())
        except psycopg.Error as error:
            log.debug("not listening", error=str(error).partition("\n")[0])
            stop.wait(REST_SECONDS)


def connect(url: URL) -> "psycopg.Connection[tuple[object, ...]]":
    """A connection of its own, without a transaction."""
    words, settings = url.get_dialect()().create_connect_args(url)
    return psycopg.connect(*words, autocommit=True, connect_timeout=CONNECT_SECONDS, **settings)
