"""What every test may ask for: a real PostgreSQL with a fresh database on it, and a real Chromium."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright, expect, sync_playwright
from xdist.remote import Producer
from xdist.scheduler.loadscope import LoadScopeScheduling

from tests.patience import PATIENCE
from tests.postgres.server import PostgresServer
from tests.sound.browser import find_chromium
from voice.migrate import migrate
from voice.store import Store

EMPTY, MIGRATED = "empty", "migrated"
HEAVY = (
    "tests/browser/",
    "tests/sound/",
    "tests/chaos/test_chaos.py",
    "tests/chaos/test_web.py",
    "tests/setup/",
)  # browsers, or every process of a trial


def pytest_addoption(parser: pytest.Parser) -> None:
    """--postgres"""
    parser.addoption(
        "--postgres", action="store_true", help="run every journey on PostgreSQL instead of SQLite"
    )


def pytest_configure() -> None:
    """Pages are waited for."""
    expect.set_options(timeout=PATIENCE)


class OneMachine(LoadScopeScheduling):  # type: ignore[misc]  # xdist tells no types
    """What takes a whole machine runs one after another, on one worker, which mostly waits; of all else, a file at a time."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(HEAVY):
            return "machine"
        return nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneMachine:
    """Who runs what, with `-n`."""
    return OneMachine(config, log)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One server for this run, with a database to copy; a machine that cannot start it fails here, with its reason."""
    server = PostgresServer()
    try:
        server.start()
        for name in (EMPTY, MIGRATED):
            server.execute(f"CREATE DATABASE {name}")
        store = Store(server.url(MIGRATED))
        migrate(store, lambda _line: None)
        store.close()
        yield server
    finally:
        server.close()


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """A fresh database with every table, for one test."""
    name = postgres.new_database(like=MIGRATED)
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture
def empty_postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """A fresh database without tables, for one test."""
    name = postgres.new_database(like=EMPTY)
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; a machine where none can be had fails here, with one sentence saying how to get one."""
    return find_chromium()


@pytest.fixture(scope="session")
def playwright(chromium: str) -> Iterator[Playwright]:
    """Playwright can be started once in a process; everybody shares this one."""
    with sync_playwright() as playwright:
        yield playwright
