"""What the words about people share: how they are run, where passwords come from, how lists are printed."""

import argparse
import getpass
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from panel.audit import By, Hand
    from voice.runtime import Runtime

ArgumentWords: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
Deed = Callable[["Runtime", argparse.Namespace], int]


def group(words: ArgumentWords, name: str, text: str) -> ArgumentWords:
    """A word that is followed by another one."""
    return words.add_parser(name, help=text, description=text).add_subparsers(metavar="WORD", required=True)


def word(group: ArgumentWords, name: str, deed: Deed, text: str, *places: str) -> argparse.ArgumentParser:
    """A word that does something, with what must follow it."""
    parser = group.add_parser(name, help=text, description=text, allow_abbrev=False)
    for place in places:
        parser.add_argument(place.lower(), metavar=place)
    parser.set_defaults(run=lambda args: run(deed, args))
    return parser


def ask_password(parser: argparse.ArgumentParser) -> None:
    """The ways of a password, none of which shows it in the list of processes."""
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--password-file", type=Path, metavar="FILE", help="read its first line; - is stdin")
    way.add_argument("--generate", action="store_true", help="make one up and print it once")


def run(deed: Deed, args: argparse.Namespace) -> int:
    """Do it; what is wrong becomes one sentence and exit code 1."""
    from panel.staff import Faulty
    from voice.build import build_runtime
    from voice.settings import Settings

    try:
        rt = build_runtime(Settings())
        return deed(rt, args)
    except (Faulty, OSError, UnicodeDecodeError, ValueError) as fault:
        print(f"ringdesk: {fault}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, EOFError):
        print("ringdesk: given up; nothing was changed", file=sys.stderr)
        return 1


@contextmanager
def changing(rt: "Runtime") -> Iterator["Hand"]:
    """A transaction of whoever is at this shell."""
    from panel.audit import Hand

    with rt.write() as tx:
        yield Hand(tx, whoever(), rt.now())


def whoever() -> "By":
    """Who is at this shell, as the machine knows them."""
    from panel.audit import By

    try:
        return By(f"{getpass.getuser()} at the shell")
    except (OSError, KeyError):  # a container's user without a name
        return By("the shell")


def sure(args: argparse.Namespace, question: str) -> None:
    """Ask before what callers or colleagues notice at once; --yes has answered already."""
    from panel.staff import Faulty

    if args.yes:
        return
    if not sys.stdin.isatty():
        raise Faulty(f"{question} No terminal to ask at; give --yes")
    if input(f"{question} [y/N] ").strip().lower() not in ("y", "yes"):
        raise Faulty("given up; nothing was changed")


def ask_first(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """A word that asks before it acts."""
    parser.add_argument("--yes", action="store_true", help="do not ask")
    return parser


def read_password(args: argparse.Namespace) -> tuple[str, bool]:
    """The password, and whether it was made up here and must be told; never from the command line itself."""
    from panel.staff import Faulty, made_up

    if args.generate:
        return made_up(), True
    if args.password_file is not None:
        file = args.password_file
        text = sys.stdin.readline() if str(file) == "-" else file.read_text(encoding="utf-8")
        return text.partition("\n")[0].rstrip("\r"), False
    if not sys.stdin.isatty():
        raise Faulty("no terminal to ask for the password; give --password-file FILE or --generate")
    password = getpass.getpass("New password: ")
    if getpass.getpass("Again: ") != password:
        raise Faulty("the two passwords differ; nothing was changed")
    return password, False


def tell(password: str, is_told: bool) -> None:
    """Print a password that was made up here."""
    if is_told:
        print(f"password {password}   (shown once; to be changed under Account)")


def print_json(rows: list[dict[str, Any]]) -> int:
    """For scripts."""
    print(json.dumps(rows, indent=2))
    return 0


def table(head: tuple[str, ...], rows: list[tuple[str, ...]], nothing: str) -> int:
    """For people; `nothing` says what to do when there is nothing to list."""
    if not rows:
        print(nothing, file=sys.stderr)
        return 0
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    for row in (head, *rows):
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
    return 0
