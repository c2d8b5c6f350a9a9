"""What is wrong with a flow file, where, and the way out."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum


class Severity(StrEnum):
    """An error stops a publish, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, order=True)
class Place:
    """A spot in a file; lines and columns count from 1, as editors do. Without a file it is the flow's own."""

    line: int
    column: int
    file: str = ""


@dataclass(frozen=True)
class Fault:
    """One finding in one flow file, with the rule that found it."""

    file: str
    line: int
    column: int
    severity: Severity
    text: str
    rule: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.severity}: {self.text} [{self.rule}]"


class FlowFaults(Exception):
    """A flow file cannot be used; `faults` says why, in the order of the file."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.file, fault.line, fault.column)))
        super().__init__("\n".join(str(fault) for fault in self.faults))


def error(file: str, place: Place, text: str, rule: str) -> Fault:
    """A fault that stops a publish."""
    return Fault(file, place.line, place.column, Severity.ERROR, text, rule)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown word: the nearest known one, else all of them."""
    names = sorted(known)
    near = get_close_matches(word.lower(), names, n=1, cutoff=0.6)
    if near:
        return f"; did you mean '{near[0]}'?"
    if not names:
        return ""
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return f"; there is: {shown}"
