"""Where the parts meet: the web application, and the command `ringdesk`. Nobody imports this file."""

import argparse
import importlib
import importlib.util
import sys
from collections.abc import Sequence

PACKAGES = ("voice", "callflows", "recordings", "panel")


def command_line() -> argparse.ArgumentParser:
    """The words of `ringdesk`. Each package gives its own: `add_commands(subparsers)` in its commands.py.

    Every word sets `run`, a function of the parsed arguments that returns the exit code.
    """
    parser = argparse.ArgumentParser(prog="ringdesk", description="A telephone contact centre for merchants.")
    words = parser.add_subparsers(metavar="WORD", required=True)
    for package in PACKAGES:
        if importlib.util.find_spec(package) and importlib.util.find_spec(f"{package}.commands"):
            importlib.import_module(f"{package}.commands").add_commands(words)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one word of the command line; the exit code."""
    chosen = command_line().parse_args(arguments)
    code: int = chosen.run(chosen)
    return code


if __name__ == "__main__":
    sys.exit(main())
