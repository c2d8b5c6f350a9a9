"""The application in the same process: its WSGI callable is called directly, with no socket and no thread."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from simulator.http import HttpReply, HttpRequest
from simulator.kernel import Kernel

log = logging.getLogger("simulator")
WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".lower()


class InProcess:
    """Knows which application answers at which origin; an origin nobody mounted is a host that does not exist."""

    def __init__(self, kernel: Kernel, latency_seconds: float = 0.0) -> None:
        self._kernel = kernel
        self._apps: dict[str, WsgiApp] = {}
        self.latency_seconds = latency_seconds

    def mount(self, origin: str, app: WsgiApp) -> None:
        self._apps[origin_of(origin)] = app

    def send(self, request: HttpRequest, answer: Callable[[HttpReply], None]) -> None:
        self._kernel.after(self.latency_seconds, lambda: answer(self._call(request)))

    def _call(self, request: HttpRequest) -> HttpReply:
        app = self._apps.get(origin_of(request.url))
        if app is None:
            return HttpReply(failure="host")
        try:
            return call_wsgi(app, request)
        except Exception:
            log.exception("the application failed on %s %s", request.method, request.url)
            return HttpReply(500, (("Content-Type", "text/plain"),), b"the application raised an exception")


def call_wsgi(app: WsgiApp, request: HttpRequest) -> HttpReply:
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], exc_info: object = None
    ) -> Callable[[bytes], None]:
        started[:] = [(status, headers)]
        return written.append

    written: list[bytes] = []
    result = app(environ_of(request), start_response)
    try:
        body = b"".join(result)
    finally:
        close = getattr(result, "close", None)
        if close is not None:
            close()
    status, headers = started[0]
    return HttpReply(int(status.split(" ", 1)[0]), tuple(headers), b"".join(written) + body)


def environ_of(request: HttpRequest) -> dict[str, Any]:
    """The WSGI environment as granian gives it: no RAW_URI, a decoded PATH_INFO."""
    parts = urlsplit(request.url)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(parts.path or "/").decode("latin-1"),
        "QUERY_STRING": parts.query,
        "SERVER_NAME": parts.hostname or "localhost",
        "SERVER_PORT": str(parts.port or (443 if parts.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": parts.netloc.rpartition("@")[2],
        "CONTENT_LENGTH": str(len(request.body)) if request.body else "0",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers:
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else "HTTP_" + key] = value
    return environ
