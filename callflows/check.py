"""Is a flow fit to answer calls? All rules about the whole of it, and the comments that silence some."""

from collections.abc import Collection, Iterator

from callflows.faults import Fault, Place, Severity, did_you_mean
from callflows.flow import Flow
from callflows.lints import LINTS
from callflows.lints.base import Subject
from callflows.rules import all_rules


def check(flow: Flow, audio_files: Collection[str] | None = None) -> list[Fault]:
    """What is wrong with a flow, in the order of the file; errors among it must stop a publish.

    `audio_files` are the sound files that exist beside it (paths as in `audio`); None does not look for them.
    """
    subject = Subject(flow, audio_files)
    found = [
        Fault(flow.file, finding.place.line, finding.place.column, lint.severity, finding.text, lint.rule)
        for lint in LINTS
        for finding in lint.find(subject)
    ]
    silenced = {(fault.line, fault.rule) for fault in found if fault.severity is Severity.WARNING} & _ignored(
        flow
    )
    kept = [fault for fault in found if (fault.line, fault.rule) not in silenced]
    return sorted(
        [*kept, *_bad_ignores(flow, silenced)], key=lambda fault: (fault.line, fault.column, fault.rule)
    )


def errors(faults: Collection[Fault]) -> list[Fault]:
    """The faults that stop a publish."""
    return [fault for fault in faults if fault.severity is Severity.ERROR]


def _ignored(flow: Flow) -> set[tuple[int, str]]:
    return {(line, rule) for line, rules in flow.ignores.items() for rule, _ in rules}


def _bad_ignores(flow: Flow, silenced: set[tuple[int, str]]) -> Iterator[Fault]:
    """Comments that silence nothing, or try what they may not."""
    known = {rule.name: rule.severity for rule in all_rules()}
    for line, rules in flow.ignores.items():
        for rule, place in rules:
            if rule not in known:
                text = f"there is no rule '{rule}'{did_you_mean(rule, known)}"
                yield _fault(flow, place, text, "unknown-rule")
            elif known[rule] is Severity.ERROR:
                text = f"'{rule}' is an error and cannot be silenced; mend it instead"
                yield _fault(flow, place, text, "ignored-error")
            elif (line, rule) not in silenced:
                text = f"line {line} has no '{rule}' to silence; remove this comment"
                yield _fault(flow, place, text, "unused-ignore")


def _fault(flow: Flow, place: Place, text: str, rule: str) -> Fault:
    return Fault(flow.file, place.line, place.column, Severity.WARNING, text, rule)
