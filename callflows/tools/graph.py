"""A flow as a picture needs it: a box for each step, and a door in the box for each way out."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from callflows.fields import FALLBACK, WAITS, specs
from callflows.flow import Flow
from callflows.kinds import spoken_time
from callflows.lints.graph import reachable
from callflows.steps.base import Exit, Step
from callflows.texts import Texts
from callflows.tools.ways import Way, leads_to

PLAIN_EXITS = frozenset({"next", "goto"})
LONGEST_TEXT = 72


@dataclass(frozen=True)
class Door:
    """One or several exits of a step that lead to one other (None: the call ends, or goes on waiting).

    `implied` are those that no line of the file mentions because they lead to the fallback; `walked` is how often a
    call went through.
    """

    exits: tuple[str, ...]
    to: str | None
    implied: bool = False
    walked: int = 0

    @property
    def label(self) -> str:
        """What stands on it; nothing on the only way on."""
        told = [name.rpartition(".")[2].replace("_", " ") for name in self.exits if name not in PLAIN_EXITS]
        names = {"*": "star", "#": "hash"}
        return ", ".join(dict.fromkeys(names.get(name, name) for name in told))


@dataclass(frozen=True)
class Box:
    """One step: `met` is when a call came to it, as its first, second, ... step."""

    name: str
    verb: str
    text: str
    line: int
    doors: tuple[Door, ...]
    is_start: bool = False
    is_fallback: bool = False
    is_reachable: bool = True
    met: tuple[int, ...] = ()


@dataclass(frozen=True)
class Graph:
    """All boxes, in the order of the file."""

    title: str
    boxes: tuple[Box, ...]


def graph(flow: Flow, path: Collection[str] = (), walked: Collection[Way] = ()) -> Graph:
    """The graph of a flow; `path` and `walked` are the steps and exits of one call that is drawn on it."""
    met: dict[str, list[int]] = {}
    for count, name in enumerate(path, start=1):
        met.setdefault(name, []).append(count)
    can_come = reachable(flow, flow.start) | reachable(flow, flow.fallback)
    boxes = [
        Box(
            name=name,
            verb=step.verb,
            text=_shortened(_main_value(step)),
            line=step.place().line,
            doors=tuple(_doors(flow, step, walked)),
            is_start=name == flow.start,
            is_fallback=name == flow.fallback,
            is_reachable=name in can_come,
            met=tuple(met.get(name, ())),
        )
        for name, step in flow.steps.items()
    ]
    return Graph(flow.name, tuple(boxes))


def _doors(flow: Flow, step: Step, walked: Collection[Way]) -> list[Door]:
    exits = {one.name: one for one in step.exits()}
    gone = [(_acts_as(exits, way.exit), way.to) for way in walked if way.step == step.name]
    grouped: dict[tuple[str | None, bool], list[str]] = {}
    for name, one in exits.items():
        if _acts_as(exits, name) == name and not (one.to is None and one.otherwise == WAITS):
            implied = one.to is None and one.otherwise == FALLBACK
            grouped.setdefault((leads_to(flow, step, one), implied), []).append(name)
    doors = [
        Door(tuple(names), to, implied, sum(exit_ in names and there == to for exit_, there in gone))
        for (to, implied), names in grouped.items()
    ]
    failed = [to for exit_, to in gone if exit_ not in exits and to is not None]
    return [*doors, *(Door(("failed",), to, implied=True, walked=1) for to in dict.fromkeys(failed))]


def _acts_as(exits: Mapping[str, Exit], name: str) -> str:
    """An exit that says nothing of its own is another one: `holiday` is `closed`."""
    while name in exits and exits[name].to is None and exits[name].otherwise in exits:
        name = exits[name].otherwise
    return name


def _main_value(step: Step) -> str:
    """What the step is about: the value that stands behind its verb."""
    for field, spec in specs(type(step)):
        if spec.key == step.verb:
            value = getattr(step, field.name)
            is_time = "duration" in spec.kind.name and isinstance(value, int)
            return "" if spec.kind.refers == "step" else spoken_time(value) if is_time else _told(value)
    return ""


def _told(value: object) -> str:
    match value:
        case Texts(by_language):
            return by_language[0][1]
        case Mapping():
            return ", ".join(f"{key} {_told(one)}" for key, one in value.items())
        case tuple():
            return ", ".join(map(_told, value))
        case _:
            return str(value)


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1].rstrip() + "…"
