"""Finds the handler of a REST request, checks who asks, and writes the answer."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import parse_qs, unquote

from simulator.rest import trial
from simulator.rest.answer import Answer, Params, Request, RestError, RestTimeout, not_found

if TYPE_CHECKING:
    from simulator.account import Account
    from simulator.world import World

Handler: TypeAlias = Callable[[Request], "tuple[int, Any]"]
PREFIX = "/2010-04-01/Accounts/"
VOICE_PREFIX = "/v1/DialingPermissions/"
ALL_ACCOUNTS = "/2010-04-01/Accounts.json"


class Route:
    """A method and a path below the account, such as /Queues/{queue}/Members/{member}."""

    def __init__(self, method: str, path: str, handler: Handler) -> None:
        self.method = method
        self.handler = handler
        self.pattern = re.compile("^" + re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+?)", re.escape(path)) + "$")


class RestServer:
    """The API of every account of one world."""

    def __init__(self, world: World) -> None:
        from simulator.rest.routes import OF_ALL, ROUTES, VOICE_V1

        self._world = world
        self._routes = ROUTES
        self._of_all = OF_ALL
        self._voice_v1 = VOICE_V1

    def request(
        self,
        method: str,
        url: str,
        params: Mapping[str, object],
        headers: Mapping[str, str],
        auth: tuple[str, str] | None,
    ) -> Answer:
        """params go into the query for GET and DELETE, into the form otherwise."""
        path, _, query = _path_of(url).partition("?")
        given: Params = {name: _texts(value) for name, value in params.items()}
        asked: dict[str, list[str]] = parse_qs(query, keep_blank_values=True)
        if auth is None:
            auth = _basic(
                next((value for name, value in headers.items() if name.lower() == "authorization"), "")
            )
        if method in ("GET", "DELETE"):
            return self.handle(method, path, {**asked, **given}, {}, auth)
        return self.handle(method, path, asked, given, auth)

    def handle(
        self, method: str, path: str, query: Params, form: Params, auth: tuple[str, str] | None
    ) -> Answer:
        """Raises RestTimeout when a fault was ordered that loses the answer."""
        if self._world.faults.is_dark:
            raise RestTimeout(done=False)
        fault = self._world.faults.for_rest(method, path)
        if fault is not None:
            self._world.ledger.write("fault.rest", harm=fault.harm, method=method, path=path)
            if fault.harm == "timeout-before":
                raise RestTimeout(done=False)
            if fault.harm == "status":
                code = 20429 if fault.status == 429 else 20503 if fault.status == 503 else 20500
                return self._answer(
                    method, path, fault.status, RestError(fault.status, code, "ordered fault").body()
                )
        try:
            status, body = self._dispatch(method, path, query, form, auth)
        except RestError as error:
            status, body = error.status, error.body()
        answer = self._answer(method, path, status, body, form)
        if fault is not None and fault.harm == "timeout-after":
            raise RestTimeout(done=True)
        return answer

    def wsgi(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """The same over WSGI."""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length).decode("utf-8", "replace") if length else ""
        answer = self.handle(
            environ["REQUEST_METHOD"],
            environ.get("PATH_INFO", "/").encode("latin-1").decode("utf-8", "replace"),
            parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True),
            parse_qs(body, keep_blank_values=True),
            _basic(environ.get("HTTP_AUTHORIZATION", "")),
        )
        start_response(f"{answer.status} -", list(answer.headers.items()))
        return [answer.body]

    def _dispatch(
        self, method: str, path: str, query: Params, form: Params, auth: tuple[str, str] | None
    ) -> tuple[int, Any]:
        if path == ALL_ACCOUNTS:
            account = self._account(auth[0] if auth else "", auth)
            handler, parts = self._find(self._of_all, method, path, path)
            return handler(Request(self._world, account, method, path, parts, query, form))
        if path.startswith(
            VOICE_PREFIX
        ):  # of another host, whose paths name no account: who asks is asked about
            account = self._account(self._sid_of(auth), auth)
            handler, parts = self._find(self._voice_v1, method, path, path)
            return handler(Request(self._world, account, method, path, parts, query, form))
        if not path.startswith(PREFIX):
            raise not_found(path)
        sid, slash, rest = path.removeprefix(PREFIX).partition("/")
        if not slash:
            sid, rest = sid.removesuffix(".json"), ".json"
        local = unquote(slash + rest)
        account = self._account(sid, auth)
        handler, parts = self._find(self._routes, method, local, path)
        request = Request(self._world, account, method, path, parts, query, form)
        if sid == account.test_sid:
            return trial.answer(request, local, handler)
        return handler(request)

    def _find(
        self, routes: tuple[Route, ...], method: str, local: str, path: str
    ) -> tuple[Handler, dict[str, str]]:
        known = False
        for route in routes:
            match = route.pattern.match(local)
            if match is None:
                continue
            known = True
            if route.method == method:
                return route.handler, match.groupdict()
        if known:
            raise RestError(405, 20004, "Method not allowed")
        raise not_found(path)

    def _sid_of(self, auth: tuple[str, str] | None) -> str:
        """The account of a user or key."""
        accounts = self._world.accounts.values()
        return next((one.sid for one in accounts if auth is not None and one.knows(*auth)), "")

    def _account(self, sid: str, auth: tuple[str, str] | None) -> Account:
        """The account of that sid, if who asks may use it; by its test credentials it is found as well."""
        for account in self._world.accounts.values():
            if account.test_sid and sid == account.test_sid and auth == (sid, account.test_token):
                return account
        found = self._world.accounts.get(sid)
        if auth is None or found is None or not found.knows(*auth):
            raise RestError(401, 20003, "Authenticate")
        if found.status != "active" and (found.owner is None or auth[0] == found.sid):
            raise RestError(401, 20005, "Account not active")
        return found

    def _answer(self, method: str, path: str, status: int, body: Any, form: Params | None = None) -> Answer:
        self._world.ledger.write(
            "rest",
            method=method,
            path=path,
            status=status,
            form={name: list(values) for name, values in (form or {}).items()},
        )
        headers = {
            "X-Home-Region": "us1",
            "X-Api-Domain": "api.twilio.com",
            "Twilio-Concurrent-Requests": "1",
            "Twilio-Request-Id": self._world.mint.sid("RQ"),
            "Twilio-Request-Duration": "0.010",
            "X-Powered-By": "AT-5000",
            "X-Shenanigans": "none",
        }
        if isinstance(body, Answer):
            return Answer(body.status, {**headers, **body.headers}, body.body)
        if status == 204:
            return Answer(204, headers, b"")
        if status == 401:
            headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
        raw = json.dumps(body).encode()
        return Answer(
            status, {**headers, "Content-Type": "application/json", "Content-Length": str(len(raw))}, raw
        )


def _texts(value: object) -> list[str]:
    """Numbers and truths as their text, a list as repeated fields."""
    if isinstance(value, list | tuple):
        return [str(part) for part in value]
    return [str(value).lower() if isinstance(value, bool) else str(value)]


def _path_of(url: str) -> str:
    """A path, or what follows the host of a whole URL."""
    if "://" in url:
        return "/" + url.split("://", 1)[1].partition("/")[2]
    return url


def _basic(header: str) -> tuple[str, str] | None:
    if not header.lower().startswith("basic "):
        return None
    try:
        user, found, secret = base64.b64decode(header[6:]).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (user, secret) if found else None
