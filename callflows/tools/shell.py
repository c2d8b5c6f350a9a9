"""What the words about flows share: how files are opened, and how it is told that one cannot be."""

import argparse
import sys
from pathlib import Path
from typing import TypeAlias

from callflows.check import errors
from callflows.faults import FlowFaults
from callflows.files import Checked, check_file
from callflows.flow import Flow

ArgumentWords: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
CLEAN, FINDINGS, COULD_NOT_RUN = 0, 1, 2


class CannotRun(Exception):
    """A word cannot do its work; the text says why, and the way out."""


def word(
    words: ArgumentWords, name: str, help: str, description: str, end: str = ""
) -> argparse.ArgumentParser:
    """A new word, with its help as it is written."""
    return words.add_parser(
        name,
        help=help,
        description=description,
        epilog=end,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def readable_flow(path: Path) -> Flow:
    """The flow of a file; its errors are told and do not stop anybody from looking at it. Raises CannotRun, FlowFaults."""
    checked = opened(path)
    if checked.flow is None:
        raise FlowFaults(checked.faults)
    for fault in errors(checked.faults):
        print(fault, file=sys.stderr)
    return checked.flow


def opened(path: Path) -> Checked:
    """A file read and checked; raises CannotRun."""
    try:
        return check_file(path)
    except OSError as problem:
        near = [one.name for one in sorted(path.parent.glob("*.yaml"))] if path.parent.is_dir() else []
        there = f"; there is: {', '.join(near)}" if near else ""
        raise CannotRun(f"cannot open '{path}': {problem.strerror}{there}") from None


def text_of(path: Path) -> str:
    """A file's text; raises CannotRun."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise CannotRun(f"'{path}' is not UTF-8; save it with the encoding UTF-8") from None
    except OSError as problem:
        raise CannotRun(f"cannot open '{path}': {problem.strerror}") from None


def written(path: Path, text: str) -> None:
    """Write a file; raises CannotRun."""
    try:
        path.write_text(text, "utf-8")
    except OSError as problem:
        raise CannotRun(f"cannot write '{path}': {problem.strerror}") from None


def cannot(problem: CannotRun) -> int:
    """Say why a word cannot run; the exit code."""
    print(f"ringdesk: {problem}", file=sys.stderr)
    return COULD_NOT_RUN


def faulty(found: FlowFaults) -> int:
    """Say what is wrong with a file; the exit code."""
    for fault in found.faults:
        print(fault, file=sys.stderr)
    return FINDINGS
