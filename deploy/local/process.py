"""One process of a trial: started in a group of its own, listened to line by line, ended for certain."""

import asyncio
import contextlib
import os
import signal
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path

from deploy.local.kernel import end_with_parent

TAIL = 20
PIECE = 65536


class Process:
    """A command of the Procfile. `say(name, line)` gets what it prints."""

    def __init__(
        self, name: str, command: str, *, env: Mapping[str, str], cwd: Path, say: Callable[[str, str], None]
    ) -> None:
        self.name, self.command, self.env, self.cwd, self.say = name, command, env, cwd, say
        self.tail: deque[str] = deque(maxlen=TAIL)
        self.started_at = 0.0
        self._child: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start it. Ctrl-C on the terminal does not reach its group, so we choose the order of ending."""
        self.tail.clear()
        # A pipe of our own: asyncio's would let `wait` hang for as long as any grandchild holds it open.
        heard, told = os.pipe()
        self._child = await asyncio.create_subprocess_exec(
            "/bin/sh",
            "-c",
            f"exec {self.command}",
            env=self.env,
            cwd=self.cwd,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=told,
            stderr=told,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )
        os.close(told)
        self.started_at = asyncio.get_running_loop().time()
        self._reading = asyncio.create_task(self._read(heard))

    @property
    def pid(self) -> int:
        """Its number while it lives; 0 when it is not there."""
        return self._child.pid if self._child and self._child.returncode is None else 0

    async def wait(self) -> int:
        """Until it has ended: its exit code, or minus the number of the signal that ended it.

        What it left in its group is ended too: a restart must find its port free.
        """
        assert self._child  # noqa: S101  started
        assert self._reading  # noqa: S101
        code = await self._child.wait()
        self._signal_group(signal.SIGKILL)
        with contextlib.suppress(TimeoutError):
            # A grandchild outside the group may hold the pipe open; its words are not worth waiting for.
            await asyncio.wait_for(self._reading, timeout=1)
        return code

    async def stop(self, grace_seconds: float) -> None:
        """Ask it to end, wait, then end it; returns when it is gone."""
        if self._child is None or self._child.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._child.terminate()
        try:
            await asyncio.wait_for(self._child.wait(), grace_seconds)
        except TimeoutError:
            self.say("ringdesk", f"{self.name} does not end by itself; killing it")
        self.kill()
        await self._child.wait()

    def kill(self) -> None:
        """End it and its group at once."""
        self._signal_group(signal.SIGKILL)

    def _signal_group(self, number: signal.Signals) -> None:
        if self._child:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._child.pid, number)

    async def _read(self, pipe: int) -> None:
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: protocol, os.fdopen(pipe, "rb")
        )
        with contextlib.closing(transport):
            await self._split(reader)

    async def _split(self, reader: asyncio.StreamReader) -> None:
        rest = b""
        while piece := await reader.read(PIECE):
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                self._heard(line)
        if rest:
            self._heard(rest)

    def _heard(self, line: bytes) -> None:
        text = line.decode(errors="replace").rstrip()
        if text:
            self.tail.append(text)
        self.say(self.name, text)


def how_it_ended(code: int) -> str:
    """An exit code in words."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"ended by signal {-code}"
