"""The whole program: world, kernel thread, HTTP server; started and stopped as one."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable
from pathlib import Path
from typing import IO

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from simulator.account import Account
from simulator.clock import WallClock
from simulator.wire.exchanges import Exchanges
from simulator.wire.front import Front
from simulator.wire.loop import KernelLoop
from simulator.wire.machine import Machine
from simulator.wire.outgoing import OverSockets
from simulator.world import World

FACTS_IN_MEMORY = 20_000
CALLS_IN_MEMORY = 2_000


class _Quiet(WSGIRequestHandler):
    """The ledger keeps what was asked; the terminal stays free."""

    def log(self, type: str, message: str, *args: object) -> None:
        pass


def _listen(host: str, port: int) -> socket.socket:
    """Raises OSError when the address is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    listener.listen(128)
    return listener


class Service:
    """`port` is the real one, also when 0 was asked for."""

    def __init__(
        self,
        account: Account,
        host: str = "127.0.0.1",
        port: int = 0,
        state: Path | None = None,
        speed: float = 1.0,
        seed: int | None = None,
    ) -> None:
        clock = WallClock(speed)
        ledger_file: IO[str] | None = None
        if state is not None:
            state.mkdir(parents=True, exist_ok=True)
            ledger_file = (state / "ledger.jsonl").open("a", encoding="utf-8")
        self.world = World(
            clock,
            seed if seed is not None else secrets.randbits(62),
            "",
            ledger_file=ledger_file,
            keep=FACTS_IN_MEMORY,
            keep_calls=CALLS_IN_MEMORY,
        )
        self.world.add_account(account)
        self._loop = KernelLoop(self.world.kernel, clock)
        self._outgoing = OverSockets(self._loop)
        self.world.port = self._outgoing
        exchanges = Exchanges(lambda: self.world.now)
        self.world.webhooks.watch = exchanges
        front = Front(self._loop, self.world, Machine(self.world, account), exchanges)
        listener = _listen(host, port)
        self.port: int = listener.getsockname()[1]
        self._server: BaseWSGIServer = make_server(
            host, port, front, threaded=True, request_handler=_Quiet, fd=listener.detach()
        )
        self.url = f"http://{'localhost' if host in ('127.0.0.1', '0.0.0.0') else host}:{self.port}"  # noqa: S104
        self.world.base_url = self.url

    def post(self, action: Callable[[], None]) -> None:
        """From any thread: do this on the kernel's."""
        self._loop.post(action)

    def run(self) -> None:
        """Serves until `stop` is called from another thread or a signal handler raises."""
        self._loop.start()
        try:
            self._server.serve_forever(poll_interval=0.2)
        finally:
            self.close()

    def stop(self) -> None:
        self._server.shutdown()

    def close(self) -> None:
        self._server.server_close()
        self._loop.stop()
        self._outgoing.close()
        self.world.ledger.close()
