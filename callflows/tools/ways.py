"""Which exits a turn walked: between two steps of its path lies an exit of the first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from callflows.engine import Turn
from callflows.events import Event, caller_is_gone
from callflows.fields import ENDS, FALLBACK
from callflows.flow import Flow
from callflows.notes import Note, NoteKind
from callflows.session import Session
from callflows.steps.base import Exit, Step

FAILED = "(failed)"
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, order=True)
class Way:
    """From a step through one of its exits; `to` is None when the call ended there."""

    step: str
    exit: str
    to: str | None


def ways(
    flow: Flow, before: Session | None, event: Event | None, turn: Turn, known: Mapping[str, str] = NOTHING
) -> tuple[Way, ...]:
    """The exits of a turn, in order; `before` is the session that waited, None for a call's first turn.

    `known` names what is known to have happened at a step besides, such as a queue that was full.
    """
    return tuple(_ways(flow, before, event, turn, known))


def leads_to(flow: Flow, step: Step, exit_: Exit) -> str | None:
    """Where an exit leads in the end: its target, another exit's, the fallback; None when the call ends or goes on waiting."""
    exits = {one.name: one for one in step.exits()}
    for _ in exits:
        if exit_.to is not None or exit_.otherwise not in exits:
            break
        exit_ = exits[exit_.otherwise]
    if exit_.to is not None:
        return exit_.to
    return flow.fallback if exit_.otherwise == FALLBACK else None


def _ways(
    flow: Flow, before: Session | None, event: Event | None, turn: Turn, known: Mapping[str, str]
) -> Iterator[Way]:
    waited = [before.step] if before is not None else []
    path = [*waited, *turn.path]
    for index, (here, there) in enumerate(pairwise(path)):
        hints = _hints(event if waited and index == 0 else None, turn.notes, here) | {known.get(here, "")}
        yield _way(flow, here, there, hints, turn.notes)
    last = flow.steps.get(path[-1]) if path else None
    if turn.session is None and last is not None and not (event is not None and caller_is_gone(event)):
        ends = [one for one in last.exits() if leads_to(flow, last, one) is None and _is_end(last, one)]
        if ends:
            hints = _hints(event if len(path) == 1 else None, turn.notes, last.name)
            yield Way(last.name, _likeliest(ends, hints).name, None)


def _way(flow: Flow, here: str, there: str, hints: set[str], notes: tuple[Note, ...]) -> Way:
    step = flow.steps.get(here)
    failed = any(note.step == here and note.kind is NoteKind.FLOW_FAILED for note in notes)
    exits = [one for one in step.exits() if leads_to(flow, step, one) == there] if step else []
    if failed or not exits:
        return Way(here, FAILED, there)
    return Way(here, _likeliest(exits, hints).name, there)


def _likeliest(exits: list[Exit], hints: set[str]) -> Exit:
    """Several exits may lead to one step: what happened names the one that was taken."""
    return next((one for one in exits if one.name.rpartition(".")[2] in hints), exits[0])


def _hints(event: Event | None, notes: tuple[Note, ...], step: str) -> set[str]:
    happened = {str(value) for value in vars(event).values()} if event is not None else set()
    told = {str(value) for note in notes if note.step == step for value in note.data.values()}
    return happened | told | {str(note.kind) for note in notes if note.step == step}


def _is_end(step: Step, exit_: Exit) -> bool:
    exits = {one.name: one for one in step.exits()}
    while exit_.to is None and exit_.otherwise in exits:
        exit_ = exits[exit_.otherwise]
    return exit_.otherwise == ENDS
