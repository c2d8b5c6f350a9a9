"""Requests and answers of the REST API, and its errors (twilio.com/docs/usage/twilios-response)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from simulator.account import Account
    from simulator.world import World

Params = Mapping[str, Sequence[str]]


class Answer(NamedTuple):
    """What a client gets."""

    status: int
    headers: dict[str, str]
    body: bytes


class RestError(Exception):
    """A refused request: HTTP status, Twilio's code, a sentence."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def body(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


class RestTimeout(TimeoutError):
    """The answer never came: a fault that was ordered; done tells whether the deed was."""

    def __init__(self, *, done: bool) -> None:
        super().__init__(
            "the simulated REST API did not answer" + (", but the request was carried out" if done else "")
        )
        self.done = done


@dataclass(frozen=True)
class Request:
    """One authenticated request; `path` holds the parts of the URL that are in braces in the route."""

    world: World
    account: Account
    method: str
    url: str
    path: Mapping[str, str]
    query: Params
    form: Params = field(default_factory=dict)

    def one(self, name: str) -> str | None:
        values = self.form.get(name) or self.query.get(name)
        return values[-1] if values else None

    def many(self, name: str) -> list[str]:
        return list(self.form.get(name) or self.query.get(name) or [])

    def need(self, name: str, code: int, message: str) -> str:
        value = self.one(name)
        if not value:
            raise RestError(400, code, message)
        return value

    def flag(self, name: str) -> bool | None:
        value = self.one(name)
        return None if value is None else value.lower() == "true"

    def method_of(self, name: str, default: str = "POST") -> str:
        value = (self.one(name) or default).upper()
        if value not in ("GET", "POST"):
            raise RestError(400, 21209, f"{name} must be GET or POST, not {value!r}")
        return value

    def whole(self, name: str, default: int, low: int, high: int, code: int) -> int:
        value = self.one(name)
        if value is None:
            return default
        if not value.isdecimal() or not low <= int(value) <= high:
            raise RestError(400, code, f"{name} must be a whole number from {low} to {high}, not {value!r}")
        return int(value)


def not_found(url: str) -> RestError:
    return RestError(404, 20404, f"The requested resource {url} was not found")
