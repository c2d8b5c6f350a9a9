"""The panel alone in a Flask app, on SQLite and a clock that stands still."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Playwright

from panel.web import register
from tests.build import make_rt
from tests.panel.build import Browser, Clock, person, shop, sign_in
from tests.panel.site import Site
from tests.panel.visitors import Visitors
from tests.sound.browser import FLAGS
from voice.runtime import Runtime


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rt(tmp_path: Path, clock: Clock) -> Iterator[Runtime]:
    runtime = make_rt(tmp_path, clock)
    yield runtime
    runtime.store.close()


@pytest.fixture
def app(rt: Runtime) -> Flask:
    app = Flask("panel under test", static_folder=None)
    register(app, rt)
    return app


@pytest.fixture
def shops(rt: Runtime) -> None:
    """Northwind, where ann and bob work, and Tailspin, where carl does."""
    shop(rt, "northwind", "Northwind Outdoor")
    shop(rt, "tailspin", "Tailspin Toys")
    person(rt, "ann", "northwind")
    person(rt, "bob", "northwind")
    person(rt, "carl", "tailspin")
    person(rt, "sue", "northwind", role="supervisor", desk=False)


@pytest.fixture
def client_of(app: Flask) -> Callable[[str], Browser]:
    """Signs somebody in, in a browser of their own."""
    return lambda name: sign_in(app.test_client(), name)


@pytest.fixture(scope="session")
def browser(playwright: Playwright, chromium: str) -> Iterator[Chromium]:
    """A Chromium that all tests of pages share."""
    browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
    yield browser
    browser.close()


@pytest.fixture
def visitors(browser: Chromium, here: Site) -> Iterator[Visitors]:
    """Who looks at the pages of `here`, the site that a test file builds."""
    visitors = Visitors(browser, here)
    yield visitors
    visitors.leave()
