"""What callers hear: too long, too much to choose from, or with a field that does not exist."""

from collections.abc import Iterator

from callflows.faults import Place, did_you_mean
from callflows.fields import specs
from callflows.flow import Flow
from callflows.kinds import WORDS
from callflows.lints.base import Finding, Subject
from callflows.steps.menu import MenuStep
from callflows.templates import FIELDS, fields_of

LONGEST_SECONDS = 30
# A calm voice speaks about 150 words of 6 characters, spaces included, in a minute.
CHARACTERS_PER_SECOND = 15
MOST_OPTIONS = 5


def unknown_fields(subject: Subject) -> Iterator[Finding]:
    for text, place in _texts(subject.flow):
        for name in fields_of(text):
            if name not in FIELDS:
                yield Finding(place, f"there is no field '{{{name}}}'{did_you_mean(name, FIELDS)}")


def long_prompts(subject: Subject) -> Iterator[Finding]:
    for text, place in _texts(subject.flow):
        seconds = len(text) // CHARACTERS_PER_SECOND
        if seconds > LONGEST_SECONDS:
            text = f"this takes about {seconds} s to say; callers forget what was more than {LONGEST_SECONDS} s ago"
            yield Finding(place, f"{text}: shorten or split it")


def long_menus(subject: Subject) -> Iterator[Finding]:
    for step in subject.flow.steps.values():
        if isinstance(step, MenuStep) and len(step.options) > MOST_OPTIONS:
            text = (
                f"{len(step.options)} options are hard to remember; keep to {MOST_OPTIONS}, or make two menus"
            )
            yield Finding(step.place("options"), text)


def unrepeatable_menus(subject: Subject) -> Iterator[Finding]:
    for name, step in subject.flow.steps.items():
        if isinstance(step, MenuStep) and step.tries == 1 and name not in step.options.values():
            text = (
                f"the menu cannot be heard again; allow more 'tries', or add an option such as 'star: {name}'"
            )
            yield Finding(step.place("tries"), text)


def _texts(flow: Flow) -> Iterator[tuple[str, Place]]:
    """All that this flow can say, with its places."""
    if flow.recording.announce:
        yield flow.recording.announce, flow.place("recording.announce")
    for step in flow.steps.values():
        for field, spec in specs(type(step)):
            text = getattr(step, field.name)
            if spec.kind is WORDS and text is not None:
                yield text, step.place(spec.key)
