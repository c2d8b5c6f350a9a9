"""Werkzeug's small server, as tests use it."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Nothing."""


def serve(app: "WSGIApplication") -> BaseWSGIServer:
    """A server on a free port of this machine; a thread for each request."""
    return make_server("127.0.0.1", 0, _whole(app), threaded=True, request_handler=Quiet)


def _whole(app: "WSGIApplication") -> Callable[..., Iterable[bytes]]:
    """Answers in one piece: a browser that goes away in the middle makes this server forget to close the rest."""

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        pieces = app(environ, start_response)
        try:
            return [b"".join(pieces)]
        finally:
            if (close := getattr(pieces, "close", None)) is not None:
                close()

    return answer
