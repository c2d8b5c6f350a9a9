"""Where a trial listens and where it keeps its things: read from the environment once."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.stop import Stop


@dataclass(frozen=True)
class Place:
    """Ports and folders of one trial; `redis_url` is empty when we start a Valkey ourselves."""

    root: Path
    var: Path
    host: str
    web_port: int
    push_port: int
    simulator_port: int
    redis_port: int
    redis_url: str = ""

    @property
    def ports(self) -> dict[str, int]:
        """The settings that name a port which must be free, and their ports."""
        ours = {"WEB_PORT": self.web_port, "PUSH_PORT": self.push_port, "SIMULATOR_PORT": self.simulator_port}
        return ours if self.redis_url else {**ours, "REDIS_PORT": self.redis_port}

    @property
    def name(self) -> str:
        """The host as it stands in our addresses: localhost wherever that reaches us."""
        if self.is_local_only or self.host in ("0.0.0.0", "::", ""):  # noqa: S104  compared, not bound
            return "localhost"
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def is_local_only(self) -> bool:
        """Whether only this machine can reach us."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def reach(self) -> str:
        """The address at which this machine itself reaches us."""
        return "127.0.0.1" if self.name == "localhost" else self.host

    def address(self, port: int) -> str:
        """http://localhost:8000 and the like."""
        return f"http://{self.name}:{port}"


def read_place(root: Path, environ: Mapping[str, str]) -> Place:
    """HOST, WEB_PORT, PUSH_PORT, SIMULATOR_PORT, REDIS_PORT, REDIS_URL and VAR_DIR, with their defaults."""
    place = Place(
        root=root,
        var=root / environ.get("VAR_DIR", "var"),
        host=environ.get("HOST", "") or "127.0.0.1",
        web_port=_port(environ, "WEB_PORT", 8000),
        push_port=_port(environ, "PUSH_PORT", 8001),
        simulator_port=_port(environ, "SIMULATOR_PORT", 8002),
        redis_port=_port(environ, "REDIS_PORT", 8003),
        redis_url=environ.get("REDIS_URL", ""),
    )
    _insist_on_different(place.ports)
    return place


def _port(environ: Mapping[str, str], name: str, usual: int) -> int:
    text = environ.get(name, "") or str(usual)
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise Stop(f"{name} is {text!r}; give a port from 1 to 65535, as in: make run {name}={usual}")
    return int(text)


def _insist_on_different(ports: Mapping[str, int]) -> None:
    taken: dict[int, str] = {}
    for name, port in ports.items():
        if port in taken:
            raise Stop(
                f"{name} and {taken[port]} are both {port}; give each a port of its own: make run {name}={port + 10}"
            )
        taken[port] = name
