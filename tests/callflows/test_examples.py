"""The worked merchants: nothing to find in them, their tests pass, and they are short."""

from pathlib import Path

import pytest

from callflows.files import check_file
from callflows.tools.scenarios import read_scenarios
from callflows.tools.testing import run_file

EXAMPLES = Path(__file__).parents[2] / "callflows" / "examples"
FILES = sorted(EXAMPLES.glob("*.yaml"))
LONGEST = {"harbor-bakery": 20, "ridgeway": 50, "trailhead": 75}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_worked_merchant_has_nothing_to_find(path: Path) -> None:
    assert check_file(path).faults == ()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_its_calls_go_as_its_tests_say(path: Path) -> None:
    flow = check_file(path).flow
    assert flow is not None
    file = EXAMPLES / "tests" / path.name

    report = run_file(flow, read_scenarios(file.read_text("utf-8"), str(file)), None)

    assert [failure for one in report.tested for failure in one.failures] == []
    assert len(report.tested) >= 2


def test_each_is_shorter_than_one_would_think() -> None:
    assert {path.stem: True for path in FILES} == {
        path.stem: len(path.read_text("utf-8").splitlines()) <= LONGEST[path.stem] for path in FILES
    }
