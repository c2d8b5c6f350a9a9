"""The words `ringdesk flows play` and `ringdesk flows test`."""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from callflows.faults import FlowFaults
from callflows.fields import BadValue
from callflows.flow import Flow
from callflows.tools.places import flow_of, golden_of, test_files
from callflows.tools.play import play
from callflows.tools.rehearsal import Rehearsal
from callflows.tools.saving import as_test, free_name, with_test
from callflows.tools.scenarios import ScenarioFile, read_scenarios
from callflows.tools.scene import (
    SOMEBODY,
    STAFFING_WORDS,
    Scene,
    parse_caller,
    parse_moment,
    parse_staffing,
    refuse_unknown_queues,
)
from callflows.tools.shell import (
    CLEAN,
    FINDINGS,
    ArgumentWords,
    CannotRun,
    cannot,
    faulty,
    readable_flow,
    text_of,
    word,
    written,
)
from callflows.tools.testing import Report, run_file

PLAY = """\
Talk to a flow in the terminal: it prints what a caller would hear, and you type what the caller does.

  ringdesk flows play northwind.yaml
  ringdesk flows play northwind.yaml --at "2026-12-25 10:00" --staffing nobody
  printf '2\\n\\n' | ringdesk flows play northwind.yaml --save tests/northwind.yaml
"""
PLAY_END = """\
Type a key (1, star), Enter for silence, words to speak, 'hang up'; 'now' lists what could happen, 'help' the rest.
"""
TEST = """\
Run the tests of flows (tests/northwind.yaml beside northwind.yaml): each is played and judged, what callers hear is
compared with tests/northwind.txt, and steps and exits that no test walked are listed.

  ringdesk flows test                       every test of callflows/merchants
  ringdesk flows test northwind.yaml        of one flow
  ringdesk flows test --update              what callers hear now is right: keep it; then look at the diff
"""
TEST_END = "exit code: 0 all is as expected, 1 something is not, 2 a file could not be opened.\n"
FOLDER = Path("callflows/merchants")


def add_words(words: ArgumentWords) -> None:
    """play | test"""
    one = word(words, "play", "talk to a flow in the terminal", PLAY, PLAY_END)
    one.add_argument("file", type=Path, metavar="FILE", help="the flow file")
    one.add_argument(
        "--at", metavar="TIME", help='when, by the merchant\'s clock: "2026-12-25 10:00" (default: now)'
    )
    one.add_argument(
        "--from", dest="caller", default=SOMEBODY, metavar="NUMBER", help="who calls, or: withheld"
    )
    one.add_argument(
        "--staffing", default="", metavar="WHO",
        help=f"who is there: {', '.join(STAFFING_WORDS)}; for one queue: orders=nobody",
    )  # fmt: skip
    one.add_argument(
        "--http", action="append", default=[], metavar="NAME=FILE",
        help="what another system answers: a JSON file, or the word error or timeout",
    )  # fmt: skip
    one.add_argument("--save", type=Path, metavar="FILE", help="add the call to a test file when it is over")
    one.add_argument("--name", default="", metavar="WORDS", help="what the saved test shows")
    one.set_defaults(run=run_play)
    many = word(words, "test", "run the tests beside flows", TEST, TEST_END)
    many.add_argument(
        "paths", nargs="*", type=Path, metavar="FILE", help=f"flows, tests or folders ({FOLDER})"
    )
    many.add_argument(
        "--update", action="store_true", help="keep what callers hear now as the golden transcripts"
    )
    many.add_argument("--verbose", action="store_true", help="print every transcript")
    many.set_defaults(run=run_test)


def run_play(args: argparse.Namespace) -> int:
    """Play one call."""
    try:
        flow = readable_flow(args.file)
        call, typed = play(flow, _scene(flow, args), _lines(), print, echo=not sys.stdin.isatty())
        if args.save:
            _save(args, call, typed)
    except FlowFaults as found:
        return faulty(found)
    except CannotRun as problem:
        return cannot(problem)
    except KeyboardInterrupt:
        print()
    return CLEAN


def run_test(args: argparse.Namespace) -> int:
    """Run all tests, print what is wrong."""
    try:
        files = _existing(args.paths or [FOLDER])
        reports = [(path, *_run(path)) for path in files]
        for path, golden, report in reports:
            if args.update:
                written(golden, report.golden)
                report = Report(report.tested, report.golden, "", report.coverage)
            _tell(path, golden, report, args.verbose)
    except CannotRun as problem:
        return cannot(problem)
    except FlowFaults as found:
        return faulty(found)
    good = all(report.is_good or (args.update and not _failed(report)) for _, _, report in reports)
    return CLEAN if good else FINDINGS


def _scene(flow: Flow, args: argparse.Namespace) -> Scene:
    try:
        at = parse_moment(args.at, flow.timezone) if args.at else time.time()
        staffing = parse_staffing(args.staffing) if args.staffing else {}
        refuse_unknown_queues(staffing, flow)
        return Scene(at, parse_caller(args.caller), staffing, dict(map(_reply, args.http)))
    except BadValue as bad:
        raise CannotRun(bad.text) from None


def _reply(given: str) -> tuple[str, Any]:
    name, equals, file = given.partition("=")
    if not equals:
        raise CannotRun(f"--http takes NAME=FILE, as in order_status=reply.json, not '{given}'")
    if file in ("error", "timeout"):
        return name, file
    try:
        return name, json.loads(text_of(Path(file)))
    except ValueError as problem:
        raise CannotRun(f"'{file}' is not JSON: {problem}") from None


def _lines() -> Iterator[str]:
    while True:
        try:
            yield input("> " if sys.stdin.isatty() else "")
        except EOFError:
            return


def _save(args: argparse.Namespace, call: Rehearsal, typed: list[str]) -> None:
    path: Path = args.save
    path.parent.mkdir(exist_ok=True)
    before = text_of(path) if path.exists() else None
    taken = set(read_scenarios(before, str(path)).tests) if before else set()
    name = free_name(args.name or f"a call that does: {', '.join(typed) or 'nothing'}", taken)
    flow = args.file.name if args.file.resolve() == flow_of(path).resolve() else str(args.file)
    written(path, with_test(before, as_test(call, typed, name), flow))
    print(
        f"saved as '{name}' in {path}; say under 'expect' what matters, then: ringdesk flows test {path}",
        file=sys.stderr,
    )


def _existing(paths: list[Path]) -> list[Path]:
    files = test_files(paths)
    for path in files:
        if not path.is_file():
            way_out = f"; begin them with: ringdesk flows play {flow_of(path)} --save {path}"
            raise CannotRun(f"there are no tests '{path}'{way_out if flow_of(path).is_file() else ''}")
    if not files:
        raise CannotRun(
            f"no tests/*.yaml in {', '.join(map(str, paths))}; make one: ringdesk flows play FLOW.yaml --save tests/FLOW.yaml"
        )
    return files


def _run(path: Path) -> tuple[Path, Report]:
    file: ScenarioFile = read_scenarios(text_of(path), str(path))
    flow = readable_flow(path.parent / file.flow if file.flow else flow_of(path))
    golden = golden_of(path)
    return golden, run_file(flow, file, text_of(golden) if golden.is_file() else None)


def _failed(report: Report) -> bool:
    return any(one.failures for one in report.tested)


def _tell(path: Path, golden: Path, report: Report, verbose: bool) -> None:
    for one in report.tested:
        for failure in one.failures:
            print(
                f"{path}:{failure.place.line}:{failure.place.column}: failed: {one.scenario.name}: {failure.text}"
            )
    if verbose:
        print(report.golden, end="")
    if report.difference:
        print(report.difference, end="")
        print(
            f"{golden}: callers hear something else now; if that is meant: ringdesk flows test --update {path}"
        )
    failed = sum(bool(one.failures) for one in report.tested)
    good = f"{len(report.tested)} tests, {failed} failed" if failed else f"{len(report.tested)} tests passed"
    print(f"{path}: {good}; walked {report.coverage.line()}", file=sys.stderr)
    for place, what in report.coverage.missed:
        print(f"  never walked: {what} ({flow_of(path).name}:{place.line})", file=sys.stderr)
