"""The append-only record of everything that happened, one JSON line a fact.

Under the virtual clock two runs of the same beginning give the same bytes.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

_as_json = json.JSONEncoder(default=str).encode


@dataclass(frozen=True)
class Fact:
    """Number, moment (epoch seconds), kind in the form thing.what, and its data."""

    number: int
    at: float
    kind: str
    data: dict[str, Any]

    def line(self) -> str:
        return _as_json({"n": self.number, "at": round(self.at, 6), "kind": self.kind, **self.data})


class Ledger:
    """Keeps the newest facts in memory (all, unless a bound is given) and writes every one to a file if there is one."""

    def __init__(
        self, now: Callable[[], float], file: IO[str] | None = None, keep: int | None = None
    ) -> None:
        self._now = now
        self._file = file
        self._facts: deque[Fact] = deque(maxlen=keep)
        self._count = 0

    def write(self, kind: str, **data: Any) -> Fact:
        self._count += 1
        fact = Fact(self._count, self._now(), kind, data)
        self._facts.append(fact)
        if self._file is not None:
            self._file.write(fact.line() + "\n")
            self._file.flush()
        return fact

    def close(self) -> None:
        """Facts that come later, of calls that end with the program, are kept in memory only."""
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._facts)

    def __len__(self) -> int:
        return self._count

    def after(self, number: int) -> list[Fact]:
        return [fact for fact in self._facts if fact.number > number]

    def of(self, kind: str) -> list[Fact]:
        """The facts of one kind, or of all kinds that begin with it and a dot."""
        return [fact for fact in self._facts if fact.kind == kind or fact.kind.startswith(kind + ".")]

    def text(self) -> str:
        return "".join(fact.line() + "\n" for fact in self._facts)
