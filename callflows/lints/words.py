"""What callers hear: too long, too much to choose from, or with a field that does not exist."""

from collections.abc import Iterator, Mapping

from callflows.cases import Case
from callflows.faults import Place, did_you_mean
from callflows.fields import specs
from callflows.flow import Flow
from callflows.kinds import WORDS
from callflows.lints.base import Finding, Subject
from callflows.steps.branch import BranchStep
from callflows.steps.http import HttpStep
from callflows.steps.menu import MenuStep
from callflows.templates import FIELDS, fields_of
from callflows.texts import wordings
from callflows.waits import Message

LONGEST_SECONDS = 30
# A calm voice speaks about 150 words of 6 characters, spaces included, in a minute.
CHARACTERS_PER_SECOND = 15
MOST_OPTIONS = 5


def unknown_fields(subject: Subject) -> Iterator[Finding]:
    """Every field in a text or a branch exists."""
    flow = subject.flow
    known = {*FIELDS, *flow.memory.names}
    for text, place in [*((text, place) for text, place, _ in texts_of(flow)), *sent_texts_of(flow)]:
        for name in fields_of(text):
            if name not in known:
                yield Finding(place, f"there is no field '{{{name}}}'{did_you_mean(name, known)}")
    for case, place in cases_of(flow):
        if case.field not in known:
            yield Finding(place, f"there is no field '{case.field}'{did_you_mean(case.field, known)}")


def reserved_names(subject: Subject) -> Iterator[Finding]:
    """No step saves under the name of a field that every call has."""
    for step in subject.flow.steps.values():
        for saved in step.saves():
            if saved.name in FIELDS:
                text = (
                    f"'{saved.name}' is a field that every call has ({FIELDS[saved.name]}); take another name"
                )
                yield Finding(saved.place, text)


def told_secrets(subject: Subject) -> Iterator[Finding]:
    """What was gathered as sensitive is neither said nor written."""
    secrets = subject.flow.memory.sensitive
    for text, place, _ in texts_of(subject.flow):
        for name in fields_of(text):
            if name in secrets:
                why = f"'{name}' is sensitive and would be told here"
                yield Finding(place, f"{why}; take it out of this text, or gather it without 'sensitive'")


def unused_variables(subject: Subject) -> Iterator[Finding]:
    """What is saved is used; each name is told once."""
    flow = subject.flow
    used = {name for text, _, _ in texts_of(flow) for name in fields_of(text)}
    used |= {name for text, _ in sent_texts_of(flow) for name in fields_of(text)}
    used |= {case.field for case, _ in cases_of(flow)}
    told: set[str] = set()
    for step in flow.steps.values():
        for saved in step.saves():
            if not saved.by_itself and saved.name not in used | told:
                told.add(saved.name)
                yield Finding(
                    saved.place, f"nothing uses '{saved.name}'; remove it, or use it as {{{saved.name}}}"
                )


def long_prompts(subject: Subject) -> Iterator[Finding]:
    """No text takes longer to say than callers can remember."""
    for text, place, is_spoken in texts_of(subject.flow):
        seconds = len(text) // CHARACTERS_PER_SECOND
        if is_spoken and seconds > LONGEST_SECONDS:
            text = f"this takes about {seconds} s to say; callers forget what was more than {LONGEST_SECONDS} s ago"
            yield Finding(place, f"{text}: shorten or split it")


def long_menus(subject: Subject) -> Iterator[Finding]:
    """No menu has more options than callers can remember."""
    for step in subject.flow.steps.values():
        if isinstance(step, MenuStep) and len(step.options) > MOST_OPTIONS:
            text = (
                f"{len(step.options)} options are hard to remember; keep to {MOST_OPTIONS}, or make two menus"
            )
            yield Finding(step.place("options"), text)


def unrepeatable_menus(subject: Subject) -> Iterator[Finding]:
    """Every menu can be heard again."""
    for name, step in subject.flow.steps.items():
        if isinstance(step, MenuStep) and step.tries == 1 and name not in step.options.values():
            text = (
                f"the menu cannot be heard again; allow more 'tries', or add an option such as 'star: {name}'"
            )
            yield Finding(step.place("tries"), text)


def silent_requests(subject: Subject) -> Iterator[Finding]:
    """Callers hear something while another system is asked."""
    for name, step in subject.flow.steps.items():
        if isinstance(step, HttpStep) and step.say is None:
            text = f"callers hear nothing while '{name}' asks '{step.endpoint}'"
            yield Finding(step.place(), f"{text}; add such as 'say: \"One moment, I am looking that up.\"'")


def texts_of(flow: Flow) -> Iterator[tuple[str, Place, bool]]:
    """All that this flow can say or write, with its places, and whether it is spoken."""
    for _, text in wordings(flow.recording.announce or ""):
        yield text, flow.place("recording.announce"), True
    for language, text in wordings(flow.blocked.say) if flow.blocked else ():
        yield text, flow.place(f"blocked.say.{language}" if language else "blocked.say"), True
    for wait_name, wait in flow.waits.items():
        for count, part in enumerate(wait.parts, start=1):
            if isinstance(part, Message):
                for language, text in wordings(part.text):
                    path = f"waits.{wait_name}.{count}.say"
                    yield text, flow.place(f"{path}.{language}" if language else path), True
    for step in flow.steps.values():
        for field, spec in specs(type(step)):
            value = getattr(step, field.name)
            if spec.kind is WORDS and value is not None:
                for language, text in wordings(value):
                    yield text, step.place(f"{spec.key}.{language}" if language else spec.key), True
            elif spec.kind.templates and isinstance(value, Mapping):
                for name, text in value.items():
                    yield text, step.place(f"{spec.key}.{name}"), False
            elif spec.kind.templates and value is not None:
                yield value, step.place(spec.key), False


def sent_texts_of(flow: Flow) -> Iterator[tuple[str, Place]]:
    """All that other systems are sent, where secrets may stand."""
    for name, endpoint in flow.endpoints.items():
        yield endpoint.url, flow.place(f"endpoints.{name}.url")
        for key, text in endpoint.send.items():
            yield text, flow.place(f"endpoints.{name}.send.{key}")


def cases_of(flow: Flow) -> Iterator[tuple[Case, Place]]:
    """All cases of all branches, with the places of their fields."""
    for step in flow.steps.values():
        if isinstance(step, BranchStep):
            for count, case in enumerate(step.cases, start=1):
                yield case, step.place(f"branch.{count}.field")
