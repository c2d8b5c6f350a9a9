"""What every test may ask for: a real PostgreSQL with a fresh database on it, and a real Chromium."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright, expect, sync_playwright
from xdist.remote import Producer
from xdist.scheduler.loadscope import LoadScopeScheduling

from tests.patience import PATIENCE
from tests.postgres.server import PostgresServer
from tests.sound.browser import find_chromium
from tests.statements import compile_once
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
LONG = (
    *HEAVY,
    "tests/machine/",
    "tests/panel/test_tenancy_matrix.py",
    "tests/recordings/test_killed_workers.py",
    "tests/crowd/",
    "tests/operation/",
    "tests/store/",
    "tests/panel/test_p",
    "tests/panel/test_floor_page.py",
)  # begin first, so that no worker is left alone with one of them at the end


def pytest_addoption(parser: pytest.Parser) -> None:
    """--postgres"""
    parser.addoption(
        "--postgres", action="store_true", help="run every journey on PostgreSQL instead of SQLite"
    )


def pytest_configure() -> None:
    """Pages are waited for, and no statement is compiled twice."""
    expect.set_options(timeout=PATIENCE)
    compile_once()


def scope_of(nodeid: str) -> str:
    """What takes a whole machine runs one after another, on one worker, which mostly waits; of all else, a file at a time."""
    return "machine" if nodeid.startswith(HEAVY) else nodeid.partition("::")[0]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins early."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    return next((turn for turn, start in enumerate(LONG) if item.nodeid.startswith(start)), len(LONG))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Who runs what, with `-n`."""
    config.option.loadscopereorder = False  # else a file comes the later, the fewer tests it has
    scheduling = LoadScopeScheduling(config, log)
    scheduling._split_scope = scope_of
    return scheduling


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
