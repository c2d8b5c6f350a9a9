"""Which steps and exits of a flow no test ever walked."""

from collections.abc import Iterable
from dataclasses import dataclass

from callflows.faults import Place
from callflows.fields import WAITS
from callflows.flow import Flow
from callflows.steps.base import Exit, Step
from callflows.tools.rehearsal import Rehearsal


@dataclass(frozen=True)
class Coverage:
    """How much was walked, and what was not, with its place in the flow file."""

    steps: tuple[int, int]
    exits: tuple[int, int]
    missed: tuple[tuple[Place, str], ...]

    def line(self) -> str:
        """In one line."""
        return f"{self.steps[0]} of {self.steps[1]} steps, {self.exits[0]} of {self.exits[1]} exits"


def coverage(flow: Flow, calls: Iterable[Rehearsal]) -> Coverage:
    """What these calls walked together."""
    stretches = [stretch for call in calls for stretch in call.stretches]
    came = {name for stretch in stretches for name in stretch.turn.path}
    walked = {(way.step, way.exit) for stretch in stretches for way in stretch.walked}
    exits = {
        (name, one.name): one.place
        for name, step in flow.steps.items()
        for one in step.exits()
        if _is_a_way(step, one)
    }
    missed = [(flow.steps[name].place(), name) for name in flow.steps if name not in came]
    missed += [
        (place, f"{step}.{exit_}")
        for (step, exit_), place in exits.items()
        if (step, exit_) not in walked and step in came
    ]
    return Coverage(
        (sum(name in came for name in flow.steps), len(flow.steps)),
        (len(exits.keys() & walked), len(exits)),
        tuple(sorted(missed)),
    )


def _is_a_way(step: Step, exit_: Exit) -> bool:
    """Whether it leads somewhere of its own: not when it is like another exit, or the caller waits on."""
    return exit_.to is not None or exit_.otherwise not in {WAITS, *(one.name for one in step.exits())}
