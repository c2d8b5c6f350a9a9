"""`make run`: prepares var, starts every process of Procfile.dev, says where to look, and stops all at Ctrl-C."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from pathlib import Path

from deploy.local.output import Output, tell
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
    output = Output(trial.commands)
    stack = trial.stack(output.say)
    running = asyncio.current_task()
    assert running  # noqa: S101  we are inside one
    asked = 0

    def stop() -> None:
        nonlocal asked
        asked += 1
        if asked == 1:
            running.cancel()
            tell("\nringdesk: stopping")
        else:
            stack.kill()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    with contextlib.suppress(asyncio.CancelledError):
        async with stack:
            await trial.start(stack)
            tell(welcome(trial, time.monotonic() - began))
            await stack.watch()


if __name__ == "__main__":
    sys.exit(main())
