"""The short way in and Flask's rules give the same answers, byte for byte, whoever asks and however."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest
from flask import Flask

from tests.journeys.shop import Shop
from tests.wire.build import Environ, Sender, signed_environ
from tests.wire.knocks import (
    OTHER_ACCOUNT,
    Answered,
    Knock,
    ask,
    busy_shop,
    knocks,
    right_one,
    senders,
    the_other,
)
from voice.doors import DOORS
from voice.entrance import Entrance
from voice.form import MAX_BYTES


@dataclass(frozen=True)
class Twin:
    """One of two shops in the same state."""

    shop: Shop
    app: Callable[..., Any]
    knocks: dict[str, Knock]
    senders: list[Sender]


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Twin, Twin]]:
    """One is asked through the entrance, the other through Flask alone."""
    folder = tmp_path_factory.mktemp("twins")
    one, other = busy_shop(folder / "entrance"), busy_shop(folder / "flask")
    yield _twin(one, one.app.wsgi_app), _twin(other, partial(Flask.wsgi_app, other.app))
    one.rt.store.close()
    other.rt.store.close()


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    """A shop that has no twin, so what it is asked need not be asked twice."""
    shop = busy_shop(tmp_path_factory.mktemp("alone") / "shop")
    yield _twin(shop, shop.app.wsgi_app)
    shop.rt.store.close()


def _twin(shop: Shop, app: Callable[..., Any]) -> Twin:
    return Twin(shop, app, {knock.door: knock for knock in knocks(shop)}, senders(shop))


def both(
    twins: tuple[Twin, Twin], request: Callable[[Twin], tuple[Environ, bytes]]
) -> tuple[Answered, Answered]:
    """The same request to both shops."""
    fast, slow = (ask(twin.app, *request(twin)) for twin in twins)
    return fast, slow


def odd(path: str, **changed: Any) -> Callable[[Twin], tuple[Environ, bytes]]:
    """A request that is right but for its path and what is changed."""
    return lambda twin: Knock("", path, twin.knocks["incoming"].fields).sent(right_one(twin.shop), **changed)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "post"])
@pytest.mark.parametrize("door", sorted(DOORS))
def test_other_methods_are_answered_alike(twins: tuple[Twin, Twin], door: str, method: str) -> None:
    fast, slow = both(twins, lambda twin: twin.knocks[door].sent(right_one(twin.shop), method=method))

    assert fast == slow
    assert fast.status in ((200,) if method == "OPTIONS" else (403, 405))


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/voice",
        "/voice/",
        "/voice/incoming/",
        "/voice/incoming/x",
        "//voice/incoming",
        "/voice//incoming",
        "/voice/incoming\n",
        "/Voice/incoming",
        "/voice/turn",
        "/voice/turn/",
        "/voice/turn/abc",
        "/voice/turn/a/b",
        "/voice/turn//a",
        "/voice/turn/../incoming",
        "/voice/turn/é",
        "/voice/turn/a b",
        "/voice/turn/%41",
        "/voice/turn/" + "A" * 3000,
        "/voice/wait/nobody",
        "/voice/nothing",
    ],
)
def test_odd_paths_are_answered_alike(twins: tuple[Twin, Twin], path: str) -> None:
    fast, slow = both(twins, odd(path))

    assert fast == slow


@pytest.mark.parametrize(
    "changed",
    [
        {"CONTENT_LENGTH": ""},
        {"CONTENT_LENGTH": "-1"},
        {"CONTENT_LENGTH": "²"},
        {"CONTENT_LENGTH": "12"},
        {"CONTENT_LENGTH": "9" * 40},
        {"CONTENT_LENGTH": "", "wsgi.input_terminated": True},
        {"CONTENT_TYPE": "application/json"},
        {"CONTENT_TYPE": ""},
        {"query": "a=b&c=%20"},
        {"query": "a=b", "QUERY_STRING": "a=c"},
        {"HTTP_HOST": "evil.example", "HTTP_X_FORWARDED_HOST": "evil.example"},
        {"SCRIPT_NAME": "/shop"},
    ],
    ids=str,
)
def test_odd_headers_are_answered_alike(twins: tuple[Twin, Twin], changed: dict[str, Any]) -> None:
    fast, slow = both(twins, odd("/voice/incoming", **changed))

    assert fast == slow


@pytest.mark.parametrize("door", sorted(DOORS))
@pytest.mark.parametrize("size", [MAX_BYTES, MAX_BYTES + 1, 4 * MAX_BYTES])
def test_bodies_of_any_size_are_answered_alike(twins: tuple[Twin, Twin], door: str, size: int) -> None:
    def padded(twin: Twin) -> tuple[Environ, bytes]:
        environ, body = twin.knocks[door].sent(right_one(twin.shop))
        body = body + b"&Padding=" + b"x" * (size - len(body) - 9)
        return environ | {"CONTENT_LENGTH": str(len(body))}, body

    fast, slow = both(twins, padded)

    assert fast == slow
    assert fast.status == (403 if size <= MAX_BYTES else 413)


def test_plain_requests_never_reach_flask(alone: Twin) -> None:
    def flask(*_args: Any) -> Iterable[bytes]:
        raise AssertionError("this request came as far as Flask")

    entrance = Entrance(alone.shop.rt, flask)
    for sender in alone.senders:
        for door in DOORS:
            status, _, _ = ask(entrance, *alone.knocks[door].sent(sender))

            assert status == (200 if sender.is_let_in else 403)


def test_a_public_prefix_is_part_of_what_is_signed(alone: Twin) -> None:
    twin, prefixed = alone, "https://calls.example/shop"
    settings = twin.shop.rt.settings.model_copy(update={"public_base_url": prefixed})
    entrance = Entrance(replace(twin.shop.rt, settings=settings), twin.shop.app.wsgi_app)
    for door in DOORS:
        right = right_one(twin.shop)
        inside = twin.knocks[door].sent(right)
        outside = signed_environ(
            twin.knocks[door].path, twin.knocks[door].fields, secret=right.secret, base_url=prefixed
        )

        assert ask(entrance, *outside).status == 200
        assert ask(entrance, *inside).status == 403


def test_every_door_is_also_a_rule_of_flask(twins: tuple[Twin, Twin]) -> None:
    rules = {rule.endpoint: rule.methods or set() for rule in twins[0].shop.app.url_map.iter_rules()}

    assert all("POST" in rules[f"voice.{door}"] for door in DOORS)


def test_every_door_answers_every_sender_alike(twins: tuple[Twin, Twin]) -> None:
    for door in twins[0].knocks:
        for which, sender in enumerate(twins[0].senders):
            requests = (twin.knocks[door].sent(twin.senders[which]) for twin in twins)
            fast, slow = (ask(twin.app, *request) for twin, request in zip(twins, requests, strict=True))

            assert fast == slow, (door, sender)
            assert fast.status == (200 if sender.is_let_in else 403), (door, sender)


def test_a_genuine_request_of_the_other_account_is_answered_alike(twins: tuple[Twin, Twin]) -> None:
    for door in DOORS:
        requests = (twin.knocks[door].sent(the_other(twin.shop), account_sid=OTHER_ACCOUNT) for twin in twins)
        fast, slow = (ask(twin.app, *request) for twin, request in zip(twins, requests, strict=True))

        assert fast == slow, door
