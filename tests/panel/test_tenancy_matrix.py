"""Every address of the panel x every role of two merchants x own, foreign and absent things: nothing leaks.

The rows are checked against the app's own map of addresses, so a new address fails here until it has a row. What is
foreign must be answered word for word as what does not exist, tell nothing of the other merchant, and change nothing.
"""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from panel.web import register
from tests.build import make_rt
from tests.panel.addresses import ABSENT, MATRIX, OPEN, Ask, Ids
from tests.panel.build import (
    Browser,
    Clock,
)
from tests.panel.two_merchants import World, kept, populated
from voice.models import (
    User,
)
from voice.runtime import Runtime


@pytest.fixture
def world(rt: Runtime, app: Flask) -> World:
    """Two merchants with their people."""
    return populated(rt, app)


@pytest.fixture(scope="module")
def still_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The same for tests in which nothing may change."""
    rt = make_rt(tmp_path_factory.mktemp("still"), Clock())
    app = Flask("a still panel", static_folder=None)
    register(app, rt)
    yield populated(rt, app)
    rt.store.close()


def endpoints(app: Flask) -> set[str]:
    return {
        rule.endpoint.removeprefix("panel.")
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("panel.")
    }


def send(browser: Browser | FlaskClient, ask: Ask) -> TestResponse:
    method, path, body = ask
    client = browser.client if isinstance(browser, Browser) else browser
    headers = {"X-CSRF-Token": browser.csrf} if isinstance(browser, Browser) else {}
    return client.open(path, method=method, json=body, headers=headers, buffered=True)


def told(answer: TestResponse, asked: Ids) -> str:
    """An answer without what was asked for, which may be repeated in it."""
    text = answer.get_data(as_text=True) + answer.headers.get("Location", "")
    for name in (
        asked.merchant,
        asked.user,
        asked.session,
        asked.call,
        asked.offer,
        asked.account,
        asked.link,
    ):
        text = text.replace(name, "·")
    return re.sub(rf"\b{asked.number}\b", "·", text)


def of_merchant(world: World, merchant: str) -> Iterator[tuple[str, Browser]]:
    for (shop_id, role), browser in world.browsers.items():
        if shop_id == merchant:
            yield role, browser


def test_every_address_has_a_row(app: Flask) -> None:
    assert set(MATRIX) == endpoints(app) - OPEN


@pytest.mark.parametrize("endpoint", sorted(MATRIX))
def test_nobody_gets_anywhere(still_world: World, endpoint: str) -> None:
    world = still_world
    for ids in (world.a, ABSENT):
        for ask in MATRIX[endpoint].asks(ids, world.a):
            answer = send(world.nobody, ask)

            is_page = not ask[1].startswith(("/api/", "/media/"))
            assert answer.status_code == (302 if is_page and ask[0] == "GET" else 401), ask
            if is_page:
                assert answer.headers["Location"].startswith("/login?next=")


@pytest.mark.parametrize("endpoint", sorted(name for name, row in MATRIX.items() if row.names_things))
def test_what_is_foreign_does_not_exist_for_anybody(still_world: World, endpoint: str) -> None:
    """A's people ask for B's things, B's for A's, and the stray for both's."""
    world = still_world
    row = MATRIX[endpoint]
    pairs = [
        (world.a, world.b, world.a.merchant),
        (world.b, world.a, world.b.merchant),
        (world.a, world.b, ""),
    ]
    for mine, theirs, merchant in pairs:
        before = kept(world.rt, theirs)
        for role, browser in of_merchant(world, merchant):
            for foreign, absent in zip(row.asks(theirs, mine), row.asks(ABSENT, mine), strict=True):
                got, wanted = send(browser, foreign), send(browser, absent)

                assert got.status_code == wanted.status_code, (role, foreign)
                assert told(got, theirs) == told(wanted, ABSENT), (role, foreign)
                assert theirs.mark not in told(got, theirs), (role, foreign)
                if foreign[0] == "POST" or role not in row.who:
                    assert got.status_code in (403, 404, 409, 410), (role, foreign)
        assert kept(world.rt, theirs) == before


@pytest.mark.parametrize("endpoint", sorted(MATRIX))
def test_ones_own_is_reached_by_the_roles_of_the_row_and_shows_nothing_of_others(
    world: World, endpoint: str
) -> None:
    row = MATRIX[endpoint]
    before = kept(world.rt, world.b)
    askers = [*of_merchant(world, world.a.merchant), *of_merchant(world, "")]
    for role, browser in sorted(
        askers, key=lambda one: one[0] in row.who
    ):  # who may not, first: nothing is changed yet
        ask = row.asks(world.a, world.a)[0]

        answer = send(browser, ask)

        reached = answer.status_code not in (401, 403, 404)
        assert reached == (role in row.who), (role, answer.status_code, answer.get_data(as_text=True)[:200])
        for text in (world.b.mark, world.b.merchant):
            assert text not in answer.get_data(as_text=True), role
    assert kept(world.rt, world.b) == before


def test_the_matrix_would_see_a_leak(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the one condition on merchants taken out of a question, the matrix fails."""
    monkeypatch.setattr(
        "panel.people.Viewer.merchants", property(lambda _viewer: (world.a.merchant, world.b.merchant))
    )
    (foreign,) = MATRIX["tickets.show"].asks(world.b, world.a)

    answer = send(world.browsers["northwind", "agent"], foreign)

    assert world.b.mark in told(answer, world.b)


def test_people_of_two_merchants_are_who_they_are_in_each(world: World, app: Flask) -> None:
    """Supervisor here and agent there: the floor of the one, the tickets of both."""
    with world.rt.write() as tx:
        from voice.models import Membership

        assert tx.get(User, f"us_supervisor-{world.a.mark}") is not None
        tx.add(
            Membership(merchant_id=world.b.merchant, user_id=f"us_supervisor-{world.a.mark}", role="agent")
        )
    both = world.browsers["northwind", "supervisor"]

    assert [one["id"] for one in both.get("/api/floor").get_json()["merchants"]] == [world.a.merchant]
    assert world.b.mark not in both.get("/api/floor").get_data(as_text=True)
    assert both.get(f"/api/tickets/{world.b.merchant}/{world.b.number}").status_code == 200
    assert both.get("/api/people").status_code == 403
