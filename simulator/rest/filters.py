"""Filters of lists: days in UTC (`YYYY-MM-DD`; `<` before, `>` on or after) and plain values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from simulator.rest.answer import Request, RestError

T = TypeVar("T")


def by_day(request: Request, name: str, things: Iterable[T], moment: Callable[[T], float | None]) -> list[T]:
    """Keeps what happened on, before (`name<`) or on or after (`name>`) the given day."""
    kept = list(things)
    for suffix in ("", "<", ">"):
        text = request.one(name + suffix)
        if text is None:
            continue
        day = _day(name + suffix, text)
        kept = [thing for thing in kept if _fits(moment(thing), day, suffix)]
    return kept


def by_value(request: Request, name: str, things: Iterable[T], value: Callable[[T], str]) -> list[T]:
    wanted = request.one(name)
    return [thing for thing in things if wanted is None or value(thing) == wanted]


def day_of(name: str, text: str, today: date) -> date:
    """A day, or an offset from today such as -30days."""
    if text.endswith("days") and text[:-4].lstrip("+-").isdecimal():
        return today + timedelta(days=int(text[:-4]))
    return _day(name, text)


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise RestError(400, 20422, f"{name} must be a day such as 2026-11-20, not {text!r}") from None


def _fits(moment: float | None, day: date, suffix: str) -> bool:
    if moment is None:
        return False
    found = datetime.fromtimestamp(moment, UTC).date()
    if suffix == "<":
        return found < day
    if suffix == ">":
        return found >= day
    return found == day
