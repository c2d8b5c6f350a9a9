"""The real processes, started by the command on a database of the test's own, and asked to stop."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from simulator.account import Account
from tests.build import SECRET, account_json
from tests.journeys.northwind import FLOW, NORTHWIND
from voice.store import Store

ROOT = Path(__file__).parents[2]
WORDS = [sys.executable, "-m", "app"]


@dataclass
class Installation:
    """A folder with flows, an account and a migrated database."""

    folder: Path
    port: int
    account: Account

    @property
    def url(self) -> str:
        """Where web answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def env(self) -> dict[str, str]:
        """What every process is told."""
        return os.environ | {
            "PUBLIC_BASE_URL": self.url,
            "HOST": "127.0.0.1",
            "WEB_PORT": str(self.port),
            "DATABASE_URL": f"sqlite:///{self.folder}/ringdesk.db",
            "STORAGE_URL": f"file:{self.folder}/recordings",
            "FLOWS_DIR": str(self.folder / "flows"),
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "TWILIO_API_URL": "http://127.0.0.1:1",
            "SECRET_KEY": SECRET,
        }

    def store(self) -> Store:
        """The same database, from here."""
        return Store(self.env["DATABASE_URL"])

    def session(self) -> requests.Session:
        """A client that waits until web is up."""
        http = requests.Session()
        patience = Retry(total=None, connect=60, backoff_factor=0.2, backoff_max=1)
        http.mount("http://", HTTPAdapter(max_retries=patience))
        return http

    @contextmanager
    def runs(self, word: str) -> Iterator["subprocess.Popen[str]"]:
        """A process of ours; it is asked to stop at the end, if it was not before."""
        with subprocess.Popen(
            [*WORDS, word],
            cwd=ROOT,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.send_signal(signal.SIGTERM)
                process.communicate(timeout=30)


def install(folder: Path) -> Installation:
    """Migrated and seeded."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    made = Installation(folder, port, Account.demo(base_url=f"http://127.0.0.1:{port}", numbers=(NORTHWIND,)))
    (folder / "flows").mkdir()
    (folder / "flows" / "northwind.yaml").write_text(FLOW, encoding="utf-8")
    (folder / "account.json").write_text(json.dumps(account_json(made.account)), encoding="utf-8")
    for words in (["migrate"], ["seed", "--account", str(folder / "account.json")]):
        done = subprocess.run(
            [*WORDS, *words], cwd=ROOT, env=made.env, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
    return made
