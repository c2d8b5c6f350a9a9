"""Processor time and statements of one thread, added up under names."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event


@dataclass
class Cost:
    """What was spent under one name."""

    times: int = 0
    seconds: float = 0.0
    statements: int = 0
    transactions: int = 0


@dataclass
class Meter:
    """Adds up what is spent, each piece under the innermost name that is open on this thread."""

    costs: dict[str, Cost] = field(default_factory=lambda: defaultdict(Cost))
    words: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _open: list[str] = field(default_factory=list)
    _since: float = 0.0

    def forget(self) -> None:
        """Begin to count anew."""
        self.costs.clear()
        self.words.clear()

    @contextmanager
    def under(self, name: str) -> Iterator[None]:
        """What happens inside is counted under this name, and not under the one outside."""
        self._add()
        self._open.append(name)
        self.costs[name].times += 1
        try:
            yield
        finally:
            self._add()
            self._open.pop()

    def counting(self, name: str, step: Callable[..., Any]) -> Callable[..., Any]:
        """The same step, counted."""

        def counted(*given: Any) -> Any:
            with self.under(name):
                return step(*given)

        return counted

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Statements and connections of every engine are counted from now on."""
        heard: dict[str, Callable[..., None]] = {
            "before_cursor_execute": self._statement,
            "engine_connect": self._connected,
        }
        for name, count in heard.items():
            event.listen(Engine, name, count)
        try:
            yield
        finally:
            for name, count in heard.items():
                event.remove(Engine, name, count)

    def _statement(self, _conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if self._open:
            self.costs[self._open[-1]].statements += 1
            self.words[self._open[-1]].append(" ".join(statement.split()))

    def _connected(self, _conn: Any) -> None:
        if self._open:
            self.costs[self._open[-1]].transactions += 1

    def _add(self) -> None:
        now = time.thread_time()
        if self._open:
            self.costs[self._open[-1]].seconds += now - self._since
        self._since = now
