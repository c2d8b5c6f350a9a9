"""A played call as a test, added to the file beside the flow."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from callflows.tools.happenings import KEY_WORDS, KEYS
from callflows.tools.judging import path_of
from callflows.tools.rehearsal import Rehearsal
from callflows.tools.scenarios import read_scenarios
from callflows.tools.scene import EVERY_QUEUE, SOMEBODY, WITHHELD

HEAD = """\
# Tests of {file}: ringdesk flows test {file}
tests:
"""


def as_test(call: Rehearsal, typed: list[str], name: str) -> str:
    """The call as one test in YAML, indented to stand under `tests:`."""
    local = datetime.fromtimestamp(call.scene.at, UTC).astimezone(ZoneInfo(call.flow.timezone))
    given = [f'at: "{local:%Y-%m-%d %H:%M}"']
    if call.scene.caller != SOMEBODY:
        given.append(f"from: {_quoted(call.scene.caller or WITHHELD)}")
    if call.scene.staffing:
        every = ", ".join(f"{_key(queue)}: {word}" for queue, word in call.scene.staffing.items())
        given.append(f"staffing: {{{every}}}")
    if call.scene.replies:
        given.append(f"http: {json.dumps(dict(call.scene.replies), ensure_ascii=False)}")
    lines = [f"  {_quoted(name)}:", f"    given: {{{', '.join(given)}}}"]
    if typed:
        lines.append(f"    caller: [{', '.join(_typed(one) for one in typed)}]")
    over = "yes" if call.is_over else "no"
    lines.append(f"    expect: {{path: [{', '.join(path_of(call))}], over: {over}}}")
    return "\n".join(lines) + "\n"


def with_test(before: str | None, test: str, flow_file: str) -> str:
    """The text of a test file with one more test at its end; raises FlowFaults when that would not be readable."""
    text = (
        HEAD.format(file=flow_file) if before is None or not before.strip() else before.rstrip("\n") + "\n\n"
    )
    read_scenarios(text + test, flow_file)
    return text + test


def free_name(wanted: str, taken: set[str]) -> str:
    """A name that no other test has."""
    number = 2
    name = wanted
    while name in taken:
        name = f"{wanted} ({number})"
        number += 1
    return name


def _typed(text: str) -> str:
    word = text.lower()
    if word in KEY_WORDS or text.isdigit() or word.replace("_", "").isalpha():
        return text
    if KEYS.fullmatch(text) and len(text) == 1:
        return {"*": "star", "#": "hash"}[text]
    return _quoted(text)


def _key(queue: str) -> str:
    return _quoted(queue) if queue == EVERY_QUEUE else queue


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
