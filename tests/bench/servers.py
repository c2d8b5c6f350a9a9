"""The servers of the webhook benchmark: each a process group on one core, whose processor time is counted."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 60.0
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Server:
    """One server and the processes that it made."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def wait(self) -> "Server":
        """Until it takes connections; raises RuntimeError with its last words."""
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                if self.process.poll() is not None or time.monotonic() > end:
                    said = self.log.read_text(errors="replace")[-1500:]
                    raise RuntimeError(f"{self.name} does not serve: {said}") from None
                time.sleep(0.05)

    def cpu_seconds(self) -> float:
        """Processor time of all its processes so far."""
        return sum(map(cpu_seconds, family(self.process.pid)))

    def close(self) -> None:
        """End it."""
        if self.process.poll() is not None:
            return
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def start(
    name: str,
    command: Sequence[str | Path],
    env: Mapping[str, str],
    folder: Path,
    port: int,
    core: int | None,
) -> Server:
    """Start a server on a core of its own (None: any)."""

    def stay() -> None:
        os.setsid()
        if core is not None and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, {core})

    log = folder / f"{name}.log"
    with log.open("wb") as told:
        process = subprocess.Popen(
            list(map(str, command)), env={**os.environ, **env}, stdout=told, stderr=told, preexec_fn=stay
        )
    return Server(name, port, process, log)


def granian(target: str, port: int, threads: int = 8) -> list[str]:
    """The words that serve a WSGI factory as our own web process is served."""
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--port", str(port), "--host", "127.0.0.1",
        "--workers", "1", "--blocking-threads", str(threads), "--no-access-log", "--no-ws", target,
    ]  # fmt: skip


def free_port() -> int:
    """A port that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def family(pid: int) -> list[int]:
    """A process and all that it made."""
    children: dict[int, list[int]] = {}
    for line in subprocess.run(
        ["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True
    ).stdout.splitlines():
        child, parent = map(int, line.split())
        children.setdefault(parent, []).append(child)
    found, new = [pid], [pid]
    while new:
        new = [child for parent in new for child in children.get(parent, [])]
        found += new
    return found


def cpu_seconds(pid: int) -> float:
    """Processor time of one process, all threads; 0 when it has gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS
