"""HTTP to the application over sockets: a small pool of threads, answers handed back to the kernel."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)

from simulator.http import HttpReply, HttpRequest
from simulator.wire.loop import KernelLoop

THREADS = 64
LARGEST_BODY_BYTES = 20 * 1024 * 1024
CHUNK_BYTES = 64 * 1024


class OverSockets:
    """A port of the kernel; keeps connections open between requests."""

    def __init__(self, loop: KernelLoop) -> None:
        self._loop = loop
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="webhook")
        self._pools = urllib3.PoolManager(num_pools=20, maxsize=THREADS, retries=False)

    def send(self, request: HttpRequest, answer: Callable[[HttpReply], None]) -> None:
        def work() -> None:
            reply = self._exchange(request)
            self._loop.post(lambda: answer(reply))

        self._threads.submit(work)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._pools.clear()

    def _exchange(self, request: HttpRequest) -> HttpReply:
        timeout = urllib3.Timeout(connect=request.connect_seconds, read=request.read_seconds)
        try:
            response = self._pools.request(
                request.method,
                request.url,
                body=request.body or None,
                headers=dict(request.headers),
                timeout=timeout,
                redirect=False,
                preload_content=False,
            )
            body = _read(response, time.monotonic() + request.read_seconds)
        except HTTPError as error:
            return HttpReply(failure=_failure(error))
        except TimeoutError:
            return HttpReply(failure="read")
        except (OSError, ValueError):
            return HttpReply(failure="protocol")
        return HttpReply(response.status, tuple(response.headers.items()), body)


def _read(response: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
    """The body, if it ends in time; what is longer than any sound is cut off, and its connection closed."""
    parts: list[bytes] = []
    size = 0
    try:
        while part := response.read1(CHUNK_BYTES):
            parts.append(part)
            size += len(part)
            if time.monotonic() > deadline:
                raise TimeoutError("the body did not end in time")
            if size > LARGEST_BODY_BYTES:
                break
    except BaseException:
        response.close()
        raise
    if size > LARGEST_BODY_BYTES:
        response.close()
    else:
        response.release_conn()
    return b"".join(parts)


def _failure(error: HTTPError) -> str:
    match error:
        case NameResolutionError():
            return "host"
        case SSLError():
            return "tls"
        case ReadTimeoutError():
            return "read"
        case ConnectTimeoutError() | NewConnectionError():
            return "connect"
        case _:
            return "protocol"
