"""Requests to the application: signed, patient as the URL's overrides say, retried, redirected, with cookies.

Numbers: 15 s in all, one retry on connection failures only, at most 10 redirects (twilio.com/docs/usage/webhooks).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote, quote_plus, urlencode, urljoin, urlsplit, urlunsplit

from simulator.http import Headers, HttpReply, HttpRequest
from simulator.kernel import Run, Signal, until
from simulator.legs import Interrupted
from simulator.logins import answer_to, user_of
from simulator.overrides import HARD_LIMIT_SECONDS, split_overrides
from simulator.signing import signature

if TYPE_CHECKING:
    from simulator.account import Account
    from simulator.legs import Leg
    from simulator.world import World

MOST_REDIRECTS = 10
FIXED_HEADERS = (
    ("User-Agent", "TwilioProxy/1.1"),
    ("Accept", "*/*"),
    ("X-Home-Region", "us1"),
    ("Cache-Control", "max-age=259200"),
)
FAILURE_CODES = {
    "connect": 11205,
    "read": 11200,
    "host": 11210,
    "tls": 11220,
    "protocol": 11206,
    "total": 11200,
}


@dataclass(frozen=True)
class Ask:
    """One request: purpose is a word for the ledger (voice, action, wait, status, ...)."""

    url: str
    method: str
    form: Mapping[str, str]
    purpose: str
    account: Account
    leg: Leg | None = None
    redirect_form: Mapping[str, str] | None = None
    headers: Headers = ()

    @property
    def call_sid(self) -> str:
        return self.leg.sid if self.leg is not None else ""


@dataclass(frozen=True)
class Outcome:
    """The last reply, the error code of 4.1 of Twilio's catalogue (0: good), and a sentence."""

    reply: HttpReply
    url: str
    code: int = 0
    message: str = ""


class Watch(Protocol):
    """Sees every single request to the application, retries and redirects too, and what came of it."""

    def asked(self, ask: Ask, request: HttpRequest, token: str, harm: str) -> int:
        """The number under which the answer will be told; harm names the ordered fault, if any."""
        ...

    def answered(self, number: int, reply: HttpReply) -> None: ...


class Webhooks:
    """Asks the application through the world's port; `watch` is for people who want to look on."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.watch: Watch | None = None

    def ask(self, ask: Ask) -> Run[Outcome]:
        """One answer, good or bad, within 15 seconds and its retries."""
        bad = _bad_address(ask.url)
        if bad is not None:
            return bad
        bare, overrides, faults = split_overrides(ask.url)
        for fault in faults:
            self._world.debugger.error(
                11243, f"connection override: {fault}", call_sid=ask.call_sid, url=ask.url
            )
        deadline = self._world.now + min(overrides.total_seconds, HARD_LIMIT_SECONDS)
        token = self._world.mint.uuid()
        attempt = 0
        while True:
            limits = (overrides.connect_seconds, overrides.read_seconds)
            outcome = yield from self._follow(replace(ask, url=bare), token, limits, deadline)
            if (
                outcome.code == 0
                or attempt >= overrides.retries
                or not overrides.retries_after(outcome.reply)
            ):
                return outcome
            if self._world.now >= deadline:
                return outcome
            attempt += 1

    def tell(self, ask: Ask, warning: int) -> None:
        """A callback whose answer is ignored; a bad one becomes that warning in the debugger."""

        def run() -> Run[None]:
            outcome = yield from self.ask(ask)
            if outcome.code:
                self._world.debugger.warn(warning, outcome.message, call_sid=ask.call_sid, url=ask.url)

        self._world.kernel.start(run(), f"{ask.purpose} callback")

    def _follow(self, ask: Ask, token: str, limits: tuple[float, float], deadline: float) -> Run[Outcome]:
        for _ in range(MOST_REDIRECTS + 1):
            reply = yield from self._exchange(ask, token, limits, deadline)
            if reply.failure or not (300 <= reply.status < 400 and reply.header("Location")):
                return _judged(reply, ask)
            url, bad = _next_address(ask.url, reply.header("Location"))
            if bad is not None:
                return bad
            if reply.status in (307, 308):
                ask = replace(ask, url=url)
            else:
                form = ask.redirect_form if ask.redirect_form is not None else ask.form
                ask = replace(ask, url=url, method="GET", form=form)
        return Outcome(reply, ask.url, 11215, f"more than {MOST_REDIRECTS} redirects")

    def _exchange(self, ask: Ask, token: str, limits: tuple[float, float], deadline: float) -> Run[HttpReply]:
        known = ask.leg.logins.get(urlsplit(ask.url).netloc, "") if ask.leg is not None else ""
        reply = yield from self._once(ask, token, limits, deadline, known)
        challenge = reply.header("WWW-Authenticate")
        if reply.status == 401 and challenge and user_of(ask.url):
            if ask.leg is not None:
                ask.leg.logins[urlsplit(ask.url).netloc] = challenge
            reply = yield from self._once(ask, token, limits, deadline, challenge)
        return reply

    def _once(
        self, ask: Ask, token: str, limits: tuple[float, float], deadline: float, challenge: str
    ) -> Run[HttpReply]:
        request = self._request(ask, token, limits, challenge)
        number = self._world.ledger.write(
            "webhook.asked",
            purpose=ask.purpose,
            call=ask.call_sid,
            method=request.method,
            url=request.url,
            form=dict(ask.form),
        ).number
        arrival: Signal[HttpReply] = Signal()
        harm = self._world.faults.send(request, ask.purpose, arrival.fire)
        watched = self.watch.asked(ask, request, token, harm or "") if self.watch is not None else 0
        patience = min(sum(limits), deadline - self._world.now)
        try:
            reply = yield from until(arrival, patience)
        except Interrupted:
            self._tell_watch(watched, HttpReply(failure="given up"))
            raise
        if reply is None:
            reply = HttpReply(failure="total" if self._world.now >= deadline else "read")
        self._tell_watch(watched, reply)
        self._world.ledger.write(
            "webhook.answered",
            asked=number,
            purpose=ask.purpose,
            call=ask.call_sid,
            status=reply.status,
            failure=reply.failure,
            type=reply.header("Content-Type"),
            body=reply.body.decode("utf-8", "replace") if self._world.ledger_bodies else "",
        )
        if ask.leg is not None:
            _keep_cookies(ask.leg, reply)
        return reply

    def _tell_watch(self, number: int, reply: HttpReply) -> None:
        if self.watch is not None and number:
            self.watch.answered(number, reply)

    def _request(self, ask: Ask, token: str, limits: tuple[float, float], challenge: str) -> HttpRequest:
        url, body = ask.url, b""
        headers = [*FIXED_HEADERS, *ask.headers, ("I-Twilio-Idempotency-Token", token)]
        if ask.method == "GET":
            url = _with_query(url, ask.form)
            signed = signature(ask.account.auth_token, url, {})
        else:
            body = form_body(ask.form).encode()
            signed = signature(ask.account.auth_token, url, ask.form)
            headers.append(("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"))
        headers.append(("X-Twilio-Signature", signed))
        if ask.leg is not None and ask.leg.cookies:
            headers.append(
                ("Cookie", "; ".join(f"{name}={value}" for name, value in ask.leg.cookies.items()))
            )
        login = answer_to(challenge, ask.method, url) if challenge else None
        if login is not None:
            headers.append(("Authorization", login))
        parts = urlsplit(url)
        bare = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path or "/", parts.query, ""))
        return HttpRequest(ask.method, bare, tuple(headers), body, limits[0], limits[1])


@lru_cache(8192)
def _quoted(text: str) -> str:
    return quote_plus(text)


def form_body(form: Mapping[str, str]) -> str:
    """As urlencode does; most names and values of a call are the same on every request."""
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in form.items())


def _bad_address(url: str) -> Outcome | None:
    """What is wrong with an address, if anything."""
    try:
        parts = urlsplit(url)
        host, good = parts.hostname or "", parts.scheme in ("http", "https") and parts.port != 0
    except ValueError:
        host, good = "", False
    if not host or not good:
        return Outcome(HttpReply(), url, 11100, f"not an absolute http or https URL: {url!r}")
    if "_" in host:
        return Outcome(HttpReply(), url, 11210, f"a host name may not contain an underscore: {url!r}")
    return None


def _next_address(url: str, location: str) -> tuple[str, Outcome | None]:
    """Where a redirect leads."""
    try:
        following = urljoin(url, location)
    except ValueError:
        following = location
    return following, _bad_address(following)


def _judged(reply: HttpReply, ask: Ask) -> Outcome:
    if reply.failure:
        code = FAILURE_CODES.get(reply.failure, 11200)
        return Outcome(reply, ask.url, code, f"{ask.purpose}: no answer ({reply.failure})")
    if not reply.is_good:
        return Outcome(reply, ask.url, 11200, f"{ask.purpose}: HTTP status {reply.status}")
    return Outcome(reply, ask.url)


def _with_query(url: str, form: Mapping[str, str]) -> str:
    query = urlencode(form, quote_via=quote)
    if not query:
        return url
    return url + ("&" if urlsplit(url).query else "?") + query


def _keep_cookies(leg: Leg, reply: HttpReply) -> None:
    for name, value in reply.headers:
        if name.lower() != "set-cookie":
            continue
        try:
            cookie: SimpleCookie = SimpleCookie(value)
        except CookieError:
            continue
        for morsel in cookie.values():
            if morsel["max-age"] == "0":
                leg.cookies.pop(morsel.key, None)
            else:
                leg.cookies[morsel.key] = morsel.coded_value
