"""How each database is opened, and how long anybody waits for it.

Twilio gives up a request after 3.5 s (voice/links.py): whatever SQL does, the words for "one moment" must be out before.
So the longest way to one answer (a connection from the pool, connecting anew, the statement) is shorter in sum, for
either database; tests/store/test_patience.py adds it up.
"""

import select
import sqlite3
import time
from collections.abc import Iterator
from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

# PostgreSQL. 2 s is the shortest connect_timeout that libpq knows; a host that went silent is gone after a statement's time.
POOL_SECONDS, CONNECT_SECONDS, STATEMENT_SECONDS = 0.4, 2, 1.0
IDLE_MILLISECONDS = 10_000  # a process that stopped in the middle of a decision lets go of its rows
REST_SECONDS = 5.0  # a connection that rested longer is asked whether it still lives
CONNECTIONS = 16  # of each process; web, push, worker and clock stay below PostgreSQL's usual 100 together

# SQLite. A write takes about a millisecond, so hundreds of others may come first.
POOL_SECONDS_SQLITE, BUSY_SECONDS = 0.4, 2.8
STANDSTILL_SECONDS = 0.1  # what one pause may count, however long the machine made it
CONNECTIONS_SQLITE = 32  # more than a process has threads, so that nobody waits for the pool


_MILLISECONDS = round(STATEMENT_SECONDS * 1000)
POSTGRESQL: dict[str, Any] = {
    "connect_timeout": CONNECT_SECONDS,
    "tcp_user_timeout": _MILLISECONDS,
    "options": f"-c statement_timeout={_MILLISECONDS} -c idle_in_transaction_session_timeout={IDLE_MILLISECONDS}",
}
"""How every connection to PostgreSQL is opened."""


def postgresql(url: str) -> Engine:
    """An engine for PostgreSQL; the connection used last is used next, for it has the statements prepared."""
    engine = create_engine(
        url,
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=POOL_SECONDS,
        pool_use_lifo=True,
        connect_args=POSTGRESQL,
    )

    @event.listens_for(engine, "checkin")
    def _rests(_connection: Any, record: ConnectionPoolEntry) -> None:
        record.info["since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _look(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
        if connection.closed or (_is_doubtful(connection, record) and not _answers(engine, connection)):
            raise DisconnectionError("the server has left")

    return engine


def _is_doubtful(connection: Any, record: ConnectionPoolEntry) -> bool:
    """Whether a connection should be asked first: it rested long, or the server said something unasked, as it does when it leaves.

    To ask each time, as SQLAlchemy's own `pool_pre_ping` does, is one way there and back for each transaction.
    """
    rested = time.monotonic() - record.info.get("since", time.monotonic())
    if rested > REST_SECONDS:
        return True
    said = select.poll()
    said.register(connection.fileno(), select.POLLIN)
    return bool(said.poll(0))


def _answers(engine: Engine, connection: Any) -> bool:
    try:
        return bool(engine.dialect.do_ping(connection))
    except psycopg.Error:
        return False


def reads(engine: Engine) -> Engine:
    """The same connections for looks: without BEGIN and ROLLBACK, two of three ways there and back.

    Nothing is lost by it: in a transaction, too, each statement sees what is committed by then (READ COMMITTED).
    """
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def sqlite(url: str, *, writes: bool) -> Engine:
    """An engine for SQLite in WAL mode with full synchronisation; one that writes takes the write lock at once."""
    engine = create_engine(
        url,
        pool_size=CONNECTIONS_SQLITE,
        max_overflow=0,
        pool_timeout=POOL_SECONDS_SQLITE,
        connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS, "isolation_level": None},
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        patience = 0 if writes else round(BUSY_SECONDS * 1000)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={patience}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _start(connection: Any) -> None:
        if not writes:
            connection.exec_driver_sql("BEGIN")
        elif not _took_lock(connection.connection.driver_connection):
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # the last attempt, which says what is wrong

    return engine


def _took_lock(connection: sqlite3.Connection) -> bool:
    """Ask for the write lock until it is ours; False when that is not to be.

    SQLite's own wait is not used: it asks ever more rarely, so that under load the newest comer wins and a few writers
    starve for seconds.
    """
    for seconds in _pauses():
        try:
            connection.execute("BEGIN IMMEDIATE")
            return True
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                return False
        time.sleep(seconds)
    return False


def _pauses() -> Iterator[float]:
    """Who has waited for some time asks more often than who has just come, until something is plainly wrong.

    While the whole machine stands still nobody else's turn comes to its end either, so a standstill counts as little.
    """
    waited, before = 0.0, time.monotonic()
    while waited < BUSY_SECONDS:
        yield 0.0005 if waited < 0.005 else 0.00005 if waited < 0.75 else 0.002
        now = time.monotonic()
        waited += min(now - before, STANDSTILL_SECONDS)
        before = now
