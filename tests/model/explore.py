"""Every state that can be reached, and for the first that is wrong the shortest way to it."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

S = TypeVar("S")


@dataclass(frozen=True)
class Explored(Generic[S]):
    """How many states there are; when one is wrong, what is wrong and the steps that led there."""

    states: int
    wrong: str | None = None
    way: tuple[str, ...] = ()


def explore(
    start: S, steps: Callable[[S], Iterator[tuple[str, S]]], fault: Callable[[S], str | None]
) -> Explored[S]:
    """Look at everything, nearest first; end at the first fault."""
    came_from: dict[S, tuple[str, S] | None] = {start: None}
    line = deque([start])
    while line:
        state = line.popleft()
        if (wrong := fault(state)) is not None:
            return Explored(len(came_from), wrong, _way(came_from, state))
        for name, after in steps(state):
            if after not in came_from:
                came_from[after] = (name, state)
                line.append(after)
    return Explored(len(came_from))


def _way(came_from: dict[S, tuple[str, S] | None], state: S) -> tuple[str, ...]:
    way = []
    while (step := came_from[state]) is not None:
        way.append(step[0])
        state = step[1]
    return tuple(reversed(way))
