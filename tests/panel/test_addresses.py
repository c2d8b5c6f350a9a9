"""Whose browser it is, behind proxies and in front of none."""

from dataclasses import replace

import pytest
from flask import Flask

from panel.addresses import client_address
from panel.throttle import FREE_TRIES_OF_ACCOUNT, LONGEST_WAIT_OF_ACCOUNT, Throttle
from panel.web import register
from tests.panel.build import PASSWORD, sign_in
from voice.runtime import Runtime


@pytest.mark.parametrize(
    ("forwarded", "proxies", "whose"),
    [
        ("198.51.100.7", 0, "127.0.0.1"),  # nobody said that there is a proxy
        ("198.51.100.7", 1, "198.51.100.7"),
        ("203.0.113.1, 198.51.100.7", 1, "198.51.100.7"),  # the first one a client may have written itself
        ("203.0.113.1, 198.51.100.7", 2, "203.0.113.1"),
        ("203.0.113.1, 203.0.113.2, 198.51.100.7", 2, "203.0.113.2"),
        ("198.51.100.7", 2, "127.0.0.1"),  # came round a proxy
        ("", 1, "127.0.0.1"),
        ("nonsense", 1, "127.0.0.1"),
        ("2001:db8::7", 1, "2001:db8::7"),
        ("[2001:DB8::7]", 1, "2001:db8::7"),
    ],
)
def test_as_many_entries_are_believed_as_there_are_proxies(forwarded: str, proxies: int, whose: str) -> None:
    assert client_address("127.0.0.1", forwarded, proxies) == whose


def behind(rt: Runtime, proxies: int) -> Flask:
    app = Flask("behind proxies", static_folder=None)
    register(app, replace(rt, settings=rt.settings.model_copy(update={"trusted_proxies": proxies})))
    return app


def guess(app: Flask, address: str) -> int:
    body = {"email": "ann@example.com", "password": "a guess of many"}
    return app.test_client().post("/api/login", json=body, headers={"X-Forwarded-For": address}).status_code


@pytest.mark.usefixtures("shops")
def test_who_guesses_behind_a_proxy_slows_down_nobody_else_there(rt: Runtime) -> None:
    app = behind(rt, 1)

    codes = [guess(app, "198.51.100.7") for _ in range(6)]

    assert codes == [401] * 5 + [429]
    assert guess(app, "198.51.100.8") == 401
    assert sign_in(app.test_client(), "ann").get("/api/me").status_code == 200


@pytest.mark.usefixtures("shops")
def test_who_makes_up_addresses_is_slowed_down_when_no_proxy_is_trusted(rt: Runtime) -> None:
    app = behind(rt, 0)

    assert [guess(app, f"198.51.100.{number}") for number in range(6)] == [401] * 5 + [429]


def test_an_account_that_is_tried_from_everywhere_waits_everywhere_but_not_for_long() -> None:
    throttle = Throttle()
    for number in range(FREE_TRIES_OF_ACCOUNT):
        throttle.failed("ann", f"198.51.100.{number}", 0.0)
    before = throttle.wait_of_account("ann", 0.0)
    for number in range(20):
        throttle.failed("ann", f"203.0.113.{number}", 0.0)

    assert before == 0
    assert throttle.wait_of_account("ann", 0.0) == LONGEST_WAIT_OF_ACCOUNT
    assert throttle.wait_of_account("bob", 0.0) == 0


@pytest.mark.usefixtures("shops")
def test_an_owner_gets_in_where_they_have_signed_in_before_whoever_tries(rt: Runtime) -> None:
    app = behind(rt, 1)
    home, elsewhere = {"X-Forwarded-For": "192.0.2.1"}, {"X-Forwarded-For": "192.0.2.99"}
    right = {"email": "ann@example.com", "password": PASSWORD}
    assert app.test_client().post("/api/login", json=right, headers=home).status_code == 200
    for number in range(FREE_TRIES_OF_ACCOUNT + 8):
        app.extensions["panel"].throttle.failed("ann@example.com", f"198.51.100.{number}", rt.now())

    assert app.test_client().post("/api/login", json=right, headers=elsewhere).status_code == 429
    assert app.test_client().post("/api/login", json=right, headers=home).status_code == 200


def test_one_client_holds_all_of_its_ipv6_network() -> None:
    throttle = Throttle()
    for number in range(9):
        throttle.failed("ann", f"2001:db8:0:7::{number:x}", 0.0)

    assert throttle.wait("ann", "2001:db8:0:7:ffff::1", 0.0) > 0
    assert throttle.wait("ann", "2001:db8:0:8::1", 0.0) == 0
