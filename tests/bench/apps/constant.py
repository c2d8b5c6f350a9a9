"""The ceiling: always the same answer. With BENCH_CHECKS=1 the request is read and its signature checked first."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from voice.guard import Admitted, Secrets, admit

ANSWER = (
    b'<?xml version="1.0" encoding="UTF-8"?><Response><Gather input="dtmf" numDigits="1" timeout="6" finishOnKey="#" '
    b'actionOnEmptyResult="true" action="https://calls.example/voice/turn/0"><Say language="en-US">For the state of an '
    b"order, press 1. To change an order, press 2.</Say></Gather></Response>"
)
HEADERS = [("Content-Type", "text/xml; charset=utf-8"), ("Content-Length", str(len(ANSWER)))]
Wsgi = Callable[..., Iterable[bytes]]


def bare(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """Answer, whoever asks."""
    environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    start_response("200 OK", HEADERS)
    return [ANSWER]


def checked() -> Wsgi:
    """Answer who is signed, as our own guard sees it."""
    secrets, base_url = Secrets((os.environ["AUTH_TOKEN"],)), os.environ["BASE_URL"]

    def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        admitted = admit(environ, body, lambda _account: secrets, base_url)
        start_response("200 OK" if isinstance(admitted, Admitted) else "403 Forbidden", HEADERS)
        return [ANSWER]

    return application


def create() -> Wsgi:
    """The application that the environment asks for."""
    return checked() if os.environ.get("BENCH_CHECKS") else bare
