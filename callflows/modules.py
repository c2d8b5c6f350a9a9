"""Putting a flow and its modules together: each use of a module becomes steps of the flow itself.

The step `which` that uses a module with a step `ask` gives the flow a step `which.ask`. So every rule about steps, every
circle and every limit holds across modules, a session needs no stack, and a trace names the steps that were taken.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from callflows.faults import Fault, Place, did_you_mean, error
from callflows.fields import Reading, read_fields, specs
from callflows.module import Module
from callflows.steps.base import Step
from callflows.steps.flow import FlowStep
from callflows.steps.outcome import OutcomeStep
from callflows.yaml_text import read_yaml

# A step's name travels inside an address, with everything else that a call remembers.
LONGEST_NAME = 60
MOST_STEPS = 2_000
DEEPEST = 4


def read_modules(texts: Mapping[str, str], file: str, faults: list[Fault]) -> dict[str, Module]:
    """The modules by name; `texts` by path beside `file`."""
    found: dict[str, Module] = {}
    for path, text in texts.items():
        name = (PurePath(file).parent / path).as_posix()
        reading = Reading(name, faults, {})
        module = read_fields(Module, read_yaml(text, name), reading, "the module")
        if module is None:
            continue
        if module.module in found:
            place = reading.places["module"]
            text = f"'{module.module}' is in {found[module.module].file} already; rename one"
            faults.append(error(name, place, text, "module-twice"))
        steps = {step.name: _in_file(step, name) for step in module.steps.values()}
        found[module.module] = replace(module, file=name, steps=steps)
        faults.extend(_bad_outcomes(found[module.module]))
    return found


def with_modules(
    steps: Mapping[str, Step], modules: Mapping[str, Module], file: str, faults: list[Fault]
) -> dict[str, Step]:
    """All steps of a flow, those of its modules after the step that uses them."""
    made: dict[str, Step] = {}
    for step in steps.values():
        if isinstance(step, OutcomeStep):
            text = "'outcome' ends a module, and this is no module; use goto or hangup"
            faults.append(error(file, step.place("outcome"), text, "step-not-allowed"))
        for one in _expanded(step, modules, file, faults, ()):
            made[one.name] = one
            if len(made) > MOST_STEPS:
                text = f"with its modules the flow has more than {MOST_STEPS:,} steps; use fewer"
                faults.append(error(file, step.place(), text, "too-big"))
                return made
    return made


def _expanded(
    step: Step, modules: Mapping[str, Module], file: str, faults: list[Fault], inside: tuple[str, ...]
) -> Iterator[Step]:
    """The step, and when it uses a module, the module's steps behind it."""
    if not isinstance(step, FlowStep):
        yield step
        return
    place = step.place("flow")
    module = modules.get(step.module)
    if module is None:
        hint = did_you_mean(step.module, modules) or "; name its file under 'include'"
        faults.append(
            error(place.file or file, place, f"there is no module '{step.module}'{hint}", "module-unknown")
        )
        return
    if step.module in inside or len(inside) >= DEEPEST:
        way = " -> ".join([*inside, step.module])
        text = f"{way} goes round in a circle or too deep; a module cannot use itself"
        faults.append(error(place.file or file, place, text, "module-circle"))
        return
    faults.extend(_bad_use(step, module, file))
    yield replace(step, entry=f"{step.name}.{module.start}")
    for one in module.steps.values():
        yield from _expanded(_used(one, step), modules, file, faults, (*inside, step.module))


def _used(step: Step, user: FlowStep) -> Step:
    """A module's step as a step of the flow: renamed, and its targets with it."""
    name = f"{user.name}.{step.name}"
    changes: dict[str, Any] = {"name": name}
    if isinstance(step, OutcomeStep):
        at = user.place(f"outcomes.{step.outcome}") if step.outcome in user.outcomes else user.place()
        return replace(step, name=name, to=user.outcomes.get(step.outcome), asked_at=at)
    for field, spec in specs(type(step)):
        if spec.kind.refers == "step":
            changes[field.name] = _renamed(getattr(step, field.name), user.name)
    if isinstance(step, FlowStep):
        changes["outcomes"] = _renamed(step.outcomes, user.name)
    return replace(step, **changes)


def _renamed(target: Any, prefix: str) -> Any:
    match target:
        case None:
            return None
        case str():
            return f"{prefix}.{target}"
        case Mapping():
            return {key: f"{prefix}.{to}" for key, to in target.items()}
        case _:
            return tuple(replace(one, next=f"{prefix}.{one.next}") for one in target)


def _in_file(step: Step, file: str) -> Step:
    return replace(step, places={key: replace(place, file=file) for key, place in step.places.items()})


def _bad_outcomes(module: Module) -> Iterator[Fault]:
    for step in module.steps.values():
        if isinstance(step, OutcomeStep) and step.outcome not in module.outcomes:
            hint = did_you_mean(step.outcome, module.outcomes)
            text = f"the module lists no outcome '{step.outcome}'{hint}"
            yield error(module.file, step.place("outcome"), text, "outcome-unknown")


def _bad_use(step: FlowStep, module: Module, file: str) -> Iterator[Fault]:
    def fault(key: str, text: str, rule: str) -> Fault:
        place: Place = step.place(key)
        return error(place.file or file, place, text, rule)

    for name in step.outcomes:
        if name not in module.outcomes:
            text = f"'{module.module}' has no outcome '{name}'{did_you_mean(name, module.outcomes)}"
            yield fault(f"outcomes.{name}", text, "outcome-unknown")
    for name in step.arguments:
        if name not in module.arguments:
            text = f"'{module.module}' takes no '{name}'{did_you_mean(name, module.arguments)}"
            yield fault(f"with.{name}", text, "module-argument")
    for name in module.arguments:
        if name not in step.arguments:
            text = f"'{module.module}' needs '{name}'; add 'with: {{{name}: \"...\"}}'"
            yield fault("flow", text, "module-argument")
    longest = max((f"{step.name}.{name}" for name in module.steps), key=len, default="")
    if len(longest) > LONGEST_NAME:
        text = (
            f"'{longest}' has {len(longest)} characters, more than {LONGEST_NAME}; shorten the name of a step"
        )
        yield fault("", text, "bad-name")
