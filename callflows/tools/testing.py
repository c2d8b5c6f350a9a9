"""Runs the tests beside a flow: each is played, judged, and compared with the golden transcript."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from callflows.faults import Place
from callflows.fields import BadValue
from callflows.flow import Flow
from callflows.tools.coverage import Coverage, coverage
from callflows.tools.judging import judge
from callflows.tools.rehearsal import CannotHappen, Rehearsal
from callflows.tools.scenarios import Given, Scenario, ScenarioFile
from callflows.tools.scene import Scene, parse_moment, refuse_unknown_queues
from callflows.tools.transcript import transcript


@dataclass(frozen=True)
class Failure:
    """Something that was not as it should be, and where in the test file that is written."""

    place: Place
    text: str


@dataclass(frozen=True)
class Tested:
    """One test that was run; `call` is None when it could not begin."""

    scenario: Scenario
    call: Rehearsal | None
    failures: tuple[Failure, ...]


@dataclass(frozen=True)
class Report:
    """All tests of a file: what failed, the transcripts together, how they differ from the golden ones, what was walked."""

    tested: tuple[Tested, ...]
    golden: str
    difference: str
    coverage: Coverage

    @property
    def is_good(self) -> bool:
        """Whether everything is as it should be."""
        return not self.difference and not any(one.failures for one in self.tested)


def run_file(flow: Flow, file: ScenarioFile, golden: str | None) -> Report:
    """Run all tests of a file; `golden` are the transcripts as they should be, None when nobody kept them."""
    tested = tuple(run(flow, one) for one in file.tests.values())
    calls = [one.call for one in tested if one.call is not None]
    now = "\n".join(
        f"== {one.scenario.name}\n{transcript(one.call)}" for one in tested if one.call is not None
    )
    return Report(tested, now, "" if golden is None else difference(golden, now), coverage(flow, calls))


def run(flow: Flow, scenario: Scenario) -> Tested:
    """Run one test."""
    try:
        call = Rehearsal(flow, scene_of(flow, scenario.given))
    except BadValue as bad:
        return Tested(scenario, None, (Failure(_place(scenario, "given"), bad.text),))
    for index, typed in enumerate(scenario.caller):
        try:
            call.hear(typed)
        except CannotHappen as problem:
            return Tested(scenario, call, (Failure(_place(scenario, f"caller.{index}"), str(problem)),))
    failures = (
        Failure(_place(scenario, f"expect.{key}"), f"{key}: {text}")
        for key, text in judge(scenario.expect, call)
    )
    return Tested(scenario, call, tuple(failures))


def scene_of(flow: Flow, given: Given) -> Scene:
    """What a test says is given, for this flow; raises BadValue."""
    refuse_unknown_queues(given.staffing, flow)
    return Scene(parse_moment(given.at, flow.timezone), given.caller, given.staffing, given.replies)


def difference(golden: str, now: str) -> str:
    """What callers hear differently, as a diff; empty when nothing."""
    return "".join(_diff(golden, now))


def _diff(golden: str, now: str) -> Iterator[str]:
    for line in difflib.unified_diff(
        golden.splitlines(keepends=True), now.splitlines(keepends=True), "golden", "now", n=3
    ):
        yield line if line.endswith("\n") else f"{line}\n"


def _place(scenario: Scenario, path: str) -> Place:
    """Where something of a test is written, or what is nearest around it."""
    while path:
        if path in scenario.places:
            return scenario.places[path]
        path = path.rpartition(".")[0]
    return scenario.place
