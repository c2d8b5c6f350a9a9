"""The database under a journey, and how it goes away and comes back."""

from pathlib import Path
from typing import Protocol

from tests.postgres.server import PostgresServer


class Database(Protocol):
    """What a journey asks of its database."""

    @property
    def settings(self) -> dict[str, str]:
        """What the product is told."""
        ...

    def goes_away(self) -> None:
        """Nobody gets in any more."""
        ...

    def comes_back(self) -> None:
        """It is as it was."""
        ...


class SqliteFile:
    """The file of the test's own folder, made by the builder."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.settings: dict[str, str] = {}

    def goes_away(self) -> None:
        """There is a folder where the file was."""
        self._file.rename(self._file.with_suffix(".away"))
        self._file.mkdir()

    def comes_back(self) -> None:
        """The file is back."""
        self._file.rmdir()
        self._file.with_suffix(".away").rename(self._file)


class OnPostgres:
    """A database of the server that all tests share: the others do not notice when this one is closed."""

    def __init__(self, server: PostgresServer, url: str) -> None:
        self._server, self._name = server, url.rpartition("/")[2]
        self.settings = {"database_url": url}

    def goes_away(self) -> None:
        """Every connection is cut, and no new one let in."""
        self._server.execute(f"ALTER DATABASE {self._name} ALLOW_CONNECTIONS false")
        self._server.execute(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self._name}'"
        )

    def comes_back(self) -> None:
        """It lets us in again."""
        self._server.execute(f"ALTER DATABASE {self._name} ALLOW_CONNECTIONS true")
