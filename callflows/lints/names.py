"""Names that lead nowhere, names that nobody uses, and files that are not there."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePath
from typing import Any

from callflows.faults import Place, did_you_mean
from callflows.fields import specs
from callflows.flow import Flow
from callflows.kinds import spoken_time
from callflows.lints.base import Finding, Subject
from callflows.steps.queue import QueueStep
from callflows.texts import wordings

TABLES = {
    "queue": "queues",
    "calendar": "calendars",
    "audio": "audio",
    "ticket field": "ticket_fields",
    "wait": "waits",
    "endpoint": "endpoints",
    "skill": "skills",
}


def unknown_queues(subject: Subject) -> Iterator[Finding]:
    """Every queue that is named is defined."""
    return _unknown(subject.flow, "queue", subject.flow.queues)


def unknown_calendars(subject: Subject) -> Iterator[Finding]:
    """Every calendar that is named is defined."""
    return _unknown(subject.flow, "calendar", subject.flow.calendars)


def unknown_audio(subject: Subject) -> Iterator[Finding]:
    """Every sound that is named is defined."""
    return _unknown(subject.flow, "audio", subject.flow.audio)


def unknown_ticket_fields(subject: Subject) -> Iterator[Finding]:
    """Every ticket field that is set is defined."""
    return _unknown(subject.flow, "ticket field", subject.flow.ticket_fields)


def unknown_endpoints(subject: Subject) -> Iterator[Finding]:
    """Every endpoint that is asked is defined."""
    return _unknown(subject.flow, "endpoint", subject.flow.endpoints)


def unknown_skills(subject: Subject) -> Iterator[Finding]:
    """Every skill that is asked for is defined."""
    return _unknown(subject.flow, "skill", subject.flow.skills)


def unheld_skills(subject: Subject) -> Iterator[Finding]:
    """At the first stage: what is asked for later is less."""
    flow = subject.flow
    wishes: list[tuple[Mapping[str, int], str, Callable[[str], Place]]]
    wishes = [(queue.skills, f"queues.{name}", flow.place) for name, queue in flow.queues.items()]
    wishes += [(one.skills, "", one.place) for one in flow.steps.values() if isinstance(one, QueueStep)]
    for levels, where, place in wishes:
        for skill, level in levels.items():
            best = max(flow.skills.get(skill, {}).values(), default=0)
            if 0 < best < level:
                key = f"{where}.skills.{skill}".lstrip(".")
                yield Finding(
                    place(key), f"nobody knows '{skill}' at {level}, the best at {best}; ask for less"
                )


def unknown_waits(subject: Subject) -> Iterator[Finding]:
    """Every wait that is named is defined."""
    return _unknown(subject.flow, "wait", subject.flow.waits)


def unknown_people(subject: Subject) -> Iterator[Finding]:
    """Every team and agent that is named is known to the installation, where one is at hand."""
    people = subject.live.people if subject.live is not None else None
    for name, place in _people(subject.flow) if people is not None else ():
        if name not in (people or ()):
            hint = did_you_mean(name, people or ()) or "; add one: ringdesk teams, or ringdesk users"
            yield Finding(place, f"there is no team or agent '{name}'{hint}")


def unknown_teams(subject: Subject) -> Iterator[Finding]:
    """Every team that is given a queue is known to the installation, where one is at hand."""
    live = subject.live
    for name, place in _used(subject.flow, "team") if live is not None else ():
        if live is not None and name not in live.teams:
            hint = did_you_mean(name, live.teams) or "; add it: ringdesk teams add"
            yield Finding(place, f"there is no team '{name}'{hint}")


def missing_audio(subject: Subject) -> Iterator[Finding]:
    """Every sound has its file beside the flow, where the folder is at hand."""
    if subject.audio_files is None:
        return
    for name, sound in subject.flow.audio.items():
        for _, path in wordings(sound):
            if path not in subject.audio_files:
                hint = did_you_mean(path, subject.audio_files)
                text = f"there is no file '{path}' beside this flow{hint}"
                yield Finding(subject.flow.place(f"audio.{name}"), text)


def unused_names(subject: Subject) -> Iterator[Finding]:
    """Everything that is defined is used somewhere."""
    flow = subject.flow
    for refers, key in TABLES.items():
        known: Mapping[str, Any] = getattr(flow, key)
        used = {name for name, _ in _used(flow, refers)}
        for name in known:
            if name not in used:
                yield Finding(flow.place(f"{key}.{name}"), f"no step uses '{name}'; remove it, or use it")


def misnamed_files(subject: Subject) -> Iterator[Finding]:
    """The file has the name of the merchant whose flow it is."""
    flow, path = subject.flow, PurePath(subject.flow.file)
    if path.suffix == ".yaml" and path.stem != flow.merchant:
        text = f"the flow of '{flow.merchant}' is looked for in {flow.merchant}.yaml; rename the file {path.name}"
        yield Finding(flow.place("merchant"), text)


def numbers_twice(subject: Subject) -> Iterator[Finding]:
    """No number is listed twice."""
    numbers = subject.flow.numbers
    for index, number in enumerate(numbers):
        if number in numbers[:index]:
            yield Finding(subject.flow.place(f"numbers.{index}"), f"{number} is here twice; remove one")


def _people(flow: Flow) -> Iterator[tuple[str, Place]]:
    """Everybody whom a step, a queue or a skill names."""
    yield from _used(flow, "person")
    for skill, holders in flow.skills.items():
        for name in holders:
            yield name, flow.place(f"skills.{skill}.{name}")


def _unknown(flow: Flow, refers: str, known: Mapping[str, Any]) -> Iterator[Finding]:
    what = "sound" if refers == "audio" else refers
    for name, place in _used(flow, refers):
        if name not in known:
            way_out = did_you_mean(name, known) or f"; the flow defines none, add it under '{TABLES[refers]}'"
            yield Finding(place, f"there is no {what} '{name}'{way_out}")


def _used(flow: Flow, refers: str) -> Iterator[tuple[str, Place]]:
    """Every name of this sort that a step, a queue or a wait uses, and where."""
    for queue_name, queue in flow.queues.items():
        for name, key in _references(queue, refers):
            yield name, flow.place(f"queues.{queue_name}.{key}")
    for step in flow.steps.values():
        for name, key in _references(step, refers):
            yield name, step.place(key)
    for wait_name, wait in flow.waits.items():
        for count, part in enumerate(wait.parts, start=1):
            for name, key in _references(part, refers):
                yield name, flow.place(f"waits.{wait_name}.{count}.{key}")


def _references(part: object, refers: str) -> Iterator[tuple[str, str]]:
    if refers == "skill":
        for after, levels in getattr(part, "relax", ()):
            yield from ((name, f"relax.{spoken_time(after)}.{name}") for name in levels)
    for field, spec in specs(type(part)):
        value = getattr(part, field.name)
        if spec.kind.refers != refers or value is None:
            continue
        if isinstance(value, Mapping):
            yield from ((name, f"{spec.key}.{name}") for name in value)
        elif isinstance(value, tuple):
            yield from ((name, f"{spec.key}.{number}") for number, name in enumerate(value))
        else:
            yield value, spec.key
