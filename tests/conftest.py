"""What every test may ask for: a real PostgreSQL, and a fresh database on it."""

from collections.abc import Iterator

import pytest

from tests.postgres.server import PostgresServer
from voice.migrate import migrate
from voice.store import Store

EMPTY, MIGRATED = "empty", "migrated"


def pytest_addoption(parser: pytest.Parser) -> None:
    """--postgres"""
    parser.addoption(
        "--postgres", action="store_true", help="run every journey on PostgreSQL instead of SQLite"
    )


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
