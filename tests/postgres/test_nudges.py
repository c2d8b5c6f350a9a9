"""Push hears at once what another process committed on PostgreSQL, and again after the database was away."""

import threading
from collections.abc import Iterable, Iterator

import pytest
from sqlalchemy.engine import make_url

from tests.postgres.server import PostgresServer
from voice.nudges import Notifier, hear


class Ear:
    """Keeps what it hears; waits for the next."""

    def __init__(self) -> None:
        self.heard: list[list[str]] = []
        self._more = threading.Condition()

    def __call__(self, agent_ids: Iterable[str]) -> None:
        with self._more:
            self.heard.append(list(agent_ids))
            self._more.notify_all()

    def hears(self, at_least: int, within: float) -> bool:
        """Whether so many nudges came, waiting for them if need be."""
        with self._more:
            return self._more.wait_for(lambda: len(self.heard) >= at_least, timeout=within)


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


def test_a_nudge_is_heard_at_once_and_names_the_desks(listening: Ear, notifier: Notifier) -> None:
    notifier("us_ann us_ben")

    assert listening.hears(2, within=5)
    assert listening.heard == [[], ["us_ann", "us_ben"]]


def test_a_thousand_nudges_at_once_are_a_few_and_name_every_desk(listening: Ear, notifier: Notifier) -> None:
    everybody = {f"us_{number}" for number in range(200)}
    for number in range(1000):
        notifier(f"us_{number % 200}")

    assert listening.hears(2, within=5)
    with listening._more:
        assert listening._more.wait_for(lambda: set().union(*listening.heard) == everybody, timeout=5)
    assert len(listening.heard) < 100


def test_more_desks_than_a_nudge_can_name_are_all_desks(listening: Ear, notifier: Notifier) -> None:
    notifier(" ".join(f"us_{number:020}" for number in range(1000)))

    assert listening.hears(2, within=5)
    assert listening.heard == [[], []]


def test_both_go_on_after_their_connections_were_cut(
    listening: Ear, notifier: Notifier, postgres: PostgresServer, postgres_url: str
) -> None:
    notifier("us_ann")
    assert listening.hears(2, within=5)
    name = postgres_url.rpartition("/")[2]
    postgres.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")

    notifier("us_ann")
    assert listening.hears(3, within=20)  # it listens again, and looks because it may have missed something
    notifier("us_ann")

    assert listening.hears(4, within=20)


def test_a_database_that_is_away_delays_nobody() -> None:
    away = Notifier(make_url("postgresql://nobody@127.0.0.1:1/none"))

    for _ in range(1000):
        away("us_ann")

    away.close()
