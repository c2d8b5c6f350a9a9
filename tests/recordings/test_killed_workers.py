"""Workers are killed ten times while they store 200 recordings, and Redis forgets everything twice."""

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import func, select

from recordings.storage import Folder
from recordings.sweep import sweep
from tests.recordings.house import (
    Media,
    add_call,
    add_merchant,
    add_recording,
    build_runtime,
    jobs,
    kept,
    promise_ticket,
    recording,
    tickets,
    tone,
)
from tests.recordings.processes import Nursery, Valkey, Worker, until
from voice.models import Outbox, Recording
from voice.outbox import doorbell
from voice.runtime import Runtime, SharedClock

RECORDINGS = 200
KILLS = {
    number: number // 15 % 2 for number in range(15, 165, 15)
}  # at which fetch, and whether half-way through it


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    server = Valkey(tmp_path / "valkey")
    yield server
    server.stop()


@pytest.fixture
def real(tmp_path: Path, media: Media, valkey: Valkey, database_url: str) -> Iterator[Runtime]:
    """The house by the real clock, with a real doorbell."""
    clock = SharedClock()
    made = build_runtime(tmp_path, media.url, clock, seed=None, database_url=database_url)
    rt = replace(made, ring=doorbell(valkey.url))
    clock.follow(rt.store)
    add_merchant(rt)
    yield rt
    rt.store.close()


def sound(number: int) -> bytes:
    """Half a second that no other recording has."""
    return tone(0.5)[:-4] + number.to_bytes(4, "little")


def unfinished(rt: Runtime) -> int:
    """How many jobs wait."""
    with rt.store.read() as tx:
        return tx.scalar(select(func.count()).select_from(Outbox).where(Outbox.state == "waiting")) or 0


def test_200_recordings_become_200_tickets_though_workers_are_killed_ten_times(
    real: Runtime, media: Media, valkey: Valkey, tmp_path: Path
) -> None:
    workers = Nursery(tmp_path, valkey.url, media.url, real.settings.database_url)
    deaths: list[int] = []
    one_at_a_time = threading.Lock()

    def kill(count: int, half_way: bool) -> None:
        if KILLS.get(count) != half_way:
            return
        with one_at_a_time:
            workers.kill_the_oldest()
            workers.bear()
            deaths.append(count)
            if len(deaths) in (3, 7):
                valkey.client().flushall()

    media.half_way = lambda count: kill(count, True)
    media.at_the_end = lambda count: kill(count, False)
    for number in range(1, RECORDINGS + 1):
        media.has(number, sound(number))
        call_id = add_call(real, number)
        add_recording(real, call_id, number, seconds=1)
        promise_ticket(real, call_id)
    try:
        workers.bear()
        workers.bear()
        done = until(lambda: not unfinished(real), 55, meanwhile=lambda: sweep(real))
    finally:
        workers.close()

    assert done, f"{unfinished(real)} jobs wait\n{workers.log[-3000:]}"
    assert len(deaths) == 10
    assert any(job.attempts > 1 for job in jobs(real))  # somebody was killed half-way through a job
    assert [one.number for one in tickets(real)] == list(range(1, RECORDINGS + 1))
    for number in range(1, RECORDINGS + 1):
        stored = recording(real, f"re_northwind_{number}")
        assert stored.original_sha256 == sha256(sound(number)).hexdigest()
        assert kept(real, stored.original_key) == sound(number)
    Folder(tmp_path / "recordings").forget_unfinished(before=real.now() + 60)
    files = [one for one in (tmp_path / "recordings").rglob("*") if one.is_file()]
    assert Counter("".join(one.suffixes) for one in files) == {
        ".wav": RECORDINGS, ".play.wav": RECORDINGS, ".peaks.json": RECORDINGS,
    }  # fmt: skip


def test_jobs_are_done_without_redis_and_by_the_doorbell_when_it_is_back(
    real: Runtime, media: Media, valkey: Valkey, tmp_path: Path
) -> None:
    valkey.stop()
    for number in (1, 2):
        media.has(number, sound(number))
    add_recording(real, add_call(real, 1), 1, seconds=1)
    worker = Worker(tmp_path, valkey.url, media.url, real.settings.database_url)
    try:
        assert until(lambda: recording(real, "re_northwind_1").state == "stored", 60), worker.log
        valkey.start()
        assert until(lambda: bool(valkey.client().smembers("rq:workers")), 60), worker.log
        add_recording(real, add_call(real, 2), 2, seconds=1)
        assert until(lambda: recording(real, "re_northwind_2").state == "stored", 60, lambda: sweep(real)), (
            worker.log
        )
    finally:
        worker.close()


def test_a_worker_that_is_asked_to_stop_finishes_the_job_that_runs(
    real: Runtime, media: Media, valkey: Valkey, tmp_path: Path
) -> None:
    worker = Worker(tmp_path, valkey.url, media.url, real.settings.database_url)
    media.half_way = lambda _count: worker.ask_to_stop()
    for number in (1, 2):
        media.has(number, sound(number))
        add_recording(real, add_call(real, number), number, seconds=1)
    try:
        assert worker.process.wait(timeout=30) == 0, worker.log
    finally:
        worker.close()

    with real.store.read() as tx:
        states = sorted(tx.scalars(select(Recording.state)))
    assert states == ["completed", "stored"]


def test_an_idle_worker_stops_at_once(real: Runtime, media: Media, valkey: Valkey, tmp_path: Path) -> None:
    worker = Worker(tmp_path, valkey.url, media.url, real.settings.database_url)
    try:
        assert until(lambda: bool(valkey.client().smembers("rq:workers")), 60), worker.log
        worker.ask_to_stop()
        assert worker.process.wait(timeout=5) == 0, worker.log
    finally:
        worker.close()
