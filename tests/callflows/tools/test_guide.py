"""What docs/for-admins.md shows is so."""

import re
import textwrap

import pytest

from app import main
from callflows.check import check
from callflows.read import read_flow
from callflows.tools.play import play
from callflows.tools.scenarios import read_scenarios
from callflows.tools.scene import Scene, parse_moment
from callflows.tools.testing import run_file
from tests.callflows.tools.shop import HOUSE

PAGE = (HOUSE / "docs" / "for-admins.md").read_text("utf-8")
FLOW, TESTS, *_ = map(textwrap.dedent, re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))
TOLD = textwrap.dedent(re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)[0])


def test_the_first_flow_is_clean() -> None:
    assert check(read_flow(FLOW, "corner.yaml")) == []


def test_it_sounds_as_the_guide_says() -> None:
    told: list[str] = []

    play(
        read_flow(FLOW, "corner.yaml"),
        Scene(parse_moment("2026-11-25 12:00", "America/Chicago")),
        [],
        told.append,
    )

    assert "\n".join(told).startswith(textwrap.dedent(TOLD).strip())


def test_its_tests_pass_and_walk_every_step() -> None:
    report = run_file(read_flow(FLOW, "corner.yaml"), read_scenarios(TESTS, "corner.yaml"), None)

    assert report.is_good
    assert report.coverage.steps == (5, 5)


@pytest.mark.parametrize("word", sorted(set(re.findall(r"`ringdesk flows ([a-z]+)", PAGE))))
def test_every_word_of_the_guide_has_help(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["flows", word, "--help"])

    assert ended.value.code == 0
    assert len(capsys.readouterr().out) > 200
