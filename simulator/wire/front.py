"""What the HTTP server answers at which path: REST, signalling of browsers, the machine interface."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl

from simulator.rest.answer import RestTimeout
from simulator.rest.server import RestServer
from simulator.signalling import Refused, Signalling
from simulator.wire.console import Console
from simulator.wire.exchanges import Exchanges, ListeningIn
from simulator.wire.loop import KernelLoop
from simulator.wire.machine import BadOrder, Machine, NoSuchThing
from simulator.wire.turnstile import TOO_MANY, Turnstile
from simulator.world import World

SECONDS_WITHOUT_ANSWER = 30.0
JSON = "application/json"
HELP = """A simulated Twilio.

/2010-04-01/Accounts/...   the REST API, Basic authentication by account sid and token, or by API key
/signal/connect            POST token, params: a browser's leg without sound
/signal/sound              GET: whether browsers can talk through the Voice SDK
/sim/calls                 POST {from, to, name, press, say, hangup}: somebody dials; GET: the legs
/sim/calls/<sid>           GET: what is heard there; POST {press}, {say} or {hangup}: the far end acts
/sim/phones  /sim/crowd    POST: an ordinary phone's habit; a crowd that calls
/sim/faults                POST, GET, DELETE
/sim/state  /sim/messages  /sim/ledger?after=N
/console                   a page that shows calls, queues, conferences, webhooks and the debugger
"""


class Front:
    """A WSGI application whose requests are carried out on the kernel's thread."""

    def __init__(self, loop: KernelLoop, world: World, machine: Machine, exchanges: Exchanges) -> None:
        self._loop = loop
        self._crowd = Turnstile(world)
        self._rest = ListeningIn(RestServer(world).wsgi, exchanges)
        self._signalling = Signalling(world)
        self._machine = machine
        self._console = Console(loop, world, exchanges, machine, self._to_machine)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "/")
        if path.startswith(("/2010-04-01/", "/v1/DialingPermissions/")):
            return self._to_rest(environ, start_response)
        if path.startswith("/signal/"):
            return self._to_signalling(path, environ, start_response)
        if path.startswith("/sim/"):
            return self._to_machine(environ, start_response)
        if path == "/console" or path.startswith("/console/"):
            return self._console(environ, start_response)
        if (
            path == "/"
            and "text/html" in environ.get("HTTP_ACCEPT", "")
            and not self._console.refusal(environ)
        ):
            return self._console.start_page(environ, start_response)
        start_response(
            "200 OK" if path == "/" else "404 Not Found", [("Content-Type", "text/plain; charset=utf-8")]
        )
        return [HELP.encode()]

    def _to_rest(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = _body(environ)
        environ["wsgi.input"] = _Body(body)
        form = body.decode("utf-8", "replace")
        sid = environ.get("PATH_INFO", "").removeprefix("/2010-04-01/Accounts/")[:34]
        with self._crowd.place_for(sid) as place:
            if place is None:
                return _json(
                    start_response,
                    429,
                    TOO_MANY,
                    [("Twilio-Concurrent-Requests", str(self._crowd.most(sid)))],
                )
            return self._carry_out(environ, form, start_response)

    def _carry_out(self, environ: dict[str, Any], form: str, start_response: Any) -> Iterable[bytes]:
        try:
            return self._loop.call(lambda: self._rest(environ, form, start_response))
        except RestTimeout:
            time.sleep(SECONDS_WITHOUT_ANSWER)
            start_response("504 -", [("Content-Length", "0")])
            return []

    def _to_signalling(self, path: str, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        allow = [("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Headers", "Content-Type")]
        method = environ["REQUEST_METHOD"]
        form = dict(parse_qsl(_body(environ).decode("utf-8", "replace"), keep_blank_values=True))
        form = {**dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)), **form}
        action = self._signal(method, path.removeprefix("/signal/"), form)
        if method == "OPTIONS":
            start_response("204 No Content", allow)
            return []
        if action is None:
            return _json(start_response, 404, {"message": f"no {method} {path}"}, allow)
        try:
            return _json(start_response, 200, self._loop.call(action), allow)
        except Refused as refused:
            return _json(
                start_response, refused.status, {"code": refused.code, "message": refused.message}, allow
            )

    def _signal(self, method: str, path: str, form: dict[str, str]) -> Callable[[], dict[str, str]] | None:
        if (method, path) == ("GET", "sound"):
            return lambda: {"sound": "no"}
        if (method, path) == ("POST", "connect"):
            return lambda: self._signalling.connect(form)
        if (method, path) == ("POST", "hangup"):
            return lambda: self._signalling.hangup(form)
        if method == "GET" and path.startswith("calls/"):
            return lambda: self._signalling.status(form, path.removeprefix("calls/"))
        return None

    def _to_machine(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        query = dict(parse_qsl(environ.get("QUERY_STRING", "")))
        try:
            body = _body(environ)
            if body and not environ.get("CONTENT_TYPE", "").startswith(JSON):
                raise BadOrder(f"the body must be sent as {JSON}")
            data = json.loads(body or b"{}")
            if not isinstance(data, dict):
                raise BadOrder("the body must be a JSON object")
            after = int(query.get("after", "0"))
            action = self._order(method, path.removeprefix("/sim/"), data, after)
            return _json(start_response, 200, self._loop.call(action))
        except NoSuchThing as error:
            return _json(start_response, 404, {"error": str(error)})
        except ValueError as error:
            return _json(start_response, 400, {"error": str(error)})

    def _order(
        self, method: str, path: str, data: dict[str, Any], after: int
    ) -> Callable[[], dict[str, Any]]:
        machine = self._machine
        match method, path.split("/"):
            case "POST", ["calls"]:
                return lambda: machine.call(data)
            case "GET", ["calls"]:
                return machine.calls
            case "GET", ["calls", sid]:
                return lambda: machine.fetch(sid, after)
            case "POST", ["calls", sid]:
                return lambda: machine.act(sid, data)
            case "GET", ["ledger"]:
                return lambda: machine.ledger(after)
            case "GET", ["state"]:
                return machine.state
            case "POST", ["faults"]:
                return lambda: machine.fault(data)
            case "GET", ["faults"]:
                return machine.faults
            case "DELETE", ["faults"]:
                return machine.clear_faults
            case "POST", ["crowd"]:
                return lambda: machine.crowd(data)
            case "GET", ["crowd"]:
                return machine.crowd_state
            case "GET", ["messages"]:
                return machine.messages
            case "POST", ["phones"]:
                return lambda: machine.phone(data)
        raise NoSuchThing(f"there is no {method} /sim/{path}")


class _Body:
    """A request body that was read already, so that the kernel never waits for a socket."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def read(self, length: int = -1) -> bytes:
        return self._body


def _body(environ: dict[str, Any]) -> bytes:
    given = environ.get("CONTENT_LENGTH") or "0"
    length = int(given) if given.isdecimal() else 0
    body: bytes = environ["wsgi.input"].read(length) if length else b""
    return body


def _json(
    start_response: Any, status: int, data: Any, headers: list[tuple[str, str]] | None = None
) -> list[bytes]:
    raw = json.dumps(data).encode()
    start_response(
        f"{status} -", [("Content-Type", JSON), ("Content-Length", str(len(raw))), *(headers or [])]
    )
    return [raw]
