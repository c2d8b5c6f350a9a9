"""Statements are compiled once for all databases of a test run, as a process with one database does it.

Nearly every test opens a database of its own. SQLAlchemy keeps compiled statements with the engine, so each would
compile the same hundreds again, a fifth of the whole run. Databases of one kind are opened alike here, so what was
compiled for one fits all.
"""

from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

_COMPILED: LRUCache[Any, Any] = LRUCache(5_000)


def compile_once() -> None:
    """From now on, in this process."""
    for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        setattr(dialect, "__eq__", lambda one, other: type(one) is type(other))  # noqa: B010
        setattr(dialect, "__hash__", lambda one: hash(type(one)))  # noqa: B010
    event.listen(Engine, "engine_connect", _use_what_was_compiled)


def _use_what_was_compiled(connection: Connection) -> None:
    connection.execution_options(compiled_cache=_COMPILED)
