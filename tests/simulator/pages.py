"""A small web application for the simulator's tests: a page per path, every request kept and its signature judged."""

from __future__ import annotations

import io
import json
import wave
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator

from simulator import Account, Simulator, VirtualClock

BASE = "http://shop.example:8000"
NUMBER = "+15550100100"

Form = dict[str, str]


@dataclass(frozen=True)
class Reply:
    """An answer that is not plain TwiML."""

    body: bytes = b""
    status: int = 200
    type: str = "text/xml"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Asked:
    """One request as the application saw it."""

    method: str
    path: str
    query: str
    form: Form
    headers: Form
    at: float


@dataclass
class Pages:
    """pages["/voice/incoming"] = "<Say>hello</Say>"; a function gets the form. What has no page is 404."""

    pages: dict[str, Any] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    account: Account = field(default_factory=lambda: Account.demo(base_url=BASE, numbers=(NUMBER,)))
    now: Callable[[], float] = lambda: 0.0
    judges: bool = True

    def __setitem__(self, path: str, page: Any) -> None:
        self.pages[path] = page

    def to(self, path: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.path == path]

    def forms(self, path: str) -> list[Form]:
        return [asked.form for asked in self.to(path)]

    def last(self, path: str) -> Form:
        return self.forms(path)[-1]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"] or 0)).decode()
        query = environ["QUERY_STRING"]
        method = environ["REQUEST_METHOD"]
        form = dict(parse_qsl(body if method == "POST" else query, keep_blank_values=True))
        headers = {
            key[5:].replace("_", "-").title(): value for key, value in environ.items() if key[:5] == "HTTP_"
        }
        asked = Asked(method, environ["PATH_INFO"], query, form, headers, self.now())
        self.asked.append(asked)
        self._judge(environ, asked)
        reply = self._reply(asked)
        start_response(
            f"{reply.status} -",
            [("Content-Type", reply.type), *reply.headers] if reply.type else list(reply.headers),
        )
        return [reply.body]

    def _judge(self, environ: dict[str, Any], asked: Asked) -> None:
        """The official validator is the arbiter of every signature; it costs more than a call does."""
        if not self.judges:
            return
        url = f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}{asked.path}"
        if asked.query:
            url += "?" + asked.query
        signed = asked.form if asked.method == "POST" else {}
        validator = RequestValidator(self.account.auth_token)
        assert validator.validate(url, signed, asked.headers["X-Twilio-Signature"]), f"bad signature on {url}"

    def _reply(self, asked: Asked) -> Reply:
        page = self.pages.get(asked.path)
        if callable(page):
            page = page(asked.form)
        if page is None:
            return Reply(b"", 404)
        if isinstance(page, str):
            return Reply(f"<Response>{page}</Response>".encode())
        assert isinstance(page, Reply)
        return page


@dataclass
class Shop:
    """A simulator, its application, and the REST API with the account's credentials."""

    sim: Simulator
    pages: Pages

    @property
    def account(self) -> Account:
        return self.pages.account

    def rest(self, method: str, path: str, **params: Any) -> Any:
        """The JSON of /2010-04-01/Accounts/AC.../path; fails when the status is not 2xx."""
        status, _, body = self.answer(method, path, **params)
        assert 200 <= status < 300, (status, body)
        return json.loads(body) if body else None

    def answer(self, method: str, path: str, **params: Any) -> Any:
        url = f"/2010-04-01/Accounts/{self.account.sid}/{path}"
        return self.sim.rest(method, url, params, auth=(self.account.sid, self.account.auth_token))


def open_shop(judged: bool = True, /, **pages: Any) -> Shop:
    """voice="<Say>hello</Say>" becomes the number's page; others are given by path in `shop.pages`.

    Not judged: signatures are not looked at, where there are many requests and other tests look at them.
    """
    app = Pages()
    app.judges = judged
    app["/voice/incoming"] = pages.pop("voice", "<Say>hello</Say>")
    app["/voice/status"] = ""
    for name, page in pages.items():
        app["/" + name] = page
    sim = Simulator(app, app.account, VirtualClock(1_763_700_000.0))
    app.now = lambda: sim.now
    return Shop(sim, app)


def wav(seconds: float) -> Reply:
    """A silent sound of true length."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(2 * round(seconds * 8000)))
    return Reply(file.getvalue(), type="audio/wav")
