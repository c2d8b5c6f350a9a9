"""What the language has already and routing cannot do yet: said before a caller finds out."""

from collections.abc import Iterator

from callflows.faults import Place
from callflows.fields import specs
from callflows.lints.base import Finding, Subject


def not_served_yet(subject: Subject) -> Iterator[Finding]:
    flow = subject.flow
    for key in _unserved(flow.retention) if flow.retention else ():
        yield _finding(f"'{key}'", flow.place(f"retention.{key}"))
    for name, queue in flow.queues.items():
        for key in _unserved(queue):
            yield _finding(f"'{key}'", flow.place(f"queues.{name}.{key}"))
    for step in flow.steps.values():
        if not step.served:
            yield _finding(f"the {step.verb} step", step.place())
        for key in _unserved(step):
            yield _finding(f"'{key}'", step.place(key))


def _unserved(part: object) -> Iterator[str]:
    for field, spec in specs(type(part)):
        if not spec.served and getattr(part, field.name) not in (None, ()):
            yield spec.key


def _finding(what: str, place: Place) -> Finding:
    return Finding(place, f"{what} is not served yet: no caller would get it; remove it until it is")
