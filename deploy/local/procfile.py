"""Reads a Procfile: one process a line, `name: command`."""

import re
from pathlib import Path

LINE = re.compile(r"^([a-z][a-z0-9_-]*):\s*(\S.*)$")


def read_procfile(file: Path) -> dict[str, str]:
    """Names and commands, in the order of the file; `$NAME` in a command is the shell's business."""
    commands: dict[str, str] = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        found = LINE.match(line)
        if not found:
            raise ValueError(f"{file.name}:{number}: not `name: command`: {line}")
        commands[found[1]] = found[2]
    return commands
