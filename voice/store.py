"""SQL, the truth: reads are deferred, writes begin at once, and both are short."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from voice import engines
from voice.appender import Appender
from voice.models import SCHEMA, Base


class StoreAway(RuntimeError):
    """SQL cannot be reached or does not answer; callers hear words and music until it does."""


class Store:
    """One database. SQLite runs in WAL mode with full synchronisation; PostgreSQL as it is."""

    def __init__(self, url: str) -> None:
        self.url = _read_url(url)
        self.name = self.url.render_as_string(hide_password=True)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            Path(str(self.url.database)).parent.mkdir(parents=True, exist_ok=True)
        self._writer = engines.sqlite(url, writes=True) if self.is_sqlite else engines.postgresql(url)
        self._reader = engines.sqlite(url, writes=False) if self.is_sqlite else engines.reads(self._writer)
        self._appender = Appender(self.url)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A look at the truth; nothing is written."""
        with _as_away(), Session(self._reader, expire_on_commit=False) as tx:
            yield tx

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One decision: it is committed whole when the block ends well, and not at all otherwise."""
        with _as_away(), Session(self._writer, expire_on_commit=False) as tx:
            tx.connection()  # on SQLite the write lock: a read that turns into a write would fail at once
            yield tx
            tx.commit()

    def append(self, statement: str, values: Mapping[str, Any]) -> None:
        """One statement of PostgreSQL's own, committed by itself: a fifth of the round trips of `write`."""
        try:
            self._appender.run(statement, values)
        except psycopg.OperationalError as error:
            raise StoreAway(f"the database does not answer: {error}".partition("\n")[0]) from error
        except psycopg.Error as error:
            raise ValueError(f"the database does not take it: {error}".partition("\n")[0]) from error

    @contextmanager
    def change_tables(self) -> Iterator[Connection]:
        """One long transaction for `ringdesk migrate`, without the time limits of daily work."""
        with _as_away(), self._writer.connect() as connection, connection.begin():
            if not self.is_sqlite:
                connection.execute(text("SET LOCAL statement_timeout = 0"))
            yield connection

    def create_tables(self) -> None:
        """Make every table at once, as `ringdesk migrate` would step by step: for tests."""
        with self._writer.begin() as connection:
            Base.metadata.create_all(connection)
            connection.execute(
                text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) PRIMARY KEY)")
            )
            connection.execute(
                text("INSERT INTO alembic_version VALUES (:now) ON CONFLICT DO NOTHING"), {"now": SCHEMA}
            )

    def close(self) -> None:
        """Give back every connection."""
        self._appender.close()
        self._reader.dispose()
        self._writer.dispose()


def _read_url(text: str) -> URL:
    with suppress(ArgumentError):
        url = make_url(text)
        if url.get_backend_name() in ("sqlite", "postgresql"):
            return url
    raise ValueError(
        f"DATABASE_URL begins with {text.partition(':')[0]!r}; "
        "give sqlite:///var/ringdesk.db or postgresql://user:password@host/name"
    )


@contextmanager
def _as_away() -> Iterator[None]:
    try:
        yield
    except (OperationalError, PoolTimeout) as error:
        raise StoreAway(_first_line(error)) from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise StoreAway(_first_line(error)) from error
        raise


def _first_line(error: SQLAlchemyError) -> str:
    return f"the database does not answer: {getattr(error, 'orig', None) or error}".partition("\n")[0]
