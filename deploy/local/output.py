"""Prints what the processes say, each line with its name before it."""

import asyncio
import contextlib
import os
import select
import sys
from collections.abc import Iterable
from typing import TextIO

COLOURS = (36, 32, 35, 34, 33, 31)
LOOK_SECONDS = 1.0


class Output:
    """`say` prints one line; on a terminal every process has its colour, unless NO_COLOR is set."""

    def __init__(self, names: Iterable[str], stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stdout
        listed = list(names)
        self.width = max(len(name) for name in [*listed, "ringdesk"])
        self.has_colours = self.stream.isatty() and "NO_COLOR" not in os.environ
        self.colours = {name: COLOURS[place % len(COLOURS)] for place, name in enumerate(listed)}

    def say(self, name: str, line: str) -> None:
        """One line of one process."""
        label = f"{name:<{self.width}} |"
        if self.has_colours:
            label = f"\033[{self.colours.get(name, 1)}m{label}\033[0m"
        tell(f"{label} {line}", self.stream)


def tell(text: str, stream: TextIO | None = None) -> None:
    """Print; a terminal that was closed is no reason to stop halfway through stopping."""
    with contextlib.suppress(OSError):
        print(text, file=stream or sys.stdout, flush=True)


async def until_nobody_reads(descriptor: int) -> None:
    """Until the terminal is closed, or the program behind the pipe has ended.

    The kernel tells the hang-up to the leader of the session only, and `make`, when it is that, tells nobody.
    """
    watch = select.poll()
    watch.register(descriptor, 0)  # POLLHUP and POLLERR are always told
    while not watch.poll(0):
        await asyncio.sleep(LOOK_SECONDS)
