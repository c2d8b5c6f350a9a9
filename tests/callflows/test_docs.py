"""The documentation is current, and every example in it works."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from callflows.blocking import Blocked
from callflows.bundle import pack
from callflows.check import check, errors
from callflows.docs import docstring_of, reference, with_reference
from callflows.endpoints import Endpoint
from callflows.flow import Queue, Recording
from callflows.module import Module
from callflows.read import read_flow
from callflows.rules import all_rules
from callflows.steps import KINDS
from callflows.waits import Wait

PAGE = Path(__file__).parents[2] / "docs" / "flow-language.md"
BLOCK = re.compile(r"```yaml\n(.*?)```", re.DOTALL)
PARTS = {
    "flow_version": "flow_version: 1\n",
    "merchant": "merchant: acme\n",
    "name": "name: Acme\n",
    "timezone": "timezone: Europe/Berlin\n",
    "numbers": 'numbers: ["+12025550170"]\n',
    "audio": "audio: {welcome: acme/welcome.wav}\n",
    "queues": "queues: {sales: {ring: 20s}}\n",
    "waits": "waits: {calm: [{position: 2m}]}\n",
    "calendars": "calendars: {shop: {mon-fri: 09:00-17:00}}\n",
    "endpoints": 'endpoints: {order_status: {url: "https://shop.example/orders"}}\n',
    "ticket_fields": 'ticket_fields: {reason: "Reason for calling"}\n',
    "recording": 'recording: {announce: "This call is recorded."}\n',
    "start": "start: hello\n",
    "fallback": "fallback: leave_message\n",
    "steps": "steps:\n",
}
STEPS = {
    "hello": "  hello: {goto: leave_message}\n",
    "welcome": '  welcome: {say: "Welcome.", next: leave_message}\n',
    "leave_message": '  leave_message: {voicemail: "Speak.", next: goodbye}\n',
    "goodbye": '  goodbye: {hangup: "Goodbye."}\n',
}


MODULE = docstring_of(Module)[1].replace("outcomes:", "arguments: [shop]\noutcomes:") + "\n"


def completed(fragment: str) -> str:
    """A fragment of a flow with everything that it leaves to the reader."""
    missing = [part for key, part in PARTS.items() if not re.search(rf"^{key}:", fragment, re.MULTILINE)]
    steps = [step for name, step in STEPS.items() if not re.search(rf"^  {name}:", fragment, re.MULTILINE)]
    last = "".join(part for part in missing if part != "steps:\n")
    if "steps:\n" in missing:
        return f"{last}{fragment}\nsteps:\n{''.join(steps)}"
    return f"{last}{fragment.rstrip()}\n{''.join(steps)}"


def task_blocks() -> Iterator[str]:
    written, _, _ = PAGE.read_text("utf-8").partition("## Reference")
    yield from BLOCK.findall(written)


def faults_of(text: str) -> list[str]:
    flow = read_flow(text, "docs")
    return [str(fault) for fault in check(flow)]


def test_the_reference_is_current() -> None:
    """`python -m callflows docs` writes it anew."""
    page = PAGE.read_text("utf-8")

    assert with_reference(page) == page


def test_the_first_flow_has_nothing_to_find() -> None:
    first = next(block for block in task_blocks() if block.startswith("flow_version"))

    assert faults_of(first) == []


@pytest.mark.parametrize("block", list(task_blocks())[1:])
def test_an_example_of_a_task_has_no_mistake(block: str) -> None:
    """Warnings about what the fragment leaves out do not count, silenced ones that do not occur do."""
    found = [fault for fault in faults_of(completed(block)) if "[unused-name]" not in fault]

    assert [fault for fault in found if "[unreachable-step]" not in fault] == []


@pytest.mark.parametrize("verb", KINDS)
def test_the_example_of_a_step_works(verb: str) -> None:
    example = docstring_of(KINDS[verb])[1]
    name = example.partition(":")[0]
    steps = "".join(f"  {line}\n" for line in example.splitlines())
    if verb == "outcome":
        module = f"flow_module: 1\nmodule: shared\noutcomes: [known]\nstart: {name}\nsteps:\n{steps}"
        using = "  hello: {flow: shared, outcomes: {known: goodbye}}\n"
        text, name = (
            pack(completed(f"include: shared.yaml\nsteps:\n{using}"), {"shared.yaml": module}),
            f"hello.{name}",
        )
    elif verb == "flow":
        text = pack(
            completed(f"include: shared.yaml\nstart: {name}\nsteps:\n{steps}"), {"shared.yaml": MODULE}
        )
    else:
        text = completed(f"start: {name}\nsteps:\n{steps}")

    flow = read_flow(text, "docs")

    assert flow.steps[name].verb == verb
    assert errors(check(flow)) == []


@pytest.mark.parametrize("part", [Queue, Recording, Wait, Endpoint, Blocked])
def test_the_example_of_a_part_works(part: type[object]) -> None:
    assert errors(check(read_flow(completed(docstring_of(part)[1]), "docs"))) == []


def test_every_rule_and_every_kind_of_step_is_in_the_reference() -> None:
    text = reference()

    assert [rule.name for rule in all_rules() if f"| `{rule.name}` |" not in text] == []
    assert [verb for verb in KINDS if f"#### `{verb}`" not in text] == []
