"""What a probe can do and see: the requests of one call, and the REST API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

Form = Mapping[str, str]


class Reply(NamedTuple):
    """HTTP status and JSON of a REST request."""

    status: int
    body: Any

    @property
    def short(self) -> str:
        """201, or 400/21220."""
        code = self.body.get("code") if isinstance(self.body, dict) else None
        return f"{self.status}/{code}" if code else str(self.status)


@dataclass(frozen=True)
class Asked:
    """One request of Twilio's."""

    at: float
    path: str
    form: Form
    headers: Form


class Api(Protocol):
    """Time and the REST API of an account: a real one, or the simulator's."""

    def wait(self, seconds: float) -> None: ...

    def rest(self, method: str, path: str, params: Form) -> Reply: ...


@dataclass
class Seen:
    """The requests so far; from_ calls to, both numbers of the account; base is where the documents are served."""

    api: Api
    base: str
    from_: str
    to: str
    asked: list[Asked] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)

    def of(self, path: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.path == path]

    def was_asked(self, path: str) -> bool:
        return bool(self.of(path))

    def field(self, path: str, name: str) -> str:
        """A field of the first request for the path; "-" when it was not sent, "" when it was empty."""
        found = self.of(path)
        return found[0].form.get(name, "-") if found else "not asked"

    def beyond_standard(self, path: str) -> str:
        """The names of the fields that only this request has."""
        found = self.of(path)
        if not found:
            return "not asked"
        usual = set(self.of("")[0].form) | {"ParentCallSid"} if self.was_asked("") else set()
        return " ".join(sorted(set(found[0].form) - usual))

    def rest(self, method: str, path: str, **params: str) -> Reply:
        return self.api.rest(method, path, params)

    @property
    def call_sid(self) -> str:
        """The incoming call."""
        return self.of("")[0].form["CallSid"] if self.was_asked("") else "CA0"

    def latest(self, resource: str, key: str, **filters: str) -> Mapping[str, Any]:
        """The newest thing of a list; empty when there is none."""
        things = self.rest("GET", resource, **filters).body.get(key, [])
        found: Mapping[str, Any] = things[0] if things else {}
        return found
