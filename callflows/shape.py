"""How a value is built, for editors: what may be written where, without reading it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Word:
    """One of a few words."""

    words: tuple[str, ...]


@dataclass(frozen=True)
class Matching:
    """A text of a certain form, as a regular expression."""

    pattern: str


@dataclass(frozen=True)
class Whole:
    """A whole number between two others."""

    least: int
    most: int


@dataclass(frozen=True)
class Several:
    """One value of a kind, or a list of them; `alone` tells whether one needs no list."""

    of: Any
    alone: bool = True


@dataclass(frozen=True)
class TableOf:
    """Keys of a certain form, each with a value of one kind; `or_alone` tells whether the value may stand without a table."""

    of: Any
    keys: str
    or_alone: bool = False


@dataclass(frozen=True)
class PartOf:
    """A part with fields of its own."""

    part: type[Any]


Shape = Word | Matching | Whole | Several | TableOf | PartOf
