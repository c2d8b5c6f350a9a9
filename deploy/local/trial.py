"""One trial: its folder made ready, its database filled, its processes started in order."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from deploy.local.account import write_account, write_secrets
from deploy.local.environment import environment, valkey_server
from deploy.local.place import Place
from deploy.local.ports import insist_on_free_ports
from deploy.local.procfile import read_procfile
from deploy.local.reach import is_healthy, is_listening
from deploy.local.stack import Say, Stack
from deploy.local.stop import Stop


@dataclass(frozen=True)
class Trial:
    """A trial that may start. `lock` is held open while it runs: one trial a folder."""

    place: Place
    env: Mapping[str, str]
    commands: Mapping[str, str]
    seeded: str
    lock: TextIO

    @property
    def flows(self) -> Path:
        """The folder of the flow files."""
        return flows_folder(self.place, self.env)

    def stack(self, say: Say) -> Stack:
        """Its processes, not started yet."""
        return Stack(self.commands, env=self.env, cwd=self.place.root, say=say)

    async def start(self, stack: Stack) -> None:
        """Start what the others need, then the others, and wait until each can be reached."""
        place, host = self.place, self.place.reach
        if "valkey" in self.commands:
            await stack.start("valkey")
            await stack.until(lambda: is_listening("127.0.0.1", place.redis_port), "valkey")
        await stack.start(*(name for name in self.commands if name != "valkey"))
        await stack.until(lambda: is_healthy(host, place.web_port), "web")
        await stack.until(lambda: is_listening(host, place.push_port), "push")
        await stack.until(lambda: is_listening(host, place.simulator_port), "simulator")


def prepare(place: Place, given: Mapping[str, str]) -> Trial:
    """Everything before the first process: folder, ports, account, tables, merchants."""
    make_folder(place.var)
    lock = hold(place.var / "run.lock")
    insist_on_free_ports(place)
    account = write_account(place, flows_folder(place, given))
    env = environment(place, write_secrets(place), given)
    commands = read_procfile(place.root / "Procfile.dev")
    if place.redis_url:
        commands.pop("valkey")
    else:
        env["VALKEY_SERVER"] = valkey_server()
    ringdesk(env, place.root, "migrate")
    seeded = ringdesk(env, place.root, "seed", "--account", str(account))
    return Trial(place, env, commands, seeded, lock)


def flows_folder(place: Place, environ: Mapping[str, str]) -> Path:
    """FLOWS_DIR, as `ringdesk` understands it."""
    return place.root / (environ.get("FLOWS_DIR") or "callflows/merchants")


def make_folder(var: Path) -> None:
    """Where a trial keeps its database, recordings and secrets: its owner's alone."""
    try:
        for folder in (var, var / "valkey", var / "simulator", var / "recordings"):
            folder.mkdir(parents=True, exist_ok=True)
        probe = var / ".may-write"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise Stop(
            f"you may not write in {var} ({error.strerror}); make it yours (sudo chown -R $USER {var}), "
            "or name another folder: make run VAR_DIR=$HOME/ringdesk"
        ) from None


def hold(lock: Path) -> TextIO:
    """Take the folder for this trial; the lock goes with the process, however it ends."""
    file = lock.open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        with file:
            file.seek(0)
            holder = file.read().strip() or "unknown"
        raise Stop(
            f"a trial is already running in {lock.parent} (process {holder}); "
            "stop it with Ctrl-C where it runs, or give this one its own folder and ports (VAR_DIR, WEB_PORT, ...)"
        ) from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def ringdesk(env: Mapping[str, str], root: Path, *words: str) -> str:
    """Run one word of `ringdesk`; what it printed. A fault is told in its own last words."""
    command: list[str | Path] = [Path(sys.executable).with_name("ringdesk"), *words]
    done = subprocess.run(command, env=env, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        words_of_fault = (done.stderr.strip() or done.stdout.strip()).splitlines()[-8:]
        raise Stop(f"`ringdesk {words[0]}` failed:\n  " + "\n  ".join(words_of_fault or ["no reason given"]))
    return done.stdout
