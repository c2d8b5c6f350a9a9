"""The real thing: every process of Procfile.dev started, met by a call, and gone at the end."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUN = [sys.executable, "-m", "deploy.local.run"]
PORTS = ("WEB_PORT", "PUSH_PORT", "SIMULATOR_PORT", "REDIS_PORT")

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """A folder and ports of our own; nothing else that a developer may have set."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in PORTS]
        ports = {name: str(one.getsockname()[1]) for name, one in zip(PORTS, sockets, strict=True)}
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, **ports, "VAR_DIR": str(tmp_path), "TRIAL_OF": str(tmp_path)}


@contextmanager
def running(env: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    """A trial that is up."""
    with subprocess.Popen(
        RUN, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as trial:
        try:
            yield trial
        finally:
            trial.kill()


def hear(trial: "subprocess.Popen[str]", pattern: str) -> str:
    """Everything it says up to the line that matches."""
    assert trial.stdout
    heard = ""
    for line in trial.stdout:
        heard += line
        if re.search(pattern, line):
            return heard
    raise AssertionError(f"it ended without saying {pattern}:\n{heard}")


def of_trial(env: dict[str, str]) -> list[int]:
    """Processes that were started by this trial, the trial itself among them."""
    mark = f"TRIAL_OF={env['TRIAL_OF']}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def test_a_trial_comes_up_mends_itself_and_leaves_nothing(env: dict[str, str]) -> None:
    with running(env) as trial:
        said = hear(trial, "Ctrl-C stops everything")
        assert f"http://localhost:{env['WEB_PORT']}" in said
        assert re.search(r"agent +ann@northwind\.example +password \S+", said)
        assert "ssh" not in said
        with urllib.request.urlopen(f"http://localhost:{env['WEB_PORT']}/healthz") as answer:
            assert answer.status == 200

        worker = next(pid for pid in of_trial(env) if "ringdesk worker" in command_of(pid))
        os.kill(worker, signal.SIGKILL)
        hear(trial, r"worker has ended \(ended by SIGKILL\); starting it again")

        trial.send_signal(signal.SIGINT)
        hear(trial, "every process has ended")
        assert trial.wait() == 0
    assert of_trial(env) == []


def test_a_port_in_use_ends_the_start_with_one_sentence(env: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", int(env["PUSH_PORT"]))):
        told = subprocess.run(RUN, cwd=ROOT, env=env, capture_output=True, text=True, check=False)

    assert told.returncode == 1
    assert told.stdout == ""
    assert re.fullmatch(rf"ringdesk: port {env['PUSH_PORT']} is in use by .*\n", told.stderr)


def test_smoke_one_call_becomes_a_ticket_with_its_recording(env: dict[str, str]) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "deploy.local.smoke", "--within", "180"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.returncode == 0, told.stdout + told.stderr
    result = json.loads(told.stdout.splitlines()[-1])
    assert result["ok"] is True
    assert result["ticket"] == 1
    assert result["recording_s"] > 2
    assert of_trial(env) == []
