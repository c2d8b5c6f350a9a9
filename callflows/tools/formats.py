"""What was found, for other programs: a JSON list, GitHub's annotations, and SARIF 2.1.0."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import PurePath
from typing import Any

from callflows.faults import Fault, Severity
from callflows.rules import all_rules

SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
DOCS = "docs/flow-language.md"


def as_text(faults: Sequence[Fault]) -> str:
    """file:line:col: error|warning: text [rule]"""
    return "".join(f"{fault}\n" for fault in faults)


def as_json(faults: Sequence[Fault]) -> str:
    """A list of objects with file, line, column, severity, text and rule."""
    return json.dumps([asdict(fault) for fault in faults], indent=2, ensure_ascii=False) + "\n"


def as_github(faults: Sequence[Fault]) -> str:
    """Workflow commands, https://docs.github.com/actions/reference/workflow-commands-for-github-actions"""
    lines = []
    for fault in faults:
        place = (
            f"file={_property(fault.file)},line={fault.line},col={fault.column},title={_property(fault.rule)}"
        )
        lines.append(f"::{fault.severity} {place}::{_message(fault.text)}\n")
    return "".join(lines)


def as_sarif(faults: Sequence[Fault]) -> str:
    """The format that code hosts read, https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html"""
    met = {fault.rule for fault in faults}
    rules = [rule for rule in all_rules() if rule.name in met]
    index = {rule.name: number for number, rule in enumerate(rules)}
    described = [
        {
            "id": rule.name,
            "shortDescription": {"text": rule.meaning},
            "defaultConfiguration": {"level": _level(rule.severity)},
            "help": {"text": f"ringdesk flows explain {rule.name}; all rules: {DOCS}"},
        }
        for rule in rules
    ]
    driver = {
        "name": "ringdesk flows check",
        "informationUri": "https://ringdesk.example/docs",
        "rules": described,
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(fault, index) for fault in faults],
    }
    return (
        json.dumps({"$schema": SARIF, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"
    )


def _result(fault: Fault, index: dict[str, int]) -> dict[str, Any]:
    place = {
        "artifactLocation": {"uri": PurePath(fault.file).as_posix()},
        "region": {"startLine": fault.line, "startColumn": fault.column},
    }
    found = {
        "ruleId": fault.rule,
        "level": _level(fault.severity),
        "message": {"text": fault.text},
        "locations": [{"physicalLocation": place}],
    }
    return found | ({"ruleIndex": index[fault.rule]} if fault.rule in index else {})


def _level(severity: Severity) -> str:
    return str(severity)


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


FORMATS = {"text": as_text, "json": as_json, "github": as_github, "sarif": as_sarif}
