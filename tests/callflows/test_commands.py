"""The command as someone in a hurry meets it."""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from callflows.commands import add_commands
from callflows.faults import Fault, Severity
from callflows.tools.formats import as_github

LINTS = Path(__file__).parent / "lints"
HOUSE = Path(__file__).parents[2]
MERCHANTS = HOUSE / "callflows" / "merchants"


def main(arguments: list[str]) -> int:
    """What `ringdesk` does with these words."""
    parser = argparse.ArgumentParser(prog="ringdesk")
    add_commands(parser.add_subparsers(required=True))
    chosen = parser.parse_args(arguments)
    code: int = chosen.run(chosen)
    return code


def test_clean_flows_exit_with_0_and_say_how_many(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["flows", "check", str(MERCHANTS)])

    out, err = capsys.readouterr()
    assert (code, out) == (0, "")
    assert re.fullmatch(r"\d+ files: nothing found\n", err)


def test_findings_exit_with_1_one_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["flows", "check", str(LINTS / "fallback-unsafe.yaml"), str(LINTS / "unknown-target.yaml")])

    out, err = capsys.readouterr()
    assert code == 1
    assert out.splitlines()[1].startswith(
        f"{LINTS / 'unknown-target.yaml'}:8:32: error: step 'by' does not exist"
    )
    assert out.splitlines()[1].endswith("[unknown-target]")
    assert "2 files: " in err


def test_a_warning_alone_is_a_finding_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flows", "check", str(LINTS / "menu-once.yaml")]) == 1
    assert capsys.readouterr().err == "1 file: 1 warning\n"


def test_json_is_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    main(["flows", "check", "--format", "json", str(LINTS / "unknown-target.yaml")])

    (found,) = json.loads(capsys.readouterr().out)
    assert (found["line"], found["column"], found["severity"], found["rule"]) == (
        8,
        32,
        "error",
        "unknown-target",
    )


def test_json_of_a_clean_flow_is_an_empty_list(capsys: pytest.CaptureFixture[str]) -> None:
    main(["flows", "check", "--format", "json", str(MERCHANTS)])

    assert json.loads(capsys.readouterr().out) == []


def test_github_annotations_escape_what_would_end_them() -> None:
    fault = Fault("a,b:c.yaml", 3, 7, Severity.WARNING, "100% of\nit", "menu-once")

    assert (
        as_github([fault]) == "::warning file=a%2Cb%3Ac.yaml,line=3,col=7,title=menu-once::100%25 of%0Ait\n"
    )


@pytest.mark.parametrize(("path", "told"), [("nosuch.yaml", "No such file"), ("folder", "no *.yaml files")])
def test_what_cannot_be_opened_exits_with_2_and_names_it(
    path: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder").mkdir()

    code = main(["flows", "check", str(tmp_path / path)])

    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert str(tmp_path / path) in err
    assert told in err


def test_it_runs_without_the_rest_of_the_product() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "callflows", "check", str(MERCHANTS)],
        capture_output=True,
        cwd=HOUSE,
        check=False,
    )

    assert (done.returncode, done.stdout) == (0, b"")
