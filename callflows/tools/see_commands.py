"""The words `ringdesk flows draw`, `diff` and `fmt`."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from callflows.faults import FlowFaults
from callflows.files import flow_files
from callflows.flow import Flow
from callflows.read import read_flow
from callflows.tools.drawings import as_dot, as_json, as_mermaid
from callflows.tools.form import CannotTidy, tidied
from callflows.tools.graph import graph
from callflows.tools.meaning import changes
from callflows.tools.shell import (
    CLEAN,
    COULD_NOT_RUN,
    FINDINGS,
    ArgumentWords,
    CannotRun,
    cannot,
    faulty,
    opened,
    readable_flow,
    text_of,
    word,
    written,
)
from callflows.tools.svg import as_svg

DRAW = """\
Draw a flow: a box for each step, a line for each way on.

  ringdesk flows draw northwind.yaml --out northwind.svg      open it in a browser; no other program is needed
  ringdesk flows draw northwind.yaml --format mermaid         for a README: GitHub draws it
  ringdesk flows draw northwind.yaml --format dot | dot -Tpdf > northwind.pdf

Dashed lines are exits that the file leaves to the fallback.
"""
DIFF = """\
Compare two flows by what they mean: steps, words, times and ways on that changed. Comments, order and layout do not
count.

  ringdesk flows diff northwind.yaml new/northwind.yaml
  git show HEAD:callflows/merchants/northwind.yaml | ringdesk flows diff - callflows/merchants/northwind.yaml
"""
DIFF_END = "exit code: 0 the two mean the same, 1 they differ, 2 a file could not be opened or read.\n"
FMT = """\
Tidy flow files: even indentation, double quotes, a blank line between steps. Comments and the meaning stay; a file that
cannot be tidied safely is left alone.

  ringdesk flows fmt northwind.yaml
  ringdesk flows fmt --check callflows/merchants      change nothing; 1 if something would change
"""
DRAWINGS = {"svg": as_svg, "mermaid": as_mermaid, "dot": as_dot, "json": as_json}
ENDINGS = {
    ".svg": "svg",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".dot": "dot",
    ".gv": "dot",
    ".json": "json",
}


def add_words(words: ArgumentWords) -> None:
    """draw | diff | fmt"""
    draw = word(words, "draw", "draw a flow", DRAW)
    draw.add_argument("file", type=Path, metavar="FILE", help="the flow file")
    draw.add_argument("--format", choices=sorted(DRAWINGS), help="default: by the ending of --out, else svg")
    draw.add_argument("--out", type=Path, metavar="FILE", help="write it there instead of printing it")
    draw.set_defaults(run=run_draw)
    diff = word(words, "diff", "compare two flows by what they mean", DIFF, DIFF_END)
    diff.add_argument("before", type=Path, metavar="A", help="the flow as it was; - is stdin")
    diff.add_argument("after", type=Path, metavar="B", help="the flow as it is now; - is stdin")
    diff.add_argument("--json", action="store_true", help="for other programs")
    diff.set_defaults(run=run_diff)
    fmt = word(words, "fmt", "tidy flow files, keeping comments", FMT)
    fmt.add_argument(
        "paths", nargs="+", type=Path, metavar="FILE", help="flow files, tests, or folders of them"
    )
    fmt.add_argument("--check", action="store_true", help="only say which would change")
    fmt.set_defaults(run=run_fmt)


def run_draw(args: argparse.Namespace) -> int:
    """Print or write the picture."""
    try:
        form = args.format or ENDINGS.get(args.out.suffix if args.out else "", "svg")
        text = DRAWINGS[form](graph(readable_flow(args.file)))
        if args.out:
            written(args.out, text)
            print(f"drawn as {form} in {args.out}", file=sys.stderr)
        else:
            print(text, end="")
    except CannotRun as problem:
        return cannot(problem)
    except FlowFaults as found:
        return faulty(found)
    return CLEAN


def run_diff(args: argparse.Namespace) -> int:
    """Print what is different."""
    try:
        found = changes(_flow(args.before), _flow(args.after))
    except CannotRun as problem:
        return cannot(problem)
    except FlowFaults as problem:
        faulty(problem)
        return COULD_NOT_RUN
    if args.json:
        print(json.dumps([asdict(one) for one in found], indent=2, ensure_ascii=False))
    else:
        for change in found:
            print(change.line())
        count = f"{len(found)} change{'' if len(found) == 1 else 's'}"
        print(count if found else "the two mean the same", file=sys.stderr)
    return FINDINGS if found else CLEAN


def run_fmt(args: argparse.Namespace) -> int:
    """Tidy files, or say which are untidy."""
    untidy, left = 0, 0
    try:
        for path in flow_files(args.paths):
            before = text_of(path)
            try:
                after = tidied(before, str(path))
            except (FlowFaults, CannotTidy) as problem:
                print(problem, file=sys.stderr)
                left += 1
                continue
            if after != before:
                untidy += 1
                print(f"{path}: {'would be tidied' if args.check else 'tidied'}")
                if not args.check:
                    written(path, after)
    except CannotRun as problem:
        return cannot(problem)
    return FINDINGS if left or (untidy and args.check) else CLEAN


def _flow(path: Path) -> Flow:
    """Both may have errors that only `check` minds."""
    if str(path) == "-":
        return read_flow(sys.stdin.read(), "stdin")
    checked = opened(path)
    if checked.flow is None:
        raise FlowFaults(checked.faults)
    return checked.flow
