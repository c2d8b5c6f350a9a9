"""Connection overrides: the pairs ct, rt, tt, rc, rp in a URL's fragment (twilio.com/docs/usage/webhooks)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urldefrag

from simulator.http import HttpReply

HARD_LIMIT_SECONDS = 15.0
POLICIES = frozenset({"4xx", "5xx", "ct", "rt", "all"})


@dataclass(frozen=True)
class Overrides:
    """How patient one request is; the defaults are Twilio's."""

    connect_seconds: float = 5.0
    read_seconds: float = 15.0
    total_seconds: float = HARD_LIMIT_SECONDS
    retries: int = 1
    policies: frozenset[str] = frozenset({"ct"})

    def retries_after(self, reply: HttpReply) -> bool:
        if "all" in self.policies and not reply.is_good:
            return True
        if reply.failure in ("connect", "tls"):
            return "ct" in self.policies
        if reply.failure == "read":
            return "rt" in self.policies
        return f"{reply.status // 100}xx" in self.policies and reply.status >= 400


def split_overrides(url: str) -> tuple[str, Overrides, list[str]]:
    """The URL without its fragment, the overrides, and what in the fragment is wrong (the default counts then)."""
    bare, fragment = urldefrag(url)
    values: dict[str, str] = {}
    faults: list[str] = []
    for pair in filter(None, fragment.split("&")):
        key, found, value = pair.partition("=")
        if found:
            values[key] = value

    def number(key: str, low: int, high: int, default: int) -> int:
        text = values.get(key)
        if text is None:
            return default
        if not text.isdecimal() or not low <= int(text) <= high:
            faults.append(f"{key}={text} is not a number from {low} to {high}")
            return default
        return int(text)

    policies = frozenset(values["rp"].split(",")) if values.get("rp") else frozenset({"ct"})
    if not policies <= POLICIES:
        faults.append(f"rp={values['rp']} is not made of {', '.join(sorted(POLICIES))}")
        policies = frozenset({"ct"})
    overrides = Overrides(
        connect_seconds=number("ct", 100, 10_000, 5_000) / 1000,
        read_seconds=number("rt", 100, 15_000, 15_000) / 1000,
        total_seconds=number("tt", 100, 15_000, 15_000) / 1000,
        retries=number("rc", 0, 5, 1),
        policies=policies,
    )
    return bare, overrides, faults
