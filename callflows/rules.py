"""Every rule by name: those that reading a file applies, and the lints."""

from collections.abc import Iterator
from dataclasses import dataclass

from callflows.faults import Severity
from callflows.lints import LINTS

READING = {
    "not-utf8": "The file is not UTF-8 text.",
    "too-big": "The file is larger than 256 KB, or has more than 20,000 values.",
    "too-deep": "Something is nested more than 24 levels deep.",
    "bad-character": "A control character, or another that is no text, is in the file.",
    "yaml-syntax": "The file is not well-formed; mostly quotes round a text are missing, or the indentation is uneven.",
    "yaml-several-documents": "The file has several documents, separated by `---`.",
    "yaml-alias": "A part is repeated by `*name`. Write it out; for the key * write `star`.",
    "yaml-anchor": "A part is named by `&name` for repeating. Write it out where it is needed.",
    "yaml-tag": "A value has a tag such as `!foo`. Values need none.",
    "yaml-merge": "A part is merged by `<<`. Write its keys out.",
    "duplicate-key": "The same key is twice in one part; other programs would silently take the second.",
    "sid-in-file": "An account id or key of the telephone provider is in the file. Flows name things, never accounts.",
    "unknown-key": "A key that does not exist here.",
    "missing-key": "A key that must be there is not.",
    "missing-value": "A key has no value.",
    "wrong-value": "A value cannot be what the key needs.",
    "bad-name": "A name is not made of small letters, digits and `_`.",
    "bad-e164": "A telephone number does not begin with + and its country, or has a wrong length.",
    "say-empty": "A text to say is empty.",
    "no-verb": "A step does nothing: it has none of the verbs.",
    "two-verbs": "A step has two verbs. Make two steps of it.",
    "step-not-allowed": "A wait holds something that cannot be interrupted. It has music, position, estimate, callback and say. Or a flow has an `outcome`, which only modules have.",
    "unsafe-url": "An address to ask has no written host, or a field or a password in it.",
    "module-alone": "The file is a module; it is checked with the flows that include it.",
    "module-unknown": "A step uses a module that no included file has.",
    "module-twice": "Two included files have a module of the same name.",
    "module-circle": "A module uses itself, directly or through others, or modules are nested more than four deep.",
    "module-argument": "A step gives a module an argument that it does not take, or not one that it needs.",
    "outcome-unknown": "An outcome that the module does not list.",
    "include-missing": "An included file does not exist beside the flow, or cannot be read.",
    "dead-end": "A step does not say where the call goes on.",
    "no-start": "The flow has no `start`.",
    "hours-without-timezone": "The flow has no `timezone`, so its hours mean nothing.",
    "option-twice": 'A menu has the same key twice, as `star` and `"*"`.',
    "day-twice": "A calendar gives hours to a day twice.",
    "hours-overlap": "Two ranges of one day overlap.",
}
IGNORING = {
    "unknown-rule": "A `flow-ignore` comment names a rule that does not exist.",
    "unused-ignore": "A `flow-ignore` comment silences nothing. Remove it.",
    "ignored-error": "A `flow-ignore` comment names an error. Only warnings can be silenced.",
}
FILES = {"merchant-twice": "Two files describe the same merchant."}


@dataclass(frozen=True)
class Rule:
    """One rule as the docs show it."""

    name: str
    severity: Severity
    meaning: str


def all_rules() -> Iterator[Rule]:
    """All rules, errors first."""
    for name, meaning in {**READING, **FILES}.items():
        yield Rule(name, Severity.ERROR, meaning)
    for lint in LINTS:
        yield Rule(lint.rule, lint.severity, lint.meaning)
    for name, meaning in IGNORING.items():
        yield Rule(name, Severity.WARNING, meaning)
