"""The whole database as one file of one instant, and back: SQLite by its own copying, PostgreSQL by pg_dump.

Nobody waits meanwhile: callers are answered and everything else goes on.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from voice.nudges import connect
from voice.schema import Standing, look
from voice.store import Store

Ask = Callable[[str], list[tuple[Any, ...]]]  # SQL in, rows out, as of the instant of the dump
NAMES = {"sqlite": "database.sqlite", "postgresql": "database.dump"}


class DumpFault(RuntimeError):
    """The database could not be written down or brought back; says why, and the way out."""


@contextmanager
def dumped(store: Store, folder: Path) -> Iterator[tuple[Path, Ask]]:
    """Write the database into the folder; while this lasts, questions are answered as of the same instant."""
    if (schema := look(store)).standing in (Standing.EMPTY, Standing.UNNUMBERED):
        raise DumpFault(schema.sentence())
    file = folder / NAMES[store.url.get_backend_name()]
    file.touch(0o600)
    with _sqlite_dumped(store, file) if store.is_sqlite else _postgresql_dumped(store, file) as ask:
        yield file, ask


def refuse_unless_fit(store: Store, file: Path) -> None:
    """Raise DumpFault when a dump cannot go into this database: it is of the other kind, or the database not empty."""
    if file.name != NAMES[store.url.get_backend_name()]:
        raise DumpFault(
            f"{file.name} cannot go into {store.name}: a backup comes back into the kind of database it left"
        )
    if look(store).standing != Standing.EMPTY:
        raise DumpFault(f"{store.name} is not empty; give the address of a new database in DATABASE_URL")


def load(store: Store, file: Path) -> None:
    """Bring a dump back into an empty database, all of it or nothing."""
    if store.is_sqlite:
        with (
            closing(sqlite3.connect(file)) as source,
            closing(sqlite3.connect(str(store.url.database))) as target,
        ):
            source.backup(target)
        return
    words = [
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        "--single-transaction",
        "--dbname",
        _address(store.url),
    ]
    _run("pg_restore", [*words, str(file)], store.url)


def check(file: Path) -> None:
    """Raise DumpFault when a dump is damaged; nothing is brought back."""
    if file.name == NAMES["postgresql"]:
        _run("pg_restore", ["--file", os.devnull, str(file)], None)
        return
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check(5)")]
    except sqlite3.DatabaseError as error:
        found = [str(error)]
    if found != ["ok"]:
        raise DumpFault(f"{file} is damaged: {'; '.join(found)}")


@contextmanager
def _sqlite_dumped(store: Store, file: Path) -> Iterator[Ask]:
    with closing(sqlite3.connect(str(store.url.database))) as source, closing(sqlite3.connect(file)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
        yield lambda sql: copy.execute(sql).fetchall()


@contextmanager
def _postgresql_dumped(store: Store, file: Path) -> Iterator[Ask]:
    with connect(store.url) as connection:
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        ((snapshot,),) = connection.execute("SELECT pg_export_snapshot()").fetchall()
        words = [
            "--format=custom",
            f"--snapshot={snapshot}",
            f"--file={file}",
            f"--dbname={_address(store.url)}",
        ]
        _run("pg_dump", words, store.url)
        yield lambda sql: connection.execute(sql.encode()).fetchall()
        connection.execute("COMMIT")


def _address(url: URL) -> str:
    """For the command line, where everybody can read: without the password."""
    return url.set(drivername="postgresql", password=None).render_as_string()


def _run(program: str, words: list[str], url: URL | None) -> None:
    path = shutil.which(program)
    if path is None:
        raise DumpFault(
            f"{program} is not on the PATH; install PostgreSQL's client programs, of the server's version or newer "
            "(Debian, Ubuntu: postgresql-client)"
        )
    secret = {"PGPASSWORD": url.password} if url is not None and url.password else {}
    done = subprocess.run(
        [path, *words], env={**os.environ, **secret}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise DumpFault(
            f"{program}: {' '.join(done.stderr.split())[:500] or f'ended with {done.returncode}'}"
        )
