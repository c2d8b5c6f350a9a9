"""The last requests in both directions, with their answers, for people who want to look on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from simulator.http import HttpReply, HttpRequest
from simulator.rest.answer import RestTimeout
from simulator.webhooks import Ask
from simulator.wire.legible import LONGEST_TEXT, Veil, legible, verbs_of

MOST_ENTRIES = 500  # of each direction
LONGEST_BODY = 4 * LONGEST_TEXT
MOST_CHARACTERS_TO_FIND = 1500
CALL_SID_IN_PATH = "/Calls/CA"
TOLD_ONLY = frozenset({"status", "conference", "recording"})  # answers to these are not run


@dataclass
class Entry:
    """One request; kind is "webhook" or "rest", attempt 1 for the first try, status 0 while there is no answer."""

    number: int
    kind: str
    at: float
    purpose: str
    method: str
    url: str
    call: str
    fields: tuple[tuple[str, str], ...]
    token: str = ""
    harm: str = ""
    attempt: int = 1
    version: int = 0
    ended_at: float | None = None
    status: int = 0
    failure: str = ""
    content_type: str = ""
    size: int = 0
    body: bytes = b""

    @property
    def runs(self) -> bool:
        """Whether the answer is a document for a call."""
        return self.kind == "webhook" and bool(self.size) and self.purpose not in TOLD_ONLY

    @property
    def path(self) -> str:
        return urlsplit(self.url).path or "/"


class Exchanges:
    """Keeps the newest of each kind; every change has a version, so that a reader can ask for what is new."""

    def __init__(self, now: Callable[[], float], keep: int = MOST_ENTRIES) -> None:
        self._now = now
        self._keep = keep
        self._count = 0
        self._all: dict[str, dict[int, Entry]] = {"webhook": {}, "rest": {}}
        self._attempts: Counter[tuple[str, str]] = Counter()  # of what is kept, by token and address
        self.version = 0

    def asked(self, ask: Ask, request: HttpRequest, token: str, harm: str) -> int:
        """A request to the application leaves; the signature and all other headers stay unseen."""
        entry = self._entry("webhook", request.method, request.url)
        entry.purpose, entry.token, entry.harm = ask.purpose, token, harm
        entry.fields = tuple(ask.form.items())
        entry.call = ask.call_sid or ask.form.get("CallSid", "")
        entry.attempt += self._attempts[entry.token, entry.url]
        return self._keep_it(entry)

    def answered(self, number: int, reply: HttpReply) -> None:
        entry = self.find(number)
        if entry is None:
            return
        entry.ended_at = self._now()
        entry.status, entry.failure = reply.status, reply.failure
        entry.content_type = reply.header("Content-Type")
        entry.size, entry.body = len(reply.body), reply.body[:LONGEST_BODY]
        self._changed(entry)

    def came(self, method: str, path: str, fields: Iterable[tuple[str, str]]) -> int:
        """A REST request of the application arrives."""
        entry = self._entry("rest", method, path)
        entry.fields = tuple(fields)
        if CALL_SID_IN_PATH in path:
            entry.call = path.partition("/Calls/")[2][:34]
        return self._keep_it(entry)

    def find(self, number: int) -> Entry | None:
        return self._all["webhook"].get(number) or self._all["rest"].get(number)

    def since(self, kind: str, version: int) -> list[Entry]:
        """What is new or has changed after that version, oldest first."""
        return [entry for entry in self._all[kind].values() if entry.version > version]

    def oldest(self, kind: str) -> int:
        """The number of the oldest entry that is still kept."""
        return next(iter(self._all[kind]), self._count + 1)

    def _entry(self, kind: str, method: str, url: str) -> Entry:
        self._count += 1
        return Entry(self._count, kind, self._now(), "", method, url, "", ())

    def _keep_it(self, entry: Entry) -> int:
        kept = self._all[entry.kind]
        kept[entry.number] = entry
        self._attempts[entry.token, entry.url] += 1
        if len(kept) > self._keep:
            self._forget(kept.pop(next(iter(kept))))
        self._changed(entry)
        return entry.number

    def _forget(self, entry: Entry) -> None:
        attempt = entry.token, entry.url
        self._attempts[attempt] -= 1
        if not self._attempts[attempt]:
            del self._attempts[attempt]

    def _changed(self, entry: Entry) -> None:
        self.version += 1
        entry.version = self.version


class ListeningIn:
    """The REST API as WSGI application, each exchange noted."""

    def __init__(self, app: Callable[..., Iterable[bytes]], exchanges: Exchanges) -> None:
        self._app = app
        self._exchanges = exchanges

    def __call__(self, environ: dict[str, Any], form: str, start_response: Any) -> Iterable[bytes]:
        """`form` is the request's body, which was read before."""
        given = "&".join(part for part in (environ.get("QUERY_STRING", ""), form) if part)
        number = self._exchanges.came(
            environ["REQUEST_METHOD"], environ.get("PATH_INFO", "/"), parse_qsl(given, keep_blank_values=True)
        )
        started: list[tuple[str, list[tuple[str, str]]]] = []
        try:
            body = b"".join(self._app(environ, lambda status, headers: started.append((status, headers))))
        except RestTimeout as silence:
            done = "carried out, the answer lost" if silence.done else "not carried out, no answer"
            self._exchanges.answered(number, HttpReply(failure=done))
            raise
        status, headers = started[0]
        self._exchanges.answered(number, HttpReply(int(status.split(" ", 1)[0]), tuple(headers), body))
        start_response(status, headers)
        return [body]


def head(entry: Entry, veil: Veil) -> dict[str, Any]:
    """A line of the list; `find` is what a filter searches beside what is shown."""
    said = " ".join(f"{name}={value}" for name, value in veil.fields(entry.fields))
    kind = entry.content_type
    find = said + " " + legible(entry.body, kind, veil) if entry.ended_at is not None else said
    return {
        "id": entry.number,
        "at": entry.at,
        "purpose": entry.purpose,
        "method": entry.method,
        "path": veil.text(entry.path),
        "call": entry.call,
        "status": entry.status,
        "failure": entry.failure,
        "harm": entry.harm,
        "attempt": entry.attempt,
        "ms": None if entry.ended_at is None else round((entry.ended_at - entry.at) * 1000),
        "verbs": verbs_of(entry.body, kind) if entry.size == len(entry.body) and entry.runs else "",
        "telling": veil.text(_telling(entry)),
        "find": find[:MOST_CHARACTERS_TO_FIND],
    }


def whole(entry: Entry, veil: Veil) -> dict[str, Any]:
    """Everything that may be read of one exchange."""
    return {
        **head(entry, veil),
        "url": veil.text(entry.url),
        "fields": [list(pair) for pair in veil.fields(entry.fields)],
        "type": entry.content_type,
        "size": entry.size,
        "reply": legible(entry.body, entry.content_type, veil),
    }


TELLING = (
    "Digits", "SpeechResult", "StatusCallbackEvent", "QueueResult", "DialCallStatus", "RecordingStatus", "ErrorCode",
    "Status", "Hold", "Muted", "Url", "FriendlyName",
)  # fmt: skip


def _telling(entry: Entry) -> str:
    """The one field that says most about why this request was made."""
    fields = dict(entry.fields)
    names = (*TELLING, "CallStatus") if entry.purpose == "status" else TELLING
    return next((f"{name}={fields[name]}" for name in names if fields.get(name)), "")
