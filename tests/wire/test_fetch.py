"""Which hosts a flow's request can reach."""

import ipaddress
import socket
from typing import Any

import pytest

from callflows.actions import Request
from voice.fetch import Refused, fetch, is_public


def to(url: str, **more: Any) -> Request:
    return Request(endpoint="orders", method="get", url=url, timeout_seconds=1, **more)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("fd00::1", False),
        ("fe80::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("2002:7f00:1::", False),
    ],
)
def test_a_private_address_is_told_from_a_public_one(address: str, public: bool) -> None:
    assert is_public(ipaddress.ip_address(address)) is public


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://other.example/", "not in HTTP_HOSTS"),
        ("https://shop.example:8443/", "not in HTTP_HOSTS"),
        ("http://shop.example/", "only https"),
        ("https://inside.example/", "private address"),
        ("https://both.example/", "private address"),
    ],
)
def test_what_the_operator_did_not_allow_is_not_asked(
    url: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = {"inside.example": ["10.0.0.7"], "both.example": ["93.184.216.34", "127.0.0.1"]}

    def resolve(host: str, port: int, *_how: object, **_more: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in book[host]]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    hosts = ["shop.example:443", "shop.example:80", "inside.example", "both.example"]

    with pytest.raises(Refused, match=why):
        fetch(to(url), hosts=hosts, allow_private=False)


def test_a_name_that_points_elsewhere_later_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The address that was looked at is the one that is asked: the name is resolved once."""
    asked: list[str] = []

    def resolve(host: str, port: int, *_how: object, **_more: object) -> list[object]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        port = deaf.getsockname()[1]

        with pytest.raises((Refused, OSError)):
            fetch(to(f"http://shop.example:{port}/"), hosts=["shop.example"], allow_private=True)

    assert asked[0] == "shop.example"
    assert set(asked[1:]) <= {"127.0.0.1"}


def test_a_system_that_says_nothing_is_a_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host = f"127.0.0.1:{silent.getsockname()[1]}"

        with pytest.raises(TimeoutError):
            fetch(to(f"http://{host}/"), hosts=[host], allow_private=True)


def test_a_secret_that_nobody_holds_is_not_asked_without() -> None:
    with pytest.raises(Refused, match="no secret 'shop_key'"):
        fetch(to("https://shop.example/", bearer="shop_key"), hosts=["shop.example"], allow_private=False)
