"""Where a call can go: the steps as a graph, and what the rules about it find."""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from callflows.faults import did_you_mean
from callflows.fields import FALLBACK
from callflows.flow import Flow
from callflows.lints.base import Finding, Subject
from callflows.steps.base import Exit, Step


def targets(flow: Flow, step: Step) -> Iterator[str]:
    """The steps to which a step can lead, the fallback among them; unknown ones left out."""
    for exit_ in step.exits():
        to = flow.fallback if needs_fallback(exit_) else exit_.to
        if to is not None and to in flow.steps:
            yield to


def needs_fallback(exit_: Exit) -> bool:
    """Whether an exit has no answer of its own."""
    return exit_.to is None and exit_.otherwise == FALLBACK


def reachable(flow: Flow, first: str | None) -> dict[str, Step]:
    """The steps that a call can meet from one on, that one included, the nearest first."""
    found: dict[str, Step] = {}
    ahead = [first] if first in flow.steps else []
    while ahead:
        name = ahead.pop(0)
        if name is not None and name not in found:
            found[name] = flow.steps[name]
            ahead.extend(targets(flow, flow.steps[name]))
    return found


def unknown_targets(subject: Subject) -> Iterator[Finding]:
    """Every step that is named exists."""
    flow = subject.flow
    for key, name in (("start", flow.start), ("fallback", flow.fallback)):
        if name is not None and name not in flow.steps:
            text = f"'{key}' names the step '{name}', which does not exist{did_you_mean(name, flow.steps)}"
            yield Finding(flow.place(key), text)
    for step in flow.steps.values():
        for exit_ in step.exits():
            if exit_.to is not None and exit_.to not in flow.steps:
                text = f"step '{exit_.to}' does not exist{did_you_mean(exit_.to, flow.steps)}"
                yield Finding(exit_.place, text)


def unreachable_steps(subject: Subject) -> Iterator[Finding]:
    """Every step can be met by some call."""
    flow = subject.flow
    met = reachable(flow, flow.start) | reachable(flow, flow.fallback)
    for name, step in flow.steps.items():
        if name not in met:
            yield Finding(step.place(), f"no call can reach the step '{name}'; lead to it, or remove it")


def cycles_without_input(subject: Subject) -> Iterator[Finding]:
    """No call goes round for ever without the caller doing anything; each circle is told once."""
    flow = subject.flow
    silent = {
        name: [exit_.to for exit_ in step.exits() if exit_.silent and exit_.to in flow.steps]
        for name, step in flow.steps.items()
    }
    while cycle := _a_cycle(silent):
        # graphlib gives the way backwards, its first step twice.
        way = list(reversed(cycle))[:-1]
        first = min(way, key=lambda name: (flow.steps[name].place().file, flow.steps[name].place()))
        at = way.index(first)
        names = " -> ".join([*way[at:], *way[:at], first])
        text = f"{names} goes round without the caller doing anything; let one of these steps ask, or end"
        yield Finding(flow.steps[first].place(), text)
        del silent[first]
        silent = {name: [to for to in tos if to != first] for name, tos in silent.items()}


def _a_cycle(graph: dict[str, list[str | None]]) -> list[str] | None:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as found:
        cycle: list[str] = found.args[1]
        return cycle
    return None
