"""The words `ringdesk flows ...`: check flow files, and renew the reference in the documentation."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from callflows.docs import with_reference
from callflows.faults import Fault, Severity
from callflows.files import Look, check_files, flow_files, nobody_looks
from callflows.tools import explain_commands, see_commands, try_commands
from callflows.tools.formats import FORMATS
from callflows.tools.shell import CLEAN, COULD_NOT_RUN, FINDINGS, ArgumentWords

DOCS_PAGE = Path("docs/flow-language.md")

MORE_WORDS = (try_commands, explain_commands, see_commands)

CHECK_HELP = """\
Check call-flow files, like a compiler: one line per finding, with the place, the rule and the way out.

  ringdesk flows check callflows/merchants              every *.yaml of a folder
  ringdesk flows check northwind.yaml --format json     for other programs
  ringdesk flows check northwind.yaml --live            also against this installation's teams and agents
"""
CHECK_END = """\
exit code: 0 nothing found, 1 something found, 2 a file could not be opened.
Errors stop a publish, warnings do not. A warning that you mean to keep is silenced by a comment at the end
of its line, or on the line above:  # flow-ignore: prompt-too-long
All rules: docs/flow-language.md
"""


def add_commands(subparsers: ArgumentWords) -> ArgumentWords:
    """ringdesk flows ...; gives the group, so that words which need the database can join it."""
    flows = subparsers.add_parser(
        "flows", help="check, play, test, draw and publish the call flows of merchants"
    )
    words = flows.add_subparsers(metavar="WORD", required=True)
    add_words(words)
    return words


def add_words(words: ArgumentWords) -> None:
    """check | docs and the tools', each with `run`, a function of the parsed arguments that returns the exit code."""
    check = words.add_parser(
        "check",
        help="find mistakes in flow files before callers do",
        description=CHECK_HELP,
        epilog=CHECK_END,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    check.add_argument("paths", nargs="+", type=Path, metavar="FILE", help="a flow file, or a folder of them")
    check.add_argument(
        "--format",
        choices=sorted(FORMATS),
        default="text",
        help="text: file:line:col (default); json: a list; github: annotations for a pull request; sarif: 2.1.0",
    )
    check.set_defaults(run=run_check)
    docs = words.add_parser("docs", help="write the reference part of docs/flow-language.md anew")
    docs.add_argument("page", nargs="?", type=Path, default=DOCS_PAGE, help=f"the page ({DOCS_PAGE})")
    docs.set_defaults(run=run_docs)
    for more in MORE_WORDS:
        more.add_words(words)


def run_check(args: argparse.Namespace, look: Look = nobody_looks) -> int:
    """Check files and folders, print what was found, and how much."""
    try:
        empty = [path for path in args.paths if path.is_dir() and not list(flow_files([path]))]
        checked = check_files(args.paths, look)
    except OSError as problem:
        print(f"ringdesk: cannot open '{problem.filename}': {problem.strerror}", file=sys.stderr)
        return COULD_NOT_RUN
    if empty:
        print(f"ringdesk: the folder '{empty[0]}' has no *.yaml files; name the flow files", file=sys.stderr)
        return COULD_NOT_RUN
    faults = [fault for one in checked for fault in one.faults]
    print(FORMATS[args.format](faults), end="")
    print(summary(faults, len(checked)), file=sys.stderr)
    return FINDINGS if faults else CLEAN


def run_docs(args: argparse.Namespace) -> int:
    """Renew the generated part of a page."""
    try:
        args.page.write_text(with_reference(args.page.read_text("utf-8")), "utf-8")
    except OSError as problem:
        print(f"ringdesk: cannot open '{problem.filename}': {problem.strerror}", file=sys.stderr)
        return COULD_NOT_RUN
    return CLEAN


def summary(faults: Sequence[Fault], files: int) -> str:
    """How much was found, in one line."""
    where = f"{files} file{'' if files == 1 else 's'}"
    if not faults:
        return f"{where}: nothing found"
    counts = []
    for severity in Severity:
        number = sum(fault.severity is severity for fault in faults)
        if number:
            counts.append(f"{number} {severity}{'' if number == 1 else 's'}")
    return f"{where}: {', '.join(counts)}"
