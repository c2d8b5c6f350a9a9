"""Prints what the processes say, each line with its name before it."""

import contextlib
import os
import sys
from collections.abc import Iterable
from typing import TextIO

COLOURS = (36, 32, 35, 34, 33, 31)


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
