"""One statement at a time, each committed by itself, on a connection kept for nothing else (PostgreSQL).

A transaction of the ORM is five round trips; what only appends facts needs one.
"""

import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import psycopg
from sqlalchemy import URL

from voice.engines import POSTGRESQL


class Appender:
    """Takes statements from many threads, one after another; raises psycopg.Error and then connects anew."""

    def __init__(self, url: URL) -> None:
        self._address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._busy = threading.Lock()
        self._connection: psycopg.Connection[Any] | None = None

    def run(self, statement: str, values: Mapping[str, Any]) -> None:
        """Run it; it is committed when this returns."""
        with self._busy:
            try:
                self._connected().execute(statement.encode(), values)
            except psycopg.OperationalError:
                self._leave()
                raise

    def close(self) -> None:
        """Give the connection back."""
        with self._busy:
            self._leave()

    def _connected(self) -> "psycopg.Connection[Any]":
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(self._address, autocommit=True, **POSTGRESQL)
        return self._connection

    def _leave(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error):
                connection.close()
