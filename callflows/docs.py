"""The reference part of docs/flow-language.md, made from the parts, steps and rules themselves."""

import dataclasses
import inspect
import re
import textwrap
from collections.abc import Iterator
from typing import Any

from callflows.blocking import Blocked, Retention
from callflows.calendars import read_calendar
from callflows.endpoints import Endpoint
from callflows.faults import Severity
from callflows.fields import ENDS, FALLBACK, WAITS, Spec, specs
from callflows.flow import Flow, Queue, QueueAgent, Recording
from callflows.kinds import DigitCount, spoken_time
from callflows.module import Module
from callflows.rules import all_rules
from callflows.steps import KINDS
from callflows.supervision import Supervision
from callflows.templates import FIELDS
from callflows.waits import PARTS, Wait

BEGIN = "<!-- reference: made by `python -m callflows docs`; do not edit below -->"
END = "<!-- reference: end -->"


def with_reference(page: str) -> str:
    """A page with its generated part renewed; the part goes to the end when the page has none."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before.rstrip()}\n\n{BEGIN}\n\n{reference()}\n{END}\n{after.lstrip()}"


def reference() -> str:
    """All parts of the language in Markdown."""
    sections = [
        "## Reference",
        *_part("The file", Flow),
        *_calendar(),
        *_part("A queue", Queue),
        *_part("An agent of a queue", QueueAgent),
        *_part("A wait", Wait),
        *(text for kind in PARTS.values() for text in _part(f"`{kind.verb}` in a wait", kind, level=4)),
        *_part("An endpoint", Endpoint),
        *_part("Blocked callers", Blocked),
        *_part("Retention", Retention),
        *_part("A module", Module),
        *_part("Recording", Recording),
        *_part("Supervision", Supervision),
        "### Steps",
        "A step is one line of `steps`: its name, and under it exactly one verb and what the verb needs.",
    ]
    for verb, kind in KINDS.items():
        sections += _part(f"`{verb}`", kind, level=4)
    sections += ["### Fields in texts", *_fields(), "### Rules", *_rules()]
    return "\n\n".join(sections) + "\n"


def _part(title: str, part: type[Any], level: int = 3) -> Iterator[str]:
    words, example = docstring_of(part)
    yield f"{'#' * level} {title}"
    yield words
    if example:
        yield f"```yaml\n{example}\n```"
    if not specs(part):
        return
    yield _table(
        ("key", "takes", "if left out", "meaning"), (_row(field, spec) for field, spec in specs(part))
    )


def _calendar() -> Iterator[str]:
    words, example = docstring_of(read_calendar)
    yield "### A calendar"
    yield words
    yield f"```yaml\n{example}\n```"


def _row(field: dataclasses.Field[Any], spec: Spec) -> tuple[str, ...]:
    takes = f"{spec.kind.name}: `{spec.kind.example}`"
    meaning = spec.help
    return (f"`{spec.key}`", takes, left_out(field, spec), meaning)


def left_out(field: dataclasses.Field[Any], spec: Spec) -> str:
    """What happens when a key is not written."""
    if field.default_factory is dataclasses.MISSING:
        return "**must be there**"
    ways = {FALLBACK: "the flow's fallback", ENDS: "the call ends", WAITS: "the caller waits on"}
    if spec.otherwise:
        return ways.get(spec.otherwise, f"as `{spec.otherwise}`")
    default = field.default_factory()
    if isinstance(default, bool):
        return "yes" if default else "no"
    if isinstance(default, int) and "duration" in spec.kind.name:
        return f"{default}m" if "minutes" in spec.kind.name else spoken_time(default)
    if isinstance(default, DigitCount):
        return f"{default.least}-{default.most}"
    return f"{default}" if isinstance(default, str | int) else ""


def _fields() -> Iterator[str]:
    yield "Every text that is said may hold these; braces round anything else are refused."
    yield _table(("field", "stands for"), ((f"`{{{name}}}`", meaning) for name, meaning in FIELDS.items()))


def _rules() -> Iterator[str]:
    yield "What `ringdesk flows check` finds. Errors stop a publish. Warnings do not, and can be silenced."
    for severity in Severity:
        rows = ((f"`{rule.name}`", rule.meaning) for rule in all_rules() if rule.severity is severity)
        yield _table((str(severity), "what it found"), rows)


def docstring_of(part: Any) -> tuple[str, str]:
    """The sentences and the YAML example of a docstring."""
    paragraphs = (inspect.getdoc(part) or "").split("\n\n")
    is_example = len(paragraphs) > 1 and re.match(r"[a-z_]+:( |$)", paragraphs[-1], re.MULTILINE) is not None
    words = paragraphs[:-1] if is_example else paragraphs
    joined = "\n\n".join(" ".join(paragraph.split()) for paragraph in words)
    return joined, textwrap.dedent(paragraphs[-1]) if is_example else ""


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
