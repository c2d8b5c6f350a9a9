"""Push hears at once what another process committed on PostgreSQL, and again after the database was away."""

import threading
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy.engine import make_url

from tests.postgres.server import PostgresServer
from voice.nudges import CHANNEL, Notifier, connect, hear


class Ear:
    """Counts what it hears; waits for the next."""

    def __init__(self) -> None:
        self.heard, self._more = 0, threading.Condition()

    def __call__(self) -> None:
        with self._more:
            self.heard += 1
            self._more.notify_all()

    def hears(self, at_least: int, within: float) -> bool:
        """Whether so many nudges came, waiting for them if need be."""
        with self._more:
            return self._more.wait_for(lambda: self.heard >= at_least, timeout=within)


@pytest.fixture
def listening(postgres_url: str) -> Iterator[Ear]:
    """An ear at the database, already listening."""
    ear, stop = Ear(), threading.Event()
    thread = hear(make_url(postgres_url), ear, stop)
    assert ear.hears(1, within=30)  # it looks once when it begins
    yield ear
    stop.set()
    thread.join(timeout=10)


@pytest.fixture
def notifier(postgres_url: str) -> Iterator[Notifier]:
    """What a process says NOTIFY with."""
    made = Notifier(make_url(postgres_url))
    yield made
    made.close()


def test_a_nudge_is_heard_at_once(listening: Ear, notifier: Notifier) -> None:
    notifier()

    assert listening.hears(2, within=5)


def test_a_thousand_nudges_at_once_are_a_few(listening: Ear, notifier: Notifier) -> None:
    for _ in range(1000):
        notifier()

    assert listening.hears(2, within=5)
    assert listening.heard < 100


def test_both_go_on_after_their_connections_were_cut(
    listening: Ear, notifier: Notifier, postgres: PostgresServer, postgres_url: str
) -> None:
    notifier()
    assert listening.hears(2, within=5)
    name = postgres_url.rpartition("/")[2]
    postgres.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")

    notifier()
    assert listening.hears(3, within=20)  # it listens again, and looks because it may have missed something
    notifier()

    assert listening.hears(4, within=20)


def test_a_database_that_is_away_delays_nobody() -> None:
    away = Notifier(make_url("postgresql://nobody@127.0.0.1:1/none"))

    for _ in range(1000):
        away()

    away.close()


def test_a_listener_tells_the_moment_not_the_fact(postgres_url: str) -> None:
    with connect(make_url(postgres_url)) as listener, psycopg.connect(postgres_url, autocommit=True) as other:
        listener.execute(f"LISTEN {CHANNEL}".encode())
        other.execute(f"NOTIFY {CHANNEL}".encode())
        told = list(listener.notifies(timeout=5, stop_after=1))

    assert [(one.channel, one.payload) for one in told] == [(CHANNEL, "")]
