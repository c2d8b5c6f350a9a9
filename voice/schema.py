"""Whether the database's tables are those that this program was written for: asked once, when a process starts."""

import time
from dataclasses import dataclass
from enum import StrEnum

import structlog
from sqlalchemy import inspect, text

from voice.models import SCHEMA
from voice.store import Store, StoreAway

log = structlog.get_logger()

AGAIN_SECONDS = 1.0  # between two looks for a database that does not answer
VERSION_TABLE = "alembic_version"
A_TABLE_OF_OURS = "merchant"


class Standing(StrEnum):
    """How the database's tables and this program fit."""

    CURRENT = "current"
    EMPTY = "empty"
    OLDER = "older"
    NEWER = "newer"
    UNNUMBERED = "unnumbered"


@dataclass(frozen=True)
class Schema:
    """What a database holds: its number ("" when it has none), and how that fits this program."""

    database: str
    number: str
    standing: Standing

    def sentence(self) -> str:
        """What is so, and the way out when something is wrong."""
        match self.standing:
            case Standing.CURRENT:
                return f"{self.database} is up to date (schema {self.number})"
            case Standing.EMPTY:
                return f"{self.database} has no tables yet; make them: ringdesk migrate"
            case Standing.OLDER:
                return (
                    f"{self.database} has the older schema {self.number}, this program needs {SCHEMA}; "
                    "make a backup, then: ringdesk migrate"
                )
            case Standing.NEWER:
                return (
                    f"{self.database} has schema {self.number} of a newer ringdesk, this one knows {SCHEMA}; "
                    "install the newer version again, or restore the backup that was made before the upgrade"
                )
            case Standing.UNNUMBERED:
                return (
                    f"{self.database} has tables without a schema number, made by a trial before ringdesk kept one; "
                    "set it aside (move the file, or create another database), then: ringdesk migrate"
                )


class WrongSchema(RuntimeError):
    """The tables are not those that this program needs; says which, and the way out."""


def look(store: Store) -> Schema:
    """What the database holds now; raises StoreAway."""
    with store.read() as tx:
        seen = inspect(tx.connection())
        if seen.has_table(VERSION_TABLE):
            number = tx.scalar(text(f"SELECT max(version_num) FROM {VERSION_TABLE}")) or ""  # noqa: S608
        else:
            number = ""
        is_used = bool(number) or seen.has_table(A_TABLE_OF_OURS)
    return Schema(store.name, number, _standing(number, is_used))


def require_current(store: Store) -> None:
    """Refuse to work on tables of another version; raises WrongSchema or StoreAway."""
    schema = look(store)
    if schema.standing != Standing.CURRENT:
        raise WrongSchema(schema.sentence())


def await_current(store: Store) -> None:
    """As `require_current`, for processes that serve: a database that does not answer yet is waited for.

    Whoever ended instead would be begun anew again and again, until a supervisor that counts gives it up for good.
    """
    while True:
        try:
            return require_current(store)
        except StoreAway as away:
            log.warning("waiting for the database", database=store.name, error=str(away)[:200])
            time.sleep(AGAIN_SECONDS)


def _standing(number: str, is_used: bool) -> Standing:
    if number == SCHEMA:
        return Standing.CURRENT
    if number:
        return Standing.OLDER if number < SCHEMA else Standing.NEWER
    return Standing.UNNUMBERED if is_used else Standing.EMPTY
