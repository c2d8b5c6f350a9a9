"""What an open stream costs, and how soon one desk among thousands hears of a change: JSON on standard output.

    python -m tests.bench_push [--streams 5000] [--events 200]

The push process runs by itself; this process holds the desks' ends. Memory is PSS (proc(5), smaps_rollup). A change is
committed to SQLite and nudged through a pipe in place of Redis; the time runs from the commit's begin to the bytes here.
"""

import argparse
import json
import os
import resource
import selectors
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO, cast

from sqlalchemy import insert, update

from panel.login import hash_of
from panel.push_server import PushServer, listen
from tests.build import make_rt
from voice import models
from voice.runtime import Runtime, SharedClock


def main() -> int:
    """Run the bench, or its server part."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    words.add_argument("--streams", type=int, default=5000)
    words.add_argument("--events", type=int, default=200)
    words.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    chosen = words.parse_args()
    raise_limit()
    if chosen.serve:
        return serve(chosen.serve)
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(Path(folder), chosen.streams, chosen.events)))
    return 0


def raise_limit() -> None:
    """As many open files as the machine lets us."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def serve(folder: Path) -> int:
    """The push process under measure."""
    rt = make_rt(folder, SharedClock())
    server = PushServer(rt, listen("127.0.0.1", 0))

    def pass_on() -> None:
        for line in sys.stdin:
            server.nudge(line.split())

    threading.Thread(target=pass_on, daemon=True).start()
    signal.signal(signal.SIGTERM, lambda _number, _frame: server.stop())
    print(server.listener.getsockname()[1], flush=True)
    server.run()
    return 0


def measure(folder: Path, streams: int, events: int) -> dict[str, object]:
    """Open the streams, weigh the process, then change desks one at a time."""
    rt = make_rt(folder, SharedClock())
    people(rt, streams)
    process = subprocess.Popen([sys.executable, "-m", "tests.bench_push", "--serve", str(folder)],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    port = int(process.stdout.readline())
    try:
        empty = pss_kilobytes(process.pid)
        began = time.perf_counter()
        ends = [connect(port, number) for number in range(streams)]
        ear = selectors.DefaultSelector()
        for number, end in enumerate(ends):
            ear.register(end, selectors.EVENT_READ, number)
        hear_all(ear, streams)
        opened = time.perf_counter() - began
        idle_from = cpu_seconds(process.pid)
        drain(ear, 10.0)
        idle = (cpu_seconds(process.pid) - idle_from) / 10.0
        full = pss_kilobytes(process.pid)
        late = sorted(change(rt, process.stdin, ear, number % streams) for number in range(events))
        for end in ends:
            end.close()
    finally:
        process.terminate()
        process.wait(timeout=20)
        rt.store.close()
    return {
        "streams": streams,
        "kilobytes_per_stream": round((full - empty) / streams, 2),
        "process_megabytes": round(full / 1024, 1),
        "all_open_s": round(opened, 2),
        "idle_core_percent": round(100 * idle, 1),
        "event_ms_p50": round(1000 * statistics.median(late), 2),
        "event_ms_p99": round(1000 * late[int(len(late) * 0.99) - 1], 2),
    }


def people(rt: Runtime, count: int) -> None:
    """So many agents, each signed in once."""
    now = rt.now()
    with rt.write() as tx:
        tx.execute(
            insert(models.User),
            [
                {
                    "id": f"us_{n}",
                    "email": f"{n}@example.com",
                    "name": f"Agent {n}",
                    "password_hash": "-",
                    "created_at": now,
                }
                for n in range(count)
            ],
        )
        tx.execute(
            insert(models.Agent),
            [
                {
                    "id": f"us_{n}",
                    "identity": f"agent_{n}",
                    "name": f"Agent {n}",
                    "since_at": now,
                    "state": "away",
                }
                for n in range(count)
            ],
        )
        tx.execute(insert(models.LoginSession), [
            {"token_hash": hash_of(f"token{n}"), "user_id": f"us_{n}", "csrf": "-", "created_at": now, "seen_at": now,
             "expires_at": now + 86_400} for n in range(count)])  # fmt: skip


def connect(port: int, number: int) -> socket.socket:
    """One desk's end of a stream."""
    end = socket.create_connection(("127.0.0.1", port))
    end.sendall(
        f"GET /stream HTTP/1.1\r\nHost: x\r\nOrigin: http://localhost:8000\r\nCookie: ringdesk=token{number}\r\n\r\n".encode()
    )
    end.setblocking(False)
    return end


def read_from(key: selectors.SelectorKey) -> bytes:
    """What a stream that has something says."""
    heard: bytes = cast("socket.socket", key.fileobj).recv(65536)
    return heard


def hear_all(ear: selectors.BaseSelector, streams: int) -> None:
    """Wait until every desk has its first snapshot."""
    waiting = set(range(streams))
    until = time.monotonic() + 120
    while waiting:
        if time.monotonic() > until:
            raise TimeoutError(f"{len(waiting)} of {streams} desks got no snapshot within two minutes")
        for key, _mask in ear.select(1.0):
            if b"event: desk" in read_from(key):
                waiting.discard(key.data)


def drain(ear: selectors.BaseSelector, seconds: float) -> None:
    """Read pings and whatever else comes for a while."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        for key, _mask in ear.select(left):
            read_from(key)


def change(rt: Runtime, bell: IO[str], ear: selectors.BaseSelector, number: int) -> float:
    """Change one desk; seconds until its page has it."""
    began = time.perf_counter()
    with rt.write() as tx:
        tx.execute(
            update(models.Agent)
            .where(models.Agent.id == f"us_{number}")
            .values(desk_version=models.Agent.desk_version + 1)
        )
    bell.write(f"us_{number}\n")
    while True:
        for key, _mask in ear.select(2.0):
            heard = read_from(key)
            if key.data == number and b"event: desk" in heard:
                return time.perf_counter() - began


def pss_kilobytes(pid: int) -> int:
    """Proportional memory of a process."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    raise ValueError("this kernel tells no Pss in smaps_rollup")


def cpu_seconds(pid: int) -> float:
    """Time a process has had on the processors."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main())
