"""How soon a desk's stream tells what was committed, beside an INSERT, a NOTIFY and its arrival.

The push process runs by itself on the same PostgreSQL (`--serve`); this process holds the desks' ends.
"""

import argparse
import selectors
import signal
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
import structlog
from sqlalchemy import insert
from sqlalchemy.engine import make_url

from panel.login import hash_of
from panel.push_server import PushServer, listen
from tests.bench.halls import Size, agent_id, furnish
from tests.bench_push import connect, hear_all, read_from
from tests.build import make_rt
from tests.postgres.server import PostgresServer
from voice import models
from voice.garbage import settle
from voice.moves import bump_desks
from voice.nudges import GAP_SECONDS, Notifier, hear
from voice.runtime import SharedClock

LONGEST_SECONDS = 5.0  # a desk that hears of nothing for so long


class Streaming:
    """Every agent of a hall at a desk, and the push process that tells them."""

    def __init__(self, server: PostgresServer, folder: Path, size: Size) -> None:
        self._hall = furnish(server, folder / "streams", size, "longest_idle", busy=True)
        self._url = self._hall.rt.store.url.render_as_string(hide_password=False)
        self._folder, self._size = folder, size
        self._notifier = Notifier(make_url(self._url))

    def __enter__(self) -> Self:
        now = self._hall.rt.now()
        with self._hall.rt.write() as tx:
            people = [(agent_id(number), f"token{number}") for number in range(self._size.agents)]
            tx.execute(insert(models.User), [
                {"id": one, "email": f"{one}@example.com", "name": one, "password_hash": "-", "created_at": now}
                for one, _ in people
            ])  # fmt: skip
            tx.execute(insert(models.LoginSession), [
                {"token_hash": hash_of(token), "user_id": one, "csrf": "-", "created_at": now, "seen_at": now,
                 "expires_at": now + 86_400} for one, token in people
            ])  # fmt: skip
        self._push = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.bench.streams",
                "--serve",
                self._url,
                "--folder",
                str(self._folder),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._push.stdout is not None
        port = int(self._push.stdout.readline())
        self._ear = selectors.DefaultSelector()
        self._ends = [connect(port, number) for number in range(self._size.agents)]
        for number, end in enumerate(self._ends):
            self._ear.register(end, selectors.EVENT_READ, number)
        hear_all(self._ear, self._size.agents)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._notifier.close()
        for end in self._ends:
            end.close()
        self._push.terminate()
        self._push.wait(timeout=20)
        self._hall.close()

    def rounds(self, rounds: int, events: int) -> dict[str, list[float]]:
        """Median and 99th percentile of each round, in milliseconds, after one to warm up."""
        found: dict[str, list[float]] = {}
        with (
            psycopg.connect(self._url, autocommit=True) as teller,
            psycopg.connect(self._url, autocommit=True) as ear,
        ):
            teller.execute("CREATE TABLE bare (id bigserial PRIMARY KEY, told text)")
            ear.execute("LISTEN bare")
            for number in range(rounds + 1):
                times: dict[str, list[float]] = {"stream": [], "notify": []}
                for one in range(events):
                    times["stream"].append(self._told(one % self._size.agents))
                    times["notify"].append(_bare(teller, ear))
                for name, taken in times.items():
                    ordered = sorted(taken)
                    if number:
                        found.setdefault(f"{name}_p50", []).append(statistics.median(ordered))
                        found.setdefault(f"{name}_p99", []).append(
                            ordered[max(0, int(len(ordered) * 0.99) - 1)]
                        )
        return found

    def _told(self, number: int) -> float:
        """Milliseconds from a commit to the desk that it is about."""
        time.sleep(1.25 * GAP_SECONDS)  # nudges in one pause are told together: that is not what is measured
        chosen = agent_id(number)
        with self._hall.rt.write() as tx:
            bump_desks(tx, self._hall.rt, chosen)
        began = time.perf_counter()
        self._notifier(chosen)
        until = began + LONGEST_SECONDS
        while time.perf_counter() < until:
            for key, _ in self._ear.select(0.5):
                heard = read_from(key)
                if key.data == number and b"event: desk" in heard:
                    return 1e3 * (time.perf_counter() - began)
        raise TimeoutError(f"{chosen}'s desk heard of nothing within {LONGEST_SECONDS:g} s")


def _bare(teller: "psycopg.Connection[object]", ear: "psycopg.Connection[object]") -> float:
    began = time.perf_counter()
    with teller.transaction():
        teller.execute("INSERT INTO bare (told) VALUES ('x')")
        teller.execute("NOTIFY bare")
    if not list(ear.notifies(timeout=LONGEST_SECONDS, stop_after=1)):
        raise TimeoutError(f"no NOTIFY within {LONGEST_SECONDS:g} s")
    ear.execute("SELECT told FROM bare ORDER BY id DESC LIMIT 1").fetchone()
    return 1e3 * (time.perf_counter() - began)


def serve(url: str, folder: Path) -> None:
    """The push process."""
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr)
    )  # standard output tells the port
    rt = make_rt(folder, SharedClock(), database_url=url)
    server, stop = PushServer(rt, listen("127.0.0.1", 0)), threading.Event()
    hear(make_url(url), server.nudge, stop)
    signal.signal(signal.SIGTERM, lambda _number, _frame: server.stop())
    print(server.listener.getsockname()[1], flush=True)
    settle()  # as `ringdesk push`
    server.run()


if __name__ == "__main__":
    words = argparse.ArgumentParser()
    words.add_argument("--serve", required=True)
    words.add_argument("--folder", type=Path, required=True)
    given = words.parse_args()
    serve(given.serve, given.folder)
