"""`make run`: prepares var, starts every process of Procfile.dev, says where to look, and stops all at Ctrl-C."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from deploy.local.output import Output, tell, until_nobody_reads
from deploy.local.place import read_place
from deploy.local.stop import Stop
from deploy.local.trial import Trial, prepare
from deploy.local.welcome import welcome

ROOT = Path(__file__).parents[2]


def main() -> int:
    """Run until somebody stops it; the exit code."""
    began = time.monotonic()
    try:
        place = read_place(ROOT, os.environ)
        trial = prepare(place, os.environ)
        asyncio.run(keep_running(trial, began))
    except Stop as stop:
        print(f"ringdesk: {stop}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    tell("ringdesk: stopped; every process has ended")
    return 0


async def keep_running(trial: Trial, began: float) -> None:
    """Until Ctrl-C, SIGTERM or the closing of the terminal; a second Ctrl-C does not wait."""
    stopping = Stopping()
    output = Output(trial.commands)
    stack = trial.stack(output.say)
    stopping.listen(stack.kill)
    reading = asyncio.create_task(stopping.begin_after(until_nobody_reads(sys.stdout.fileno())))
    with contextlib.suppress(asyncio.CancelledError):
        async with stack:
            await trial.start(stack)
            tell(welcome(trial, time.monotonic() - began))
            await stack.watch()
    reading.cancel()


class Stopping:
    """Ends the task that it was made in, once; asked again by a signal, it does not wait for politeness."""

    def __init__(self) -> None:
        self.has_begun = False
        self._running = asyncio.current_task()

    def listen(self, at_once: Callable[[], None]) -> None:
        """Take Ctrl-C, SIGTERM and the hang-up of the terminal from now on."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(
                number, lambda: at_once() if self.has_begun else self.begin()
            )

    async def begin_after(self, event: Awaitable[None]) -> None:
        """Stop once something has happened."""
        await event
        self.begin()

    def begin(self) -> None:
        """Stop, unless that is under way."""
        if not self.has_begun and self._running:
            self.has_begun = True
            self._running.cancel()
            tell("\nringdesk: stopping")


if __name__ == "__main__":
    sys.exit(main())
