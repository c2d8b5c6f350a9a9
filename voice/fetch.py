"""One request to another system, for a flow: only to hosts that the operator lists, and never around that.

The host is resolved once, every address it has is looked at, and the connection goes to one of these addresses, so that
a name cannot point elsewhere between looking and connecting. No redirect is followed; at most 64 KB are read.
"""

import ipaddress
import json
import socket
import time
from collections.abc import Collection
from urllib.parse import urlsplit

import urllib3
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as TookTooLong

from callflows.actions import Request
from callflows.replies import MAX_BYTES

CONNECT_SECONDS = 2.0
PIECE_BYTES = 8 * 1024
PORTS = {"https": 443, "http": 80}


class Refused(Exception):
    """What may not be asked, or did not answer as it must; the text says why and names no secret."""


def fetch(
    request: Request, *, hosts: Collection[str], allow_private: bool, secret: str | None = None
) -> tuple[int, bytes]:
    """Status and body of the answer. Raises TimeoutError when it takes longer than the request allows, Refused, OSError."""
    until = time.monotonic() + request.timeout_seconds
    parts = urlsplit(request.url)
    host, port = (parts.hostname or "").lower(), parts.port or PORTS.get(parts.scheme, 0)
    if host not in hosts and f"{host}:{port}" not in hosts:
        raise Refused(f"the host {host} is not in HTTP_HOSTS")
    if parts.scheme != "https" and not (parts.scheme == "http" and allow_private):
        raise Refused("only https is asked; plain http needs HTTP_PRIVATE")
    if request.bearer and not secret:
        raise Refused(f"there is no secret '{request.bearer}' of this merchant in HTTP_SECRETS")
    address = _address_of(host, port, allow_private)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        return _ask(request, parts.scheme, address, host, port, target, secret, until)
    except TookTooLong as late:
        raise TimeoutError(str(type(late).__name__)) from late
    except HTTPError as problem:
        raise Refused(f"no good answer: {type(problem).__name__}") from problem


def _ask(
    request: Request,
    scheme: str,
    address: str,
    host: str,
    port: int,
    target: str,
    secret: str | None,
    until: float,
) -> tuple[int, bytes]:
    left = max(0.05, until - time.monotonic())
    timeout = urllib3.Timeout(connect=min(CONNECT_SECONDS, left), read=left)
    pool = (
        urllib3.HTTPSConnectionPool(
            address,
            port,
            timeout=timeout,
            server_hostname=host,
            assert_hostname=host,
            ca_certs=DEFAULT_CA_BUNDLE_PATH,
        )
        if scheme == "https"
        else urllib3.HTTPConnectionPool(address, port, timeout=timeout)
    )
    with pool:
        answer = pool.urlopen(
            request.method.upper(),
            target,
            body=json.dumps(dict(request.body)).encode() if request.body else None,
            headers=_headers(request, host if port == PORTS[scheme] else f"{host}:{port}", secret),
            redirect=False,
            retries=False,
            preload_content=False,
            decode_content=False,
        )
        try:
            return answer.status, _body(answer, until)
        finally:
            answer.close()


def _headers(request: Request, host: str, secret: str | None) -> dict[str, str]:
    headers = {
        "Host": host,
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": "Ringdesk",
    }
    if request.body:
        headers["Content-Type"] = "application/json"
    if secret:
        headers["Authorization"] = f"Bearer {secret}"
    return headers


def _body(answer: urllib3.BaseHTTPResponse, until: float) -> bytes:
    body = b""
    for piece in answer.stream(PIECE_BYTES):
        body += piece
        if len(body) > MAX_BYTES:
            raise Refused(f"the answer has more than {MAX_BYTES // 1024} KB")
        if time.monotonic() > until:
            raise TimeoutError("the answer came too slowly")
    return body


def _address_of(host: str, port: int, allow_private: bool) -> str:
    """One address of a host, all of which must be in the public Internet unless private ones are allowed."""
    found = [info[4][0] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    addresses = [ipaddress.ip_address(str(one).partition("%")[0]) for one in found]
    if not allow_private and not all(is_public(one) for one in addresses):
        raise Refused(f"the host {host} has a private address; HTTP_PRIVATE would allow it")
    return str(addresses[0])


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address is somebody's in the public Internet; an IPv4 address inside an IPv6 one counts as itself."""
    if isinstance(address, ipaddress.IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inside is not None:
            return is_public(inside)
    return address.is_global and not address.is_multicast and not address.is_reserved
