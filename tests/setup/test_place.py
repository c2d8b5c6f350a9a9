"""Ports and folders of a trial, and what a person is told about them."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.place import Place, read_place
from deploy.local.ports import insist_on_free_ports
from deploy.local.stop import Stop


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which this very process listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def place(**environ: str) -> Place:
    return read_place(Path("/checkout"), environ)


def test_everything_has_a_port_without_being_told() -> None:
    assert place().ports == {"WEB_PORT": 8000, "PUSH_PORT": 8001, "SIMULATOR_PORT": 8002, "REDIS_PORT": 8003}


def test_every_port_can_be_set() -> None:
    chosen = place(WEB_PORT="9000", PUSH_PORT="9001", SIMULATOR_PORT="9002", REDIS_PORT="9003")

    assert list(chosen.ports.values()) == [9000, 9001, 9002, 9003]


def test_a_redis_of_ones_own_needs_no_port_of_ours() -> None:
    assert "REDIS_PORT" not in place(REDIS_URL="redis://elsewhere/0").ports


@pytest.mark.parametrize("text", ["web", "0", "65536", "-1", "8000x", "tcp://10.0.0.1:6379"])
def test_a_port_that_is_none_is_told(text: str) -> None:
    with pytest.raises(Stop, match=r"WEB_PORT is .*give a port from 1 to 65535"):
        place(WEB_PORT=text)


def test_two_processes_on_one_port_are_told() -> None:
    with pytest.raises(Stop, match="PUSH_PORT and WEB_PORT are both 8100; give each a port of its own"):
        place(WEB_PORT="8100", PUSH_PORT="8100")


def test_a_port_in_use_is_told_with_its_user_and_the_way_out(taken: int) -> None:
    with pytest.raises(
        Stop, match=rf"port {taken} is in use by .* \(process {os.getpid()}\); .*WEB_PORT={taken + 100}"
    ):
        insist_on_free_ports(place(WEB_PORT=str(taken)))


def test_a_host_that_is_not_this_machine_is_told() -> None:
    # 192.0.2.0/24 is set aside for documentation by RFC 5737: no machine has it.
    with pytest.raises(Stop, match=r"HOST is '192\.0\.2\.1', which is no address of this machine"):
        insist_on_free_ports(place(HOST="192.0.2.1", WEB_PORT="61999"))


@pytest.mark.parametrize(
    ("host", "address", "is_local_only"),
    [
        ("127.0.0.1", "http://localhost:8000", True),
        ("localhost", "http://localhost:8000", True),
        ("::1", "http://localhost:8000", True),
        ("0.0.0.0", "http://localhost:8000", False),
        ("::", "http://localhost:8000", False),
        ("192.0.2.7", "http://192.0.2.7:8000", False),
        ("desk.example", "http://desk.example:8000", False),
    ],
)
def test_the_addresses_follow_from_the_host(host: str, address: str, is_local_only: bool) -> None:
    chosen = place(HOST=host)

    assert chosen.address(chosen.web_port) == address
    assert chosen.is_local_only is is_local_only
