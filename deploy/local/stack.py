"""All processes of a trial together: started, watched, restarted when one dies, and none left at the end."""

import asyncio
import contextlib
import os
import secrets
import signal
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from types import TracebackType

from deploy.local.kernel import marked
from deploy.local.process import Process, how_it_ended
from deploy.local.stop import Stop

GRACE_SECONDS = 8.0
# A process that lived this long had started well: its death is an accident, not a pattern.
SETTLED_SECONDS = 10.0
TRIES = 3

Say = Callable[[str, str], None]


class Stack:
    """Processes by name. The first of `commands` is what the others need: it ends after them.

    Used as `async with`: leaving it, however, ends every process.
    """

    def __init__(
        self,
        commands: Mapping[str, str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        say: Say,
        restart_seconds: float = 1.0,
        tries: int = TRIES,
    ) -> None:
        self.mark = f"RINGDESK_TRIAL={secrets.token_hex(8)}"
        name, _, value = self.mark.partition("=")
        self.say, self.restart_seconds, self.tries = say, restart_seconds, tries
        self.processes = {
            process: Process(process, command, env={**env, name: value}, cwd=cwd, say=say)
            for process, command in commands.items()
        }
        self._ends: dict[str, asyncio.Task[int]] = {}
        self._quick_ends = dict.fromkeys(commands, 0)

    async def __aenter__(self) -> "Stack":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._stop()

    async def start(self, *names: str) -> None:
        """Start these."""
        for name in names:
            await self.processes[name].start()
            self._ends[name] = asyncio.create_task(self.processes[name].wait())

    async def until(self, is_so: Callable[[], Awaitable[bool]], what: str, seconds: float = 60.0) -> None:
        """Wait for something of the start. A process that ends meanwhile ends the start: its last words say why."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not await is_so():
            for name, end in self._ends.items():
                if end.done():
                    raise Stop(f"{name} did not start ({how_it_ended(end.result())}){self._last_words(name)}")
            if loop.time() > deadline:
                raise Stop(
                    f"{what} did not come up within {seconds:.0f} s; its lines above say what it is doing"
                )
            await asyncio.sleep(0.05)

    async def watch(self) -> None:
        """Restart who dies; returns never. A process that keeps dying ends the trial."""
        while True:
            await asyncio.wait(self._ends.values(), return_when=asyncio.FIRST_COMPLETED)
            for name in [name for name, end in self._ends.items() if end.done()]:
                await self._restart(name, self._ends.pop(name).result())

    def kill(self) -> None:
        """End everything at once."""
        for process in self.processes.values():
            process.kill()

    async def _restart(self, name: str, code: int) -> None:
        lived = asyncio.get_running_loop().time() - self.processes[name].started_at
        self._quick_ends[name] = self._quick_ends[name] + 1 if lived < SETTLED_SECONDS else 1
        if self._quick_ends[name] >= self.tries:
            raise Stop(
                f"{name} ended {self.tries} times in a row ({how_it_ended(code)}){self._last_words(name)}"
            )
        self.say("ringdesk", f"{name} has ended ({how_it_ended(code)}); starting it again")
        await asyncio.sleep(self.restart_seconds)
        await self.start(name)

    def _last_words(self, name: str) -> str:
        tail = self.processes[name].tail
        return f": {tail[-1]}" if tail else ""

    async def _stop(self) -> None:
        first, *others = self.processes.values()
        await asyncio.gather(*(process.stop(GRACE_SECONDS) for process in others))
        await first.stop(GRACE_SECONDS)
        for end in self._ends.values():
            with contextlib.suppress(asyncio.CancelledError):
                await end
        await self._end_the_rest()

    async def _end_the_rest(self) -> None:
        """End what our processes started and left: a worker's child, say, that made a group of its own."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            for _ in range(20):
                left = marked(self.mark)
                if not left:
                    return
                for pid in left:
                    with contextlib.suppress(ProcessLookupError, PermissionError):
                        os.kill(pid, number)
                await asyncio.sleep(0.05)
        self.say("ringdesk", f"these processes could not be ended: {' '.join(map(str, marked(self.mark)))}")
