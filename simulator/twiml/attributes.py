"""Reading attribute values: Twilio's default stands in for a wrong one, with its warning in the debugger."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree as ET

Warn = Callable[[int, str], None]


class Attributes:
    """The attributes of one element; each reader names the warning code of a bad value."""

    def __init__(self, element: ET.Element, warn: Warn) -> None:
        self.element = element
        self._warn = warn

    @property
    def tag(self) -> str:
        return str(self.element.tag)

    @property
    def text(self) -> str:
        return " ".join("".join(self.element.itertext()).split())

    def get(self, name: str) -> str | None:
        return self.element.get(name)

    def has(self, name: str) -> bool:
        return name in self.element.attrib

    def choice(self, name: str, allowed: tuple[str, ...], default: str, code: int) -> str:
        value = self.element.get(name)
        if value is None:
            return default
        if value not in allowed:
            self._bad(code, name, value, f"one of {', '.join(allowed)}")
            return default
        return value

    def matching(self, name: str, pattern: re.Pattern[str], default: str, code: int, wanted: str) -> str:
        value = self.element.get(name)
        if value is None:
            return default
        if not pattern.match(value):
            self._bad(code, name, value, wanted)
            return default
        return value

    def flag(self, name: str, default: bool, code: int) -> bool:
        value = self.element.get(name)
        if value is None:
            return default
        if value.lower() not in ("true", "false"):
            self._bad(code, name, value, "true or false")
            return default
        return value.lower() == "true"

    def whole(self, name: str, default: int, code: int, low: int = 0, high: int | None = None) -> int:
        value = self.element.get(name)
        if value is None:
            return default
        if (
            not value.isascii()
            or not value.isdecimal()
            or int(value) < low
            or (high is not None and int(value) > high)
        ):
            self._bad(
                code, name, value, f"a whole number from {low}" + (f" to {high}" if high is not None else "")
            )
            return default
        return int(value)

    def method(self, code: int, name: str = "method", default: str = "POST") -> str:
        value = self.element.get(name)
        if value is None:
            return default
        if value.upper() not in ("GET", "POST"):
            self._bad(code, name, value, "GET or POST")
            return default
        return value.upper()

    def keys(self, name: str, default: str, code: int) -> str:
        value = self.element.get(name)
        if value is None:
            return default
        if set(value) - set("0123456789*#"):
            self._bad(code, name, value, "made of 0-9, # and *")
            return default
        return value

    def events(self, name: str, allowed: frozenset[str], code: int) -> frozenset[str]:
        value = self.element.get(name)
        if not value:
            return frozenset()
        found = frozenset(value.split())
        if not found <= allowed:
            self._bad(code, name, value, f"words out of {', '.join(sorted(allowed))}")
        return found & allowed

    def warn(self, code: int, message: str) -> None:
        self._warn(code, message)

    def _bad(self, code: int, name: str, value: str, wanted: str) -> None:
        self._warn(code, f"<{self.tag} {name}={value!r}> is not {wanted}")
