"""Tests beside flows."""

from pathlib import Path

import pytest

from callflows.faults import FlowFaults
from callflows.tools.scenarios import read_scenarios
from callflows.tools.testing import Report, run_file
from tests.callflows.tools.shop import MERCHANTS, SHIPPED, SHOP, run, shop

GIVEN = '{at: "2026-11-25 12:00"}'


def report(tests: str, golden: str | None = None) -> Report:
    return run_file(shop(), read_scenarios(f"tests:\n{tests}", "tests/corner.yaml"), golden)


def beside(folder: Path) -> Path:
    (folder / "tests").mkdir()
    return folder / "tests" / "corner.yaml"


def failures(tests: str) -> list[str]:
    return [failure.text for one in report(tests).tested for failure in one.failures]


def one(caller: str, expect: str, given: str = GIVEN) -> list[str]:
    return failures(f"  it: {{given: {given}, caller: [{caller}], expect: {expect}}}")


def test_what_is_as_expected_passes() -> None:
    expect = """{said: ["For the till", recorded], not_said: [Goodbye], path: [open_now, till], queue: till,
      message: no, facts: [menu_presented, option_selected, enqueued], step: till, over: no,
      remembers: {caller: "+12025550123"}}"""

    assert one("1", expect) == []


@pytest.mark.parametrize(
    ("caller", "expect", "says"),
    [
        ("1", "{queue: tills}", "queue: expected tills, it was till"),
        ("2", "{queue: till}", "queue: expected till, it was nothing"),
        ("2", '{forwarded: "+12025550199"}', "forwarded: expected +12025550199, it was +12025550161"),
        ("1", "{path: [menu, owner]}", "path: owner did not come; there was till"),
        ("1", "{path: [till, menu]}", "path: menu did not come; there was nothing more"),
        ("1", "{said: [recorded, till]}", 'said: "till" did not come; there was "This call is recorded."'),
        ("1", "{not_said: [recorded]}", 'not_said: "recorded" was heard'),
        ("1", "{over: yes}", "over: expected yes, it was no"),
        ("1", "{message: yes}", "message: expected yes, it was no"),
        ("1", "{facts: [no_input]}", "facts: no_input did not come"),
        ("1", "{remembers: {order: 7}}", "remembers.order: expected 7, it was nothing"),
        ("bussy", "{}", "'bussy' means nothing here; this could happen: silence, 0, 1, 2,"),
        ("1, answered, 1", "{}", "the call is over already; nobody hears '1'"),
    ],
)
def test_what_is_not_says_what_was_instead(caller: str, expect: str, says: str) -> None:
    told = one(caller, expect)

    assert len(told) == 1
    assert told[0].startswith(says)


def test_a_queue_that_is_not_there_is_no_staffing() -> None:
    assert one("1", "{}", '{at: "2026-11-25 12:00", staffing: {tils: nobody}}') == [
        "the flow has no queue 'tils'; did you mean 'till'?"
    ]


def test_failures_point_into_the_test_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "corner.yaml").write_text(SHOP, "utf-8")
    tests = beside(tmp_path)
    tests.write_text(
        f"tests:\n  the till is asked:\n    given: {GIVEN}\n    caller: [2]\n    expect:\n      queue: till\n"
    )

    code = run("test", tests)

    out, err = capsys.readouterr()
    assert code == 1
    assert out == f"{tests}:6:14: failed: the till is asked: queue: expected till, it was nothing\n"
    assert err.startswith(f"{tests}: 1 tests, 1 failed; walked 3 of 6 steps")


def test_files_of_tests_are_read_as_carefully_as_flows() -> None:
    with pytest.raises(FlowFaults) as found:
        read_scenarios("tests:\n  a: {givn: {}, caller: [1]}\n  b: {given: {at: noon}}", "x.yaml")

    assert [str(fault) for fault in found.value.faults] == [
        "x.yaml:2:6: error: the test 'a' has no 'given'; add 'given: {at: 2026-12-25 10:00}' "
        "(what is true before the call) [missing-key]",
        "x.yaml:2:7: error: the test 'a' knows no 'givn'; did you mean 'given'? [unknown-key]",
        "x.yaml:3:19: error: 'at': 'noon' is no moment; write year-month-day hour:minute, "
        "as in 2026-12-25 10:00 [wrong-value]",
    ]


def test_steps_and_exits_that_nobody_walked_are_told_with_their_line() -> None:
    walked = report(f"  a: {{given: {GIVEN}, caller: [1, star]}}").coverage

    assert walked.line() == "4 of 6 steps, 3 of 16 exits"
    missed = {what: place.line for place, what in walked.missed}
    assert missed["owner"] == SHOP[: SHOP.index("  owner:")].count("\n") + 1
    assert missed["menu.options.2"] == SHOP[: SHOP.index("options:")].count("\n") + 1
    assert "owner.busy" not in missed, "a step that is missed speaks for its exits"
    assert {"open_now.closed", "menu.no_input", "till.full", "till.timeout"} <= missed.keys()


def test_exits_to_the_same_step_are_told_apart_by_what_happened() -> None:
    walked = report(
        "\n".join(
            [
                f"  a: {{given: {GIVEN}, caller: [1, timeout]}}",
                "  b: {given: {at: '2026-11-25 12:00', staffing: full}, caller: [1]}",
                f"  c: {{given: {GIVEN}, caller: [8, 8]}}",
            ]
        )
    ).coverage

    missed = {what for _, what in walked.missed}
    assert {"till.exit_keys.*", "till.no_agents", "menu.no_input"} <= missed
    assert not {"till.timeout", "till.full", "menu.no_match"} & missed


def test_a_different_word_for_callers_is_a_difference() -> None:
    tests = f"  a: {{given: {GIVEN}, caller: [1]}}"
    golden = report(tests).golden

    assert report(tests, golden).is_good
    changed = report(tests, golden.replace("This call", "Your call"))
    assert not changed.is_good
    assert "-  says     Your call is recorded.\n+  says     This call is recorded.\n" in changed.difference


def test_golden_transcripts_are_kept_on_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flow, tests = tmp_path / "corner.yaml", beside(tmp_path)
    flow.write_text(SHOP, "utf-8")
    tests.write_text(f"tests:\n  a: {{given: {GIVEN}, caller: [1]}}\n", "utf-8")
    assert run("test", flow, "--update") == 0
    flow.write_text(SHOP.replace("is recorded", "may be recorded"), "utf-8")

    assert run("test", flow) == 1
    assert (
        "callers hear something else now; if that is meant: ringdesk flows test --update"
        in capsys.readouterr().out
    )
    assert run("test", flow, "--update") == 0
    assert run("test", flow) == 0


@pytest.mark.parametrize(("name", "code"), [("corner.yaml", 2), ("tests/nowhere.yaml", 2), (".", 2)])
def test_tests_that_are_not_there_say_how_to_begin(
    tmp_path: Path, name: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "corner.yaml").write_text(SHOP, "utf-8")

    assert run("test", tmp_path / name) == code
    assert "ringdesk:" in capsys.readouterr().err


def test_the_shipped_flows_pass_their_tests(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("test", MERCHANTS) == 0, capsys.readouterr().out


def test_every_shipped_flow_has_tests() -> None:
    assert {path.name for path in SHIPPED} == {path.name for path in (MERCHANTS / "tests").glob("*.yaml")}
