"""Shows that a long step is going on: one line that changes on a terminal, some lines in a file."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

EVERY = 20


class Progress:
    """Counts steps of a known number."""

    def __init__(self, count: int) -> None:
        self.count, self.done = count, 0
        self.is_terminal = sys.stdout.isatty()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None
    ) -> None:
        if self.is_terminal:
            print("\r\033[K", end="", flush=True)

    def step(self, name: str) -> None:
        """One more is being dealt with."""
        self.done += 1
        if self.is_terminal or self.done % EVERY == 0:
            self.say(f"{min(self.done, self.count)} of {self.count}  {name}")

    def say(self, text: str) -> None:
        """Show where we are."""
        print(
            f"\r\033[K  {text}" if self.is_terminal else f"  {text}",
            end="" if self.is_terminal else "\n",
            flush=True,
        )


def watch(command: Sequence[str | Path], log: Path, see: Callable[[str], None]) -> tuple[int, str]:
    """Run a command, show each line to `see` and write it to the log; its exit code and whole output."""
    lines: list[str] = []
    with (
        log.open("w", encoding="utf-8") as file,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        ) as child,
    ):
        assert child.stdout is not None  # noqa: S101  a pipe was asked for
        for line in child.stdout:
            file.write(line)
            lines.append(line)
            see(line)
    return child.returncode, "".join(lines)
