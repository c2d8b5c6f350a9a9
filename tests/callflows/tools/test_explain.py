"""Steps, parts and rules explained in a terminal; what was found, told to other programs."""

import json
from pathlib import Path

import pytest

from callflows.faults import Fault, Severity
from callflows.fields import specs
from callflows.rules import all_rules
from callflows.steps import KINDS
from callflows.tools.explain import Unknown, explain, explain_step, parts_of_a_flow
from callflows.tools.formats import as_sarif
from tests.callflows.tools.shop import SHOP, run, shop


@pytest.mark.parametrize("verb", KINDS)
def test_every_kind_of_step_is_explained_with_all_its_keys(verb: str) -> None:
    told = explain(verb)

    assert told.startswith(f"{verb} (a step)\n")
    assert all(f"\n  {spec.key} " in told for _, spec in specs(KINDS[verb]))
    assert max(map(len, told.splitlines())) <= 118


@pytest.mark.parametrize("name", [*parts_of_a_flow(), "calendars", "waits"])
def test_every_part_of_a_file_is_explained(name: str) -> None:
    assert len(explain(name)) > 200


def test_a_word_that_is_a_step_and_a_part_is_explained_as_both() -> None:
    told = explain("recording")

    assert told.startswith("recording (a step)\n")
    assert "announce" in told.split("Whether talks are recorded")[1]


def test_every_rule_is_explained() -> None:
    assert all(rule.meaning.split()[0] in explain(rule.name) for rule in all_rules())


def test_an_unknown_word_is_answered_with_the_nearest() -> None:
    with pytest.raises(Unknown, match="no step, part or rule 'voicemial'; did you mean 'voicemail'"):
        explain("voicemial")
    with pytest.raises(Unknown, match="the steps are: say, play"):
        explain("zzz")


def test_a_step_of_a_flow_is_explained_with_what_was_left_out() -> None:
    told = explain_step(shop(), "menu")

    assert told.startswith("menu: a step `menu`, corner.yaml:19\n")
    assert "  wait        6s\n" in told
    assert "  options.2  owner\n" in told
    assert "  no_input   message\n" in told, "the fallback"


def test_the_end_of_a_call_is_an_answer() -> None:
    assert "answered     the call ends, or the caller waits on" in explain_step(shop(), "till")


def test_the_command_says_the_way_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flow = tmp_path / "corner.yaml"
    flow.write_text(SHOP, "utf-8")

    assert run("explain", "till", flow) == 0
    assert run("explain", "tils", flow) == 2
    assert run("explain", "menus") == 2
    assert capsys.readouterr().err.splitlines() == [
        "ringdesk: the flow has no step 'tils'; did you mean 'till'?",
        "ringdesk: there is no step, part or rule 'menus'; did you mean 'menu'?",
    ]


def test_sarif_tells_rules_places_and_levels() -> None:
    faults = [
        Fault("a/b.yaml", 3, 7, Severity.ERROR, "step 'by' does not exist", "unknown-target"),
        Fault("a/b.yaml", 9, 1, Severity.WARNING, "too long", "prompt-too-long"),
    ]

    told = json.loads(as_sarif(faults))

    (made,) = told["runs"]
    rules = made["tool"]["driver"]["rules"]
    first, second = made["results"]
    assert told["version"] == "2.1.0"
    assert rules[first["ruleIndex"]]["id"] == first["ruleId"] == "unknown-target"
    assert (first["level"], second["level"]) == ("error", "warning")
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "a/b.yaml"},
        "region": {"startLine": 3, "startColumn": 7},
    }


def test_sarif_is_a_format_of_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flow = tmp_path / "corner.yaml"
    flow.write_text(SHOP.replace("open: menu", "open: menus"), "utf-8")

    assert run("check", flow, "--format", "sarif") == 1
    (result, *_) = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert result["message"]["text"] == "step 'menus' does not exist; did you mean 'menu'?"
