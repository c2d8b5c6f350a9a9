"""Which rows of Twilio's attribute tables a test proves: `@proves("Gather timeout")`.

`test_every_row.py` reads these marks and fails for an attribute that nobody proves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

F = TypeVar("F", bound=Callable[..., None])


def proves(*rows: str) -> Callable[[F], F]:
    """The test below shows what these attributes do; a row is "Element attribute"."""

    def mark(test: F) -> F:
        return test

    assert rows, "name the rows"
    return mark
