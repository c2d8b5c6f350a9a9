"""Whatever SQL does, the words for "one moment" are out before Twilio gives the request up."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import event, text
from sqlalchemy.pool import QueuePool

from voice import engines, models
from voice.links import READ_MS
from voice.store import Store, StoreAway

READ_SECONDS = READ_MS / 1000
AT_ONCE_SECONDS = 20.0  # a statement has one second; two busy cores may be long in saying so


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(f"sqlite:///{tmp_path}/ringdesk.db")
    made.create_tables()
    yield made
    made.close()


def test_the_longest_way_through_postgresql_is_shorter_than_twilios_patience() -> None:
    assert engines.POOL_SECONDS + engines.CONNECT_SECONDS + engines.STATEMENT_SECONDS < READ_SECONDS


def test_the_longest_wait_for_sqlite_is_shorter_than_twilios_patience() -> None:
    assert engines.POOL_SECONDS_SQLITE + engines.BUSY_SECONDS < READ_SECONDS


def test_postgresql_is_told_these_times() -> None:
    engine = engines.postgresql("postgresql://nobody@127.0.0.1:1/none")
    _, told = engine.dialect.create_connect_args(engine.url)
    asked: dict[str, Any] = {}

    @event.listens_for(engine, "do_connect")
    def _stop(_dialect: Any, _record: Any, _words: Any, options: dict[str, Any]) -> None:
        asked.update(options)
        raise ConnectionRefusedError

    with pytest.raises(ConnectionRefusedError):
        engine.connect()

    assert asked["connect_timeout"] == engines.CONNECT_SECONDS
    assert "statement_timeout=1000" in asked["options"].split()
    assert asked["tcp_user_timeout"] == 1000
    assert told["host"] == "127.0.0.1"
    assert cast("QueuePool", engine.pool).timeout() == engines.POOL_SECONDS


def test_a_write_that_never_gets_its_turn_is_told_so_in_time(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0.3)
    other = Store(str(store.url))
    with store.write() as tx:
        tx.execute(text("SELECT 1"))
        began = time.monotonic()

        with pytest.raises(StoreAway, match="locked"), other.write():
            raise AssertionError("two writes at once")

        assert 0.3 <= time.monotonic() - began < 2.0
    other.close()


def test_a_fault_that_no_waiting_mends_is_told_at_once(store: Store) -> None:
    store.close()
    file = Path(str(store.url.database))
    file.write_bytes(b"this is no database" * 400)
    for more in ("-wal", "-shm"):
        file.with_name(file.name + more).unlink(missing_ok=True)
    began = time.monotonic()

    with pytest.raises(Exception, match="not a database"), store.write():
        raise AssertionError("a write into nothing")

    assert time.monotonic() - began < engines.BUSY_SECONDS


def test_a_read_looks_at_what_was_committed_while_somebody_writes(store: Store) -> None:
    with store.write() as tx:
        tx.add(models.Beat(name="clock", at=1.0))
    with store.write() as tx:
        tx.get_one(models.Beat, "clock").at = 2.0
        tx.flush()
        with store.read() as look:
            assert look.get_one(models.Beat, "clock").at == 1.0
    with store.read() as look:
        assert look.get_one(models.Beat, "clock").at == 2.0


def test_a_decision_that_fails_leaves_nothing_and_lets_the_next_one_in(store: Store) -> None:
    def fails() -> None:
        with store.write() as tx:
            tx.add(models.Beat(name="clock", at=1.0))
            tx.flush()
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        fails()

    with store.write() as tx:
        assert tx.get(models.Beat, "clock") is None


def test_a_statement_that_takes_too_long_on_postgresql_is_given_up_in_time(postgres_url: str) -> None:
    with _opened(postgres_url) as store:
        began = time.monotonic()

        with pytest.raises(StoreAway, match="timeout"), store.write() as tx:
            tx.execute(text("SELECT pg_sleep(60)"))

        assert time.monotonic() - began < AT_ONCE_SECONDS


def test_a_row_that_somebody_holds_on_postgresql_is_given_up_in_time(postgres_url: str) -> None:
    with _opened(postgres_url) as store:
        with store.write() as tx:
            tx.add(models.Beat(name="clock", at=1.0))
        with store.write() as holds:
            holds.get_one(models.Beat, "clock", with_for_update=True)
            began = time.monotonic()

            with pytest.raises(StoreAway, match="timeout"), store.write() as tx:
                tx.get_one(models.Beat, "clock", with_for_update=True)

            assert time.monotonic() - began < AT_ONCE_SECONDS


@contextmanager
def _opened(url: str) -> Iterator[Store]:
    """A store that is connected already: what is measured is the statement's time."""
    store = Store(url)
    try:
        with store.read() as tx:
            tx.execute(text("SELECT 1"))
        yield store
    finally:
        store.close()
