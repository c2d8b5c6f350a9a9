"""Who hears a text in which language, and whether it has words for that."""

from collections.abc import Iterator

from callflows.faults import Place
from callflows.fields import specs
from callflows.flow import Flow
from callflows.kinds import WORDS
from callflows.lints.base import Finding, Subject
from callflows.lints.graph import targets
from callflows.steps.base import Step
from callflows.steps.language import LanguageStep
from callflows.steps.play import PlayStep
from callflows.steps.queue import QueueStep
from callflows.steps.say import SayStep
from callflows.texts import Texts, Words
from callflows.waits import Message


def missing_translations(subject: Subject) -> Iterator[Finding]:
    """Every text has words in each language in which it can be heard."""
    flow = subject.flow
    spoken = languages_at(flow)
    for name, languages in spoken.items():
        for text, place in _texts(flow, flow.steps[name]):
            yield from _missing(text, languages, place)
    if flow.recording.announce is not None:
        recorded = {tag for name, tags in spoken.items() if flow.steps[name].recorded for tag in tags}
        yield from _missing(flow.recording.announce, recorded, flow.place("recording.announce"))


def languages_at(flow: Flow) -> dict[str, set[str]]:
    """Which languages can be spoken when a call comes to a step."""
    found: dict[str, set[str]] = {}
    ahead = [(flow.start, flow.language)] if flow.start in flow.steps else []
    while ahead:
        name, language = ahead.pop()
        if language in found.setdefault(name, set()):
            continue
        found[name].add(language)
        step = flow.steps[name]
        after = step.to if isinstance(step, LanguageStep) else language
        ahead.extend((target, after) for target in targets(flow, step))
    return found


def _missing(text: Words, languages: set[str], place: Place) -> Iterator[Finding]:
    if isinstance(text, Texts):
        known = {tag for tag, _ in text.by_language}
        missing = sorted(tag for tag in languages if not known & {tag, tag.split("-")[0]})
    else:
        missing = sorted(languages) if len(languages) > 1 else []
    if missing:
        example = ", ".join(f'{tag}: "..."' for tag in sorted(languages))
        verb = "has no words in" if isinstance(text, Texts) else "is written once but heard in"
        yield Finding(place, f"this text {verb} {' and '.join(missing)}; write {{{example}}}")


def _texts(flow: Flow, step: Step) -> Iterator[tuple[Words, Place]]:
    if isinstance(step, QueueStep) and step.wait and step.wait in flow.waits:
        for count, part in enumerate(flow.waits[step.wait].parts, start=1):
            if isinstance(part, Message):
                yield part.text, flow.place(f"waits.{step.wait}.{count}.say")
    sound = flow.audio.get(step.audio) if isinstance(step, PlayStep) else None
    if isinstance(step, PlayStep) and isinstance(sound, Texts):  # a tune is the same in every language
        yield sound, flow.place(f"audio.{step.audio}")
    if isinstance(step, SayStep) and step.language:
        return
    for field, spec in specs(type(step)):
        value = getattr(step, field.name)
        if spec.kind is WORDS and value is not None:
            yield value, step.place(spec.key)
