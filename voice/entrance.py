"""The short way in: Twilio's doors, answered before Flask makes its contexts.

It takes only requests that need no judgement: a POST to a plain address with a body of stated length. Every other one
goes to Flask, whose rules come from the same table of doors, so both ways give the same answers. Neither looks at
SCRIPT_NAME: behind a prefix the signed address is PUBLIC_BASE_URL, prefix and all, and then PATH_INFO.
"""

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Flask

from voice import speak
from voice.doors import DOORS, knock
from voice.form import MAX_BYTES
from voice.runtime import Runtime

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_BARE, _TAKING = (
    "|".join(name for name, door in DOORS.items() if door.takes is takes) for takes in (False, True)
)
_PATH = re.compile(rf"/voice/(?:({_BARE})|({_TAKING})/([A-Za-z0-9._~-]+))").fullmatch
_STATUS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


class Entrance:
    """A WSGI application that answers at the doors itself, and hands everything else on."""

    def __init__(self, rt: Runtime, beyond: "WSGIApplication") -> None:
        self._rt, self._beyond = rt, beyond

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        door = _PATH(environ.get("PATH_INFO", ""))
        length = _length_of(environ)
        if door is None or length is None or environ.get("REQUEST_METHOD") != "POST":
            return self._beyond(environ, start_response)
        bare, taking, rest = door.groups()
        reply = knock(self._rt, environ, environ["wsgi.input"].read(length), bare or taking, rest or "")
        start_response(
            _STATUS[reply.status],
            [("Content-Type", speak.CONTENT_TYPE), ("Content-Length", str(len(reply.body)))],
        )
        return [reply.body]


def install(app: Flask, rt: Runtime) -> None:
    """Put the entrance before everything that the application does."""
    app.wsgi_app = Entrance(rt, app.wsgi_app)  # type: ignore[method-assign]  # the way that Flask documents


def _length_of(environ: "WSGIEnvironment") -> int | None:
    """The stated length of a body that we would read; None when it is not stated, no number, or above the limit."""
    stated = environ.get("CONTENT_LENGTH", "")
    if not (stated.isascii() and stated.isdigit()) or len(stated) > 6 or int(stated) > MAX_BYTES:
        return None
    return int(stated)
