"""The console: a page for people who watch the simulated Twilio work, and the JSON behind it.

It is for this machine: a request whose Host is neither a loopback name nor the address we listen on is refused, so
that no web page elsewhere can reach it by a name that it made point here (DNS rebinding). Changes go to the same
orders as under /sim and need JSON, which a page of another origin cannot send without being asked first.
"""

from __future__ import annotations

import ipaddress
import json
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from werkzeug.wrappers import Request, Response

from simulator.audio import wav_of
from simulator.recordings import Recording, RecordingStatus
from simulator.wire.exchanges import Exchanges, head, whole
from simulator.wire.glance import glance
from simulator.wire.legible import Veil
from simulator.wire.loop import KernelLoop
from simulator.wire.machine import Machine
from simulator.world import World

WEB = Path(__file__).with_name("web")
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
SOUND_PATH = re.compile(r"recordings/(RE\w+)\.wav")
NUMBER_PATH = re.compile(r"exchanges/(\d{1,15})")
START_PAGE = "home.html"


class Console:
    """A WSGI application below /console; `orders` answers what comes below /console/sim."""

    def __init__(
        self, loop: KernelLoop, world: World, exchanges: Exchanges, machine: Machine, orders: Wsgi
    ) -> None:
        self._loop = loop
        self._world = world
        self._exchanges = exchanges
        self._machine = machine
        self._orders = orders
        self._run = secrets.token_hex(4)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        refusal = self.refusal(environ)
        path = environ.get("PATH_INFO", "").removeprefix("/console").strip("/")
        if not refusal and path.startswith("sim/"):
            return self._orders({**environ, "PATH_INFO": "/" + path}, start_response)
        response = Response(refusal, 403) if refusal else self._answer(Request(environ), path)
        response.headers.extend(HEADERS)
        return response(environ, start_response)

    def refusal(self, environ: dict[str, Any]) -> str:
        """Why this request may not see the console; empty when it may."""
        own = urlsplit(self._world.base_url)
        name = _host(environ.get("HTTP_HOST", ""))
        if name == "localhost" or _is_loopback(name) or (name and name == own.hostname):
            return ""
        return (
            f"The console answers at {own.scheme}://{own.netloc}/console only, not as {name or 'nobody'}.\n"
        )

    def start_page(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """What a browser sees at /."""
        response = _file(START_PAGE)
        response.headers.extend(HEADERS)
        return response(environ, start_response)

    def _answer(self, request: Request, path: str) -> Response:
        if request.method not in ("GET", "HEAD"):
            return Response("The console is read by GET; orders go to /console/sim/...\n", 405)
        if path == "state":
            return _json(self._state(request.args.get("after", 0, type=int)))
        if found := NUMBER_PATH.fullmatch(path):
            return self._exchange(int(found[1]))
        if found := SOUND_PATH.fullmatch(path):
            return self._sound(request, found[1])
        return _file(path or "console.html")

    def _state(self, after: int) -> dict[str, Any]:
        """Everything but the exchanges, and of these what changed after that version."""
        world, exchanges = self._world, self._exchanges

        def look() -> tuple[dict[str, Any], dict[str, list[Any]]]:
            seen = glance(world, self._veil())
            seen |= {"version": exchanges.version, **self._machine.faults()}
            seen["oldest"] = {"webhooks": exchanges.oldest("webhook"), "requests": exchanges.oldest("rest")}
            return seen, {
                "webhooks": [replace(entry) for entry in exchanges.since("webhook", after)],
                "requests": [replace(entry) for entry in exchanges.since("rest", after)],
            }

        seen, changed = self._loop.call(look)
        veil = self._veil()
        heads = {kind: [head(entry, veil) for entry in entries] for kind, entries in changed.items()}
        return {"run": self._run, **self._accounts(), **seen, **heads}

    def _accounts(self) -> dict[str, Any]:
        accounts = self._world.accounts.values()
        return {
            "accounts": [account.sid for account in accounts],
            "numbers": [
                {"e164": number.e164, "name": number.friendly_name}
                for account in accounts
                for number in account.numbers.values()
            ],
        }

    def _exchange(self, number: int) -> Response:
        entry = self._loop.call(lambda: self._exchanges.find(number))
        if entry is None:
            return _json({"error": "This exchange is forgotten; the newest 500 are kept."}, 404)
        return _json(whole(replace(entry), self._veil()))

    def _sound(self, request: Request, sid: str) -> Response:
        """A recording's WAV, for a player on this machine; parts of it when a player seeks."""
        if not _is_loopback(_peer(request)):
            return Response("Recordings are played on the simulator's own machine only.\n", 403)

        def find() -> Recording | None:
            return self._world.recordings.all.get(sid)

        recording = self._loop.call(find)
        if recording is None or recording.status is not RecordingStatus.COMPLETED:
            return Response("There is no such recording, or it is not ready.\n", 404)
        sound = wav_of(recording, recording.order.channels)
        response = Response(sound, mimetype="audio/wav")
        return response.make_conditional(request, accept_ranges=True, complete_length=len(sound))

    def _veil(self) -> Veil:
        accounts = self._world.accounts.values()
        return Veil(secret for one in accounts for secret in (one.auth_token, *one.api_keys.values()))


def _file(name: str) -> Response:
    """A file of the page itself; nothing else is in its folder."""
    path = WEB / name
    if path.parent != WEB or path.suffix not in TYPES or not path.is_file():
        return Response(f"There is no {name!r} in the console.\n", 404)
    return Response(path.read_bytes(), mimetype=TYPES[path.suffix])


def _json(data: Any, status: int = 200) -> Response:
    return Response(json.dumps(data), status, mimetype="application/json")


def _host(header: str) -> str:
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""


def _peer(request: Request) -> str:
    """Who asks: with sound a process of ours stands before us and names him, and only that one is believed."""
    peer = request.remote_addr or ""
    return request.headers.get("X-Forwarded-For", peer) if _is_loopback(peer) else peer


def _is_loopback(name: str) -> bool:
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
