"""Brings the database's tables from any earlier schema to this program's, in one transaction: all of it or nothing.

Two at once are safe: the second waits and then finds nothing to do.
"""

import time
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from voice.models import SCHEMA
from voice.schema import Schema, Standing, WrongSchema, look
from voice.store import Store

FOLDER = Path(__file__).parent / "migrations"
LOCK = 0x52494E47  # one number for every ringdesk: who holds it changes the tables

Say = Callable[[str], None]


def migrate(store: Store, say: Say) -> int:
    """Take every step that is missing; how many there were. Raises WrongSchema, StoreAway, and what the SQL raises."""
    before = look(store)
    if before.standing in (Standing.NEWER, Standing.UNNUMBERED):
        raise WrongSchema(before.sentence())
    steps = _upgrade(store, say)
    say(f"{store.name} is {'ready' if steps else 'up to date'} (schema {SCHEMA})")
    return steps


def check(store: Store) -> Schema:
    """How the tables fit, without changing anything."""
    return look(store)


def configuration(connection: Connection, **attributes: object) -> Config:
    """What Alembic is told: where the revisions are, and on which connection it works."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes.update(connection=connection, **attributes)
    return config


def _upgrade(store: Store, say: Say) -> int:
    done: list[str] = []
    began = time.monotonic()

    def applied(number: str, title: str) -> None:
        done.append(number)
        say(f"{store.name}: {number} {title} ({time.monotonic() - began:.1f} s)")

    with store.change_tables() as connection:
        if not store.is_sqlite:
            _be_alone(connection, say)
        command.upgrade(configuration(connection, applied=applied), "head")
    return len(done)


def _be_alone(connection: Connection, say: Say) -> None:
    if not connection.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": LOCK}):
        say("another ringdesk migrate is at work; waiting for it")
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
