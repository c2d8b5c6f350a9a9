"""`python -m simulator.sound`: the media process. The kernel starts it with one end of a socket pair."""

import argparse
import asyncio
import contextlib
import logging
import socket
from pathlib import Path

import aioice.ice

from simulator.sound.doors import Doors
from simulator.sound.server import serve


def _own_addresses(bind: str) -> list[str]:
    """Loopback alone, unless browsers elsewhere are to reach us too."""
    if bind in ("127.0.0.1", "localhost", "::1"):
        return ["127.0.0.1"]
    return ["127.0.0.1", *aioice.ice.get_host_addresses(use_ipv4=True, use_ipv6=False)]


def main() -> None:
    """Serve until the kernel closes its end."""
    words = argparse.ArgumentParser(prog="python -m simulator.sound", description=__doc__)
    words.add_argument("--link", type=int, required=True, help="file descriptor of the socket to the kernel")
    words.add_argument("--bind", default="127.0.0.1", help="address for browsers' signalling")
    words.add_argument("--port", type=int, default=0, help="port for browsers' signalling (0: any)")
    words.add_argument(
        "--host", action="append", help="address offered for sound (default: all, if bound to all)"
    )
    words.add_argument("--assets", type=Path, default=Path("node_modules"), help="where the npm packages are")
    words.add_argument("--upstream", default="", help="HTTP address that answers everything but sound")
    given = words.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("aioice").setLevel(logging.WARNING)  # it tells every candidate pair
    doors = Doors(
        given.bind, given.port, tuple(given.host or _own_addresses(given.bind)), given.assets, given.upstream
    )
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(doors, socket.socket(fileno=given.link)))


if __name__ == "__main__":
    main()
