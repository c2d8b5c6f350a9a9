"""The server dies and comes back: what was committed is there, everybody is told soon, and nobody has to start anew."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from tests.build import SECRET
from tests.postgres.server import PostgresServer
from tests.recordings.processes import until
from voice import engines, models
from voice.runtime import SharedClock
from voice.store import Store, StoreAway

ROOT = Path(__file__).parents[2]
TWILIO_GIVES_UP_AFTER = 3.5  # seconds, as voice/links.py asks it to


@pytest.fixture
def store(postgres_url: str) -> Iterator[Store]:
    """A store with tables, whose connections have been used."""
    made = Store(postgres_url)
    beat(made, "before")
    yield made
    made.close()


def beat(store: Store, name: str) -> None:
    """One commit."""
    with store.write() as tx:
        tx.add(models.Beat(name=name, at=1.5))


def beats(store: Store) -> list[str]:
    """What was committed."""
    with store.read() as tx:
        return sorted(tx.scalars(select(models.Beat.name)))


def test_a_server_that_is_killed_loses_nothing_and_is_used_again_at_once(
    store: Store, postgres: PostgresServer
) -> None:
    postgres.kill()
    began = time.monotonic()
    with pytest.raises(StoreAway, match="the database does not answer"):
        beat(store, "meanwhile")
    took = time.monotonic() - began
    postgres.start()

    beat(store, "after")
    assert beats(store) == ["after", "before"]
    assert took < TWILIO_GIVES_UP_AFTER


def test_a_decision_in_whose_middle_the_server_dies_is_not_made(
    store: Store, postgres: PostgresServer
) -> None:
    def half_way() -> None:
        with store.write() as tx:
            tx.add(models.Beat(name="half", at=1.5))
            tx.flush()
            postgres.kill()

    with pytest.raises(StoreAway):
        half_way()
    postgres.start()

    assert beats(store) == ["before"]


def test_a_row_that_somebody_holds_delays_nobody_for_long(store: Store) -> None:
    with store.write() as holder:
        holder.execute(text("UPDATE beat SET at = 2 WHERE name = 'before'"))
        began = time.monotonic()
        with pytest.raises(StoreAway, match="timeout"), store.write() as tx:
            tx.execute(text("UPDATE beat SET at = 3 WHERE name = 'before'"))
        took = time.monotonic() - began

    assert took < TWILIO_GIVES_UP_AFTER


def test_a_process_that_begins_while_the_server_is_away_waits_for_it(
    tmp_path: Path, postgres: PostgresServer, postgres_url: str
) -> None:
    told = {"DATABASE_URL": postgres_url, "SECRET_KEY": SECRET, "REDIS_URL": "redis://127.0.0.1:1/0"}
    folders = {"STORAGE_URL": f"file:{tmp_path}/kept", "FLOWS_DIR": str(tmp_path)}
    postgres.kill()
    with subprocess.Popen(
        [sys.executable, "-m", "app", "clock"],
        cwd=ROOT, env=os.environ | told | folders, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    ) as clock:  # fmt: skip
        try:
            assert clock.stdout is not None
            assert "waiting for the database" in clock.stdout.readline()
            postgres.start()
            with closing(Store(postgres_url)) as store:
                assert until(lambda: "clock" in beats(store), seconds=60)
        finally:
            clock.terminate()
            clock.communicate(timeout=30)
    assert clock.returncode == 0


def test_the_clock_follows_the_time_of_the_server(store: Store) -> None:
    clock = SharedClock()
    clock.follow(store)

    with store.read() as tx:
        theirs = tx.scalar(text("SELECT extract(epoch FROM clock_timestamp())"))

    assert abs(clock.now() - float(theirs)) < 1


def test_a_connection_that_the_server_has_closed_is_found_out_before_anybody_needs_it(
    store: Store, postgres: PostgresServer
) -> None:
    # The second number is milliseconds: the answer comes when that connection's process has ended.
    postgres.execute(
        f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{store.url.database}'"
    )

    beat(store, "after")

    assert beats(store) == ["after", "before"]


def test_a_connection_used_a_moment_ago_is_not_asked_whether_it_lives_and_one_that_rested_is(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    beats(store)
    dialect = store._writer.dialect
    ping = dialect.do_ping

    def counted(connection: Any) -> bool:
        asked.append(connection)
        return ping(connection)

    monkeypatch.setattr(dialect, "do_ping", counted)

    beats(store)
    assert not asked
    monkeypatch.setattr(engines, "REST_SECONDS", -1.0)
    beats(store)
    assert len(asked) == 1
