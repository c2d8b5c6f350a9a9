"""A flow file becomes a Flow, or a list of faults with their places."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import PurePath

from callflows.bundle import unpack
from callflows.faults import Fault, FlowFaults, Place, error
from callflows.fields import Reading, read_fields
from callflows.flow import Flow
from callflows.memory import memory_of
from callflows.module import Module
from callflows.modules import read_modules, with_modules
from callflows.versions import digest_of
from callflows.yaml_text import Table, read_yaml

Ignores = Mapping[tuple[str, int], tuple[tuple[str, Place], ...]]

IGNORE = re.compile(r"(?:^|\s)#\s*flow-ignore:\s*(.*)$")
# Twilio's ids: two letters and 32 hex digits, https://www.twilio.com/docs/glossary/what-is-a-sid
ACCOUNT_ID = re.compile(r"\b[A-Z]{2}[0-9a-f]{32}\b")
RULE = re.compile(r"[a-z0-9-]+")


def read_flow(text: str, name: str) -> Flow:
    """The flow that a file's text means; `name` is the file's name in messages. Raises FlowFaults.

    The text may be a bundle with the modules that it includes. What can only be judged on the whole flow (targets that
    do not exist, loops, dead ends) is `check`'s part.
    """
    text, included = unpack(text)
    root = read_yaml(text, name)
    if "flow_module" in root.by_key:
        why = "this is a module, which answers no calls by itself; check a flow that includes it"
        raise FlowFaults([error(name, root.place, why, "module-alone")])
    reading = Reading(name, list(_account_ids(text, name)), {})
    modules = read_modules(included, name, reading.faults)
    flow = _read(root, reading, _all_ignores(text, name, included))
    if flow is None or reading.faults:
        raise FlowFaults(reading.faults)
    flow = _put_together(flow, modules, reading)
    if reading.faults:
        raise FlowFaults(reading.faults)
    return replace(flow, digest=digest_of(flow))


def _read(root: Table, reading: Reading, ignores: Ignores) -> Flow | None:
    known = {"file": reading.file, "places": reading.places, "ignores": ignores}
    return read_fields(Flow, root, reading, "the flow", **known)


def _put_together(flow: Flow, modules: Mapping[str, Module], reading: Reading) -> Flow:
    """The flow with the steps of its modules, and all that follows from the whole."""
    steps = with_modules(flow.steps, modules, reading.file, reading.faults)
    return replace(
        flow,
        steps=steps,
        memory=memory_of(saved for step in steps.values() for saved in step.saves()),
        calendars={
            name: replace(calendar, timezone=calendar.timezone or flow.timezone)
            for name, calendar in flow.calendars.items()
        },
    )


def _all_ignores(text: str, name: str, included: Mapping[str, str]) -> Ignores:
    """The rules that comments silence, by file and line."""
    found = {("", line): rules for line, rules in _ignores(text, "").items()}
    for path, module in included.items():
        file = (PurePath(name).parent / path).as_posix()
        found |= {(file, line): rules for line, rules in _ignores(module, file).items()}
    return found


def _ignores(text: str, file: str) -> dict[int, tuple[tuple[str, Place], ...]]:
    """The rules that comments silence, by line; a comment on a line of its own speaks for the next one."""
    found: dict[int, tuple[tuple[str, Place], ...]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        comment = IGNORE.search(line)
        if comment:
            rules = (
                (rule[0], Place(number, comment.start(1) + rule.start() + 1, file))
                for rule in RULE.finditer(comment[1])
            )
            alone = not line[: comment.start()].strip()
            found[number + 1 if alone else number] = tuple(rules)
    return found


def _account_ids(text: str, name: str) -> Iterator[Fault]:
    for number, line in enumerate(text.split("\n"), start=1):
        for found in ACCOUNT_ID.finditer(line):
            why = f"'{found[0][:4]}...' is an id of an account; flows name things and never hold ids, so remove it"
            yield error(name, Place(number, found.start() + 1), why, "sid-in-file")
