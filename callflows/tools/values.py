"""A value of a flow as an admin would write it."""

from collections.abc import Mapping
from typing import Any

from callflows.hours import Calendar
from callflows.kinds import spoken_time
from callflows.texts import Texts
from callflows.versions import content


def as_written(value: Any, kind: str = "") -> str:
    """One value; `kind` is the name of its kind, which tells a duration from a number."""
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case int() if "duration" in kind:
            return f"{value}m" if "minutes" in kind else spoken_time(value)
        case str() | int() | float():
            return str(value)
        case Texts(by_language):
            return "{" + ", ".join(f"{language}: {text}" for language, text in by_language) + "}"
        case Calendar():
            return _plain(content(value))
        case Mapping():
            return "{" + ", ".join(f"{key}: {as_written(one)}" for key, one in value.items()) + "}"
        case tuple() | list():
            return "[" + ", ".join(as_written(one) for one in value) + "]"
        case _:
            return _plain(content(value))


def _plain(value: Any) -> str:
    match value:
        case dict():
            return "{" + ", ".join(f"{key}: {_plain(one)}" for key, one in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_plain, value)) + "]"
        case _:
            return str(value)
