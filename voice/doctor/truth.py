"""The database: reached, of the right schema, of the same time, and visited by a clock."""

import time
from collections.abc import Callable

from sqlalchemy import text

from voice import models
from voice.doctor.findings import Check, Ill
from voice.runtime import MOMENT_POSTGRESQL, MOMENT_SQLITE
from voice.schema import Standing, look
from voice.store import Store, StoreAway

MOST_SECONDS_APART = 2.0  # leases of 5 s and offers of 3 s bear that
CYCLE_SECONDS = 5.0


def checks(store: Store, now: Callable[[], float] = time.time) -> list[Check]:
    """The checks of this group."""
    return [
        ("database", lambda: _reached(store)),
        ("migrations", lambda: _schema(store)),
        ("time of the database", lambda: _time(store, now())),
        ("clock", lambda: _cycle(store)),
    ]


def _reached(store: Store) -> str:
    began = time.monotonic()
    try:
        with store.write() as tx:
            tx.execute(text("SELECT 1"))
    except StoreAway as away:
        raise Ill(
            str(away), "start the database, or mend DATABASE_URL (host, name, user, password)"
        ) from None
    return f"{store.name} answers in {(time.monotonic() - began) * 1000:.0f} ms"


def _schema(store: Store) -> str:
    schema = look(store)
    if schema.standing != Standing.CURRENT:
        raise Ill(schema.sentence(), "see docs/operate.md, Upgrade")
    return schema.sentence()


def _time(store: Store, now: float) -> str:
    apart = _moment(store) - now
    if abs(apart) > MOST_SECONDS_APART:
        raise Ill(
            f"this machine and the database are {apart:+.1f} s apart",
            "let both follow a time server: systemctl enable --now systemd-timesyncd (or chrony)",
        )
    return f"{apart:+.1f} s apart"


def _cycle(store: Store) -> str:
    with store.read() as tx:
        beat = tx.get(models.Beat, "clock")
    age = None if beat is None else _moment(store) - beat.at
    if age is None or age > CYCLE_SECONDS:
        said = "no clock has finished a round" if age is None else f"the last round was {age:.0f} s ago"
        raise Ill(said, "start one: ringdesk clock; if it runs, its log says why its rounds fail")
    return f"the last round was {age:.1f} s ago"


def _moment(store: Store) -> float:
    with store.read() as tx:
        return float(
            tx.execute(text(f"SELECT {MOMENT_SQLITE if store.is_sqlite else MOMENT_POSTGRESQL}")).scalar_one()
        )
