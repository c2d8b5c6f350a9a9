"""A load generator: some connections that ask one after another as fast as the server answers.

One thread and epoll, about 25 microseconds a request, so it saturates every server here from a core of its own.
"""

import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

PIECE = 65536


@dataclass
class Told:
    """What a run saw; latencies in seconds."""

    seconds: float = 0.0
    answers: int = 0
    refused: int = 0  # any status but 200
    latencies: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds

    def milliseconds(self, share: float) -> float:
        """The latency that this share of all answers kept below."""
        return round(sorted(self.latencies)[int(share * (len(self.latencies) - 1))] * 1000, 2)


@dataclass
class Wire:
    """A connection, and the answer that it is waiting for."""

    socket: socket.socket
    asked_at: float = 0.0
    heard: bytes = b""

    def ask(self, request: bytes) -> None:
        """Send a request."""
        self.asked_at, self.heard = time.perf_counter(), b""
        self.socket.sendall(request)

    def is_answered(self) -> bool:
        """Take what has come; whether it is a whole answer."""
        piece = self.socket.recv(PIECE)
        if not piece:
            raise ConnectionError("the server closed a connection")
        self.heard += piece
        head, mark, body = self.heard.partition(b"\r\n\r\n")
        return bool(mark) and len(body) >= _length(head)


def drive(port: int, requests: Iterator[bytes], seconds: float, connections: int) -> Told:
    """Ask for so long over so many connections; ends early when there is nothing left to ask."""
    told, selector = Told(), selectors.DefaultSelector()
    wires = [Wire(socket.create_connection(("127.0.0.1", port))) for _ in range(connections)]
    began = time.perf_counter()
    try:
        for wire in wires:
            wire.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(wire.socket, selectors.EVENT_READ, wire)
            wire.ask(next(requests))
        while (now := time.perf_counter()) < began + seconds:
            for key, _ in selector.select(timeout=10):
                wire = key.data
                if wire.is_answered():
                    told.answers += 1
                    told.refused += not wire.heard.startswith(b"HTTP/1.1 200")
                    told.latencies.append(time.perf_counter() - wire.asked_at)
                    wire.ask(next(requests))
    except StopIteration:
        now = time.perf_counter()
    finally:
        for wire in wires:
            wire.socket.close()
        selector.close()
    told.seconds = now - began
    return told


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0
