"""Every rule has a file that breaks it and nothing else, and the words that an admin then reads."""

import os
from pathlib import Path

import pytest

from callflows.check import check
from callflows.files import check_file, check_files
from callflows.lints.base import Live
from callflows.read import read_flow
from callflows.rules import all_rules
from tests.callflows.build import HEAD, MORE, flow

LINTS = Path(__file__).parent / "lints"
MADE_HERE = {
    "too-big",
    "not-utf8",
    "merchant-twice",
    "queue-without-members",
    "person-unknown",
    "team-unknown",
}
FILES = sorted(LINTS.glob("*.yaml"))


def findings(path: Path) -> str:
    found = check_file(path).faults
    return "".join(f"{fault}\n" for fault in found).replace(f"{path.parent}/", "")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_file_breaks_its_own_rule_only(path: Path) -> None:
    rules = {fault.rule for fault in check_file(path).faults}

    assert rules == {path.stem} or (rules, path.stem) == ({"ignored-error", "unknown-field"}, "ignored-error")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_words_are_those_that_were_reviewed(path: Path) -> None:
    """RENEW=1 writes them anew; the difference is the review."""
    reviewed = path.with_suffix(".txt")
    if os.environ.get("RENEW"):
        reviewed.write_text(findings(path), "utf-8")

    assert findings(path) == reviewed.read_text("utf-8")


def test_every_rule_has_such_a_file() -> None:
    assert {rule.name for rule in all_rules()} - MADE_HERE == {path.stem for path in FILES}


def test_a_file_beyond_256_kb_is_refused(tmp_path: Path) -> None:
    big = tmp_path / "big.yaml"
    big.write_text("flow_version: 1\n" + "# filler\n" * 30_000, "utf-8")

    assert [fault.rule for fault in check_file(big).faults] == ["too-big"]


def test_a_big_file_that_is_cut_inside_a_letter_is_too_big_and_not_misencoded(tmp_path: Path) -> None:
    big = tmp_path / "big.yaml"
    big.write_text("#" + "é" * 140_000, "utf-8")

    assert [fault.rule for fault in check_file(big).faults] == ["too-big"]


def test_latin1_is_refused_where_it_begins(tmp_path: Path) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("flow_version: 1\nname: Café\n".encode("latin-1"))

    (fault,) = check_file(latin).faults

    assert (fault.line, fault.column, fault.rule) == (2, 10, "not-utf8")


def test_two_files_cannot_claim_one_merchant_and_one_number(tmp_path: Path) -> None:
    text = (LINTS / "unreachable-step.yaml").read_text("utf-8")
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(text, "utf-8")

    first, second = check_files([tmp_path])

    assert {fault.rule for fault in first.faults} == {"unreachable-step", "file-name"}
    assert {fault.rule for fault in second.faults} == {
        "unreachable-step",
        "file-name",
        "merchant-twice",
        "number-twice",
    }


def test_a_queue_that_no_agent_takes_is_found_where_the_agents_are_known() -> None:
    manned = flow("  hello: {queue: orders}")

    assert "queue-without-members" not in [fault.rule for fault in check(manned)]
    assert "queue-without-members" not in [
        fault.rule for fault in check(manned, live=Live(frozenset({"orders"})))
    ]
    assert "queue-without-members" in [fault.rule for fault in check(manned, live=Live())]


def test_a_person_who_is_not_there_is_found_where_the_people_are_known() -> None:
    rung = flow("  hello: {ring: onwer, no_answer: message}")
    (found,) = [
        fault for fault in check(rung, live=Live(people=frozenset({"owner"}))) if "person" in fault.rule
    ]

    assert found.text == "there is no team or agent 'onwer'; did you mean 'owner'?"
    assert not [fault for fault in check(rung) if fault.rule == "person-unknown"]


def test_a_team_that_is_not_there_is_found_where_the_teams_are_known() -> None:
    plain = f"{HEAD}fallback: message\nstart: hello\nsteps:\n  hello: {{queue: orders}}{MORE}"
    teamed = read_flow(plain.replace("max_wait: 10m", "teams: [front_dusk]"), "test.yaml")
    known = Live(frozenset({"orders"}), frozenset({"front_desk"}), frozenset({"front_desk"}))
    (found,) = [fault for fault in check(teamed, live=known) if fault.rule == "team-unknown"]

    assert found.text == "there is no team 'front_dusk'; did you mean 'front_desk'?"
    assert "team-unknown" not in [fault.rule for fault in check(teamed)]
