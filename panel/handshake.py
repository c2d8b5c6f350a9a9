"""The few bytes of HTTP that a stream needs: read one request, answer with a stream or with a reason."""

from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie

END = b"\r\n\r\n"


@dataclass(frozen=True)
class Request:
    """What a browser asked for."""

    method: str
    path: str
    origin: str = ""
    cookies: dict[str, str] = field(default_factory=dict)
    query: str = ""


class Refusal(Exception):
    """No stream; status and reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


def read_request(heard: bytes, longest: int) -> Request | None:
    """The request, once its head is there whole; None before; Refusal for what is no request."""
    head, end, _rest = heard.partition(END)
    if len(head) > longest:
        raise Refusal(431, "the request's head is too long")
    if not end:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise Refusal(400, "this is not HTTP/1")
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or name != name.strip() or not name:
            raise Refusal(400, "a header is broken")
        headers[name.lower()] = value.strip()
    path, _, query = words[1].partition("?")
    return Request(words[0], path, headers.get("origin", ""), _cookies(headers.get("cookie", "")), query)


def opening(origin: str) -> bytes:
    """The head of an event stream; the body goes on until either side closes."""
    lines = [
        "HTTP/1.1 200 OK",
        "Content-Type: text/event-stream; charset=utf-8",
        "Cache-Control: no-store",
        "X-Accel-Buffering: no",
        "Connection: close",
        *_for_origin(origin),
    ]
    return ("\r\n".join(lines) + "\r\n\r\nretry: 1000\n\n").encode()


def refusal(no: Refusal, origin: str) -> bytes:
    """A short answer that ends the connection."""
    body = f"{no.reason}\n".encode()
    lines = [
        f"HTTP/1.1 {no.status} {HTTPStatus(no.status).phrase}",
        "Content-Type: text/plain; charset=utf-8",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "Connection: close",
        *_for_origin(origin),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def _for_origin(origin: str) -> list[str]:
    return [
        f"Access-Control-Allow-Origin: {origin}",
        "Access-Control-Allow-Credentials: true",
        "Vary: Origin",
        "X-Content-Type-Options: nosniff",
        "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
    ]


def _cookies(text: str) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(text).items()}
    except CookieError:
        return {}
