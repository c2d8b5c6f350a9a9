"""What a call can remember by the steps of its flow: the names of its variables, and how they are to be treated."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from callflows.faults import Place


@dataclass(frozen=True)
class Saved:
    """A variable that a step saves; `by_digit` is spoken digit by digit, `sensitive` is never spoken or told.

    What a step keeps `by_itself` need not be used elsewhere.
    """

    name: str
    place: Place
    by_digit: bool = False
    sensitive: bool = False
    by_itself: bool = False


@dataclass(frozen=True)
class Memory:
    """All variables of a flow."""

    names: frozenset[str] = frozenset()
    by_digit: frozenset[str] = frozenset()
    sensitive: frozenset[str] = frozenset()


NO_MEMORY = Memory()


def memory_of(saved: Iterable[Saved]) -> Memory:
    """The variables that steps save, together."""
    every = tuple(saved)
    return Memory(
        frozenset(one.name for one in every),
        frozenset(one.name for one in every if one.by_digit),
        frozenset(one.name for one in every if one.sensitive),
    )


def with_more(known: tuple[tuple[str, str], ...], new: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Variables with some set anew; a variable without a value is forgotten."""
    return tuple((name, value) for name, value in {**dict(known), **new}.items() if value)
