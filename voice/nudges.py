"""Nudges by PostgreSQL: whoever committed a fact says so, and push looks at once instead of at the next second.

Said after the commit, on a connection of its own, at most once in 20 ms for each process: NOTIFY inside the facts'
transactions makes their commits wait for each other (docs/decisions/0103-notify-after-the-commit.md). A nudge that is
lost costs a second.
"""

import threading
from collections.abc import Callable

import psycopg
import structlog
from sqlalchemy import URL

log = structlog.get_logger()

CHANNEL = "ringdesk_desks"
GAP_SECONDS = 0.02
REST_SECONDS = 2.0  # after a failure
CONNECT_SECONDS = 2


class Notifier:
    """Says NOTIFY from a thread of its own; calling it never waits and never raises."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._wanted, self._stopped = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def __call__(self) -> None:
        """Something was committed."""
        self._wanted.set()
        if self._thread is None:
            with self._starting:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="notify", daemon=True)
                    self._thread.start()

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
                self._wanted.set()
                self._stopped.wait(REST_SECONDS)

    def _notify(self, connection: "psycopg.Connection[tuple[object, ...]]") -> None:
        while self._wanted.wait():
            self._wanted.clear()
            connection.execute(f"NOTIFY {CHANNEL}".encode())
            if self._stopped.wait(GAP_SECONDS):
                return


def hear(url: URL, nudge: Callable[[], None], stop: threading.Event) -> threading.Thread:
    """A thread that calls `nudge` when another process committed something; while SQL is away it tries again quietly."""
    thread = threading.Thread(target=_listen, args=(url, nudge, stop), name="listen", daemon=True)
    thread.start()
    return thread


def _listen(url: URL, nudge: Callable[[], None], stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            with connect(url) as connection:
                connection.execute(f"LISTEN {CHANNEL}".encode())
                nudge()  # something may have been committed before we listened
                while not stop.is_set():
                    for _ in connection.notifies(timeout=1.0, stop_after=1):
                        nudge()
        except psycopg.Error as error:
            log.debug("not listening", error=str(error).partition("\n")[0])
            stop.wait(REST_SECONDS)


def connect(url: URL) -> "psycopg.Connection[tuple[object, ...]]":
    """A connection of its own, without a transaction."""
    words, settings = url.get_dialect()().create_connect_args(url)
    return psycopg.connect(*words, autocommit=True, connect_timeout=CONNECT_SECONDS, **settings)
