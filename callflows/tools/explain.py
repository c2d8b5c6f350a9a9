"""A kind of step, a part of the file, a rule, or one step of a flow, explained in a terminal."""

import dataclasses
import textwrap
from collections.abc import Iterator
from typing import Any

from callflows.calendars import read_calendar
from callflows.docs import docstring_of, left_out
from callflows.faults import did_you_mean
from callflows.fields import specs
from callflows.flow import Flow
from callflows.module import Module
from callflows.rules import all_rules
from callflows.shape import PartOf, TableOf
from callflows.steps import KINDS
from callflows.steps.base import Step
from callflows.tools.values import as_written
from callflows.tools.ways import leads_to
from callflows.waits import PARTS, Wait

WIDTH = 100
INDENT = "  "


class Unknown(LookupError):
    """There is nothing of this name to explain; the text says what there is."""


def explain(name: str) -> str:
    """A kind of step by its verb, a part of the file such as `queues`, or a rule; raises Unknown."""
    parts = parts_of_a_flow()
    meant = [table[name] for table in (KINDS, parts) if name in table]  # `recording` is a step and a part
    if meant:
        return "\n".join(line for one in meant for line in _declared(name, one))
    if name == "calendars":
        words, example = docstring_of(read_calendar)
        return "\n".join([*_wrapped(words), "", textwrap.indent(example, INDENT), ""])
    if name == "waits":
        inside = (line for kind in PARTS.values() for line in _declared(f"{kind.verb} in a wait", kind))
        return "\n".join([*_declared(name, Wait), *inside])
    for rule in all_rules():
        if rule.name == name:
            return f"[{rule.name}] {rule.severity}\n{textwrap.fill(rule.meaning, WIDTH)}\n"
    known = [*KINDS, *parts, "calendars", "waits", *(rule.name for rule in all_rules())]
    hint = did_you_mean(name, known)
    there = (
        hint
        if "mean" in hint
        else f"; the steps are: {', '.join(KINDS)}; the parts: {', '.join(parts)}, calendars, waits"
    )
    raise Unknown(f"there is no step, part or rule '{name}'{there}")


def explain_step(flow: Flow, name: str) -> str:
    """One step of a flow as it works, with what was left out written down; raises Unknown."""
    step = flow.steps.get(name)
    if step is None:
        raise Unknown(f"the flow has no step '{name}'{did_you_mean(name, flow.steps)}")
    rows = [
        (spec.key, as_written(getattr(step, field.name), spec.kind.name)) for field, spec in specs(type(step))
    ]
    exits = {one.name: leads_to(flow, step, one) for one in step.exits()}
    rows = [row for row in rows if row[0] not in exits]
    ways = [(exit_, to or "the call ends, or the caller waits on") for exit_, to in exits.items()]
    place = step.place()
    head = f"{name}: a step `{step.verb}`, {flow.file}:{place.line}"
    return "\n".join([head, "", *_columns(rows), "", "exits", *_columns(ways), ""])


def parts_of_a_flow() -> dict[str, type[Any]]:
    """The parts with fields of their own, by the key under which they stand; `flow` and `module` are files themselves."""
    found: dict[str, type[Any]] = {"flow": Flow, "module": Module}
    for _, spec in specs(Flow):
        shape = spec.kind.shape
        inner = shape.of.shape if isinstance(shape, TableOf) else shape
        if isinstance(inner, PartOf):
            found[spec.key] = inner.part
    return found


def _declared(name: str, part: type[Any]) -> Iterator[str]:
    words, example = docstring_of(part)
    yield f"{name}{' (a step)' if issubclass(part, Step) else ''}"
    yield ""
    yield from _wrapped(words)
    if example:
        yield ""
        yield textwrap.indent(example, INDENT)
    yield ""
    rows = []
    for field, spec in specs(part):
        otherwise = left_out(field, spec).replace("*", "").replace("`", "")
        tail = (
            "must be there"
            if field.default_factory is dataclasses.MISSING
            else f"if left out: {otherwise or '-'}"
        )
        rows.append((spec.key, f"{spec.help}; {spec.kind.name}: {spec.kind.example}  ({tail})"))
    yield from _columns(rows)
    yield ""


def _columns(rows: list[tuple[str, str]]) -> Iterator[str]:
    wide = max((len(key) for key, _ in rows), default=0)
    for key, text in rows:
        yield textwrap.fill(
            text, WIDTH, initial_indent=f"{INDENT}{key.ljust(wide)}  ", subsequent_indent=" " * (wide + 4)
        )


def _wrapped(text: str) -> Iterator[str]:
    yield "\n\n".join(textwrap.fill(paragraph, WIDTH) for paragraph in text.split("\n\n"))
