"""Is a flow fit to answer calls? All rules about the whole of it, and the comments that silence some."""

from collections.abc import Collection, Iterator

from callflows.faults import Fault, Place, Severity, did_you_mean
from callflows.flow import Flow
from callflows.lints import LINTS
from callflows.lints.base import Live, Subject
from callflows.rules import all_rules


def check(
    flow: Flow,
    audio_files: Collection[str] | None = None,
    live: Live | None = None,
) -> list[Fault]:
    """What is wrong with a flow, in the order of the file; errors among it must stop a publish.

    `audio_files` are the sound files that exist beside it (paths as in `audio`), `live` is what the installation has;
    None does not look for them.
    """
    subject = Subject(flow, audio_files, live)
    found = [
        Fault(
            finding.place.file or flow.file,
            finding.place.line,
            finding.place.column,
            lint.severity,
            finding.text,
            lint.rule,
        )
        for lint in LINTS
        for finding in lint.find(subject)
    ]
    warnings = {_spot(flow, fault) for fault in found if fault.severity is Severity.WARNING}
    silenced = warnings & _ignored(flow)
    kept = [fault for fault in found if _spot(flow, fault) not in silenced]
    return sorted({*kept, *_bad_ignores(flow, silenced)}, key=lambda fault: _order(flow, fault))


def errors(faults: Collection[Fault]) -> list[Fault]:
    """The faults that stop a publish."""
    return [fault for fault in faults if fault.severity is Severity.ERROR]


Spot = tuple[str, int, str]


def _spot(flow: Flow, fault: Fault) -> Spot:
    """Where a comment would silence it: file, line and rule."""
    return ("" if fault.file == flow.file else fault.file, fault.line, fault.rule)


def _order(flow: Flow, fault: Fault) -> tuple[bool, str, int, int, str, str]:
    """The flow's own file first; a module that is used twice has its faults once."""
    return (fault.file != flow.file, fault.file, fault.line, fault.column, fault.rule, fault.text)


def _ignored(flow: Flow) -> set[Spot]:
    return {(file, line, rule) for (file, line), rules in flow.ignores.items() for rule, _ in rules}


def _bad_ignores(flow: Flow, silenced: set[Spot]) -> Iterator[Fault]:
    """Comments that silence nothing, or try what they may not."""
    known = {rule.name: rule.severity for rule in all_rules()}
    for (file, line), rules in flow.ignores.items():
        for rule, place in rules:
            if rule not in known:
                text = f"there is no rule '{rule}'{did_you_mean(rule, known)}"
                yield _fault(flow, place, text, "unknown-rule")
            elif known[rule] is Severity.ERROR:
                text = f"'{rule}' is an error and cannot be silenced; mend it instead"
                yield _fault(flow, place, text, "ignored-error")
            elif (file, line, rule) not in silenced:
                text = f"line {line} has no '{rule}' to silence; remove this comment"
                yield _fault(flow, place, text, "unused-ignore")


def _fault(flow: Flow, place: Place, text: str, rule: str) -> Fault:
    return Fault(place.file or flow.file, place.line, place.column, Severity.WARNING, text, rule)
