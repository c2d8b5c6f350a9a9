"""One whole Ringdesk for all tests here, a browser for callers and one for agents, each with a tone in its microphone."""

import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright
from sqlalchemy import select

from tests.browser.desk import Desk
from tests.browser.stack import NORTHWIND, Whole, whole
from tests.sound.browser import FLAGS, microphone, tone_wav
from tests.sound.customer import Customer
from tests.sound.hearing import listen_in
from voice import models

CALLER_HERTZ, AGENT_HERTZ = 620.0, 1150.0
_names = count(1)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    with whole(tmp_path_factory.mktemp("whole")) as running:
        yield running


def browser_with(playwright: Playwright, chromium: str, folder: Path, hertz: float) -> Browser:
    # Who asks for the microphone is told yes or no by the context, so the flag that always says yes is left out.
    flags = [flag for flag in FLAGS if flag != "--use-fake-ui-for-media-stream"]
    wav = tone_wav(folder / "microphone.wav", hertz)
    return playwright.chromium.launch(executable_path=chromium, args=[*flags, microphone(wav)])


@pytest.fixture(scope="session")
def callers_browser(
    playwright: Playwright, chromium: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    browser = browser_with(playwright, chromium, tmp_path_factory.mktemp("callers"), CALLER_HERTZ)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def agents_browser(
    playwright: Playwright, chromium: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    browser = browser_with(playwright, chromium, tmp_path_factory.mktemp("agents"), AGENT_HERTZ)
    yield browser
    browser.close()


def new_context(browser: Browser, allowed: bool = True, **options: object) -> BrowserContext:
    """A person's browser, with the microphone allowed or not."""
    context = browser.new_context(**options)  # type: ignore[arg-type]
    if allowed:
        context.grant_permissions(["microphone"])
    listen_in(context)
    context.add_init_script(path=Path(__file__).with_name("for_tests.js"))
    return context


@pytest.fixture
def complaints() -> list[str]:
    """What browsers complained of; a test that provokes some takes them out."""
    return []


@pytest.fixture
def new_desk(stack: Whole, agents_browser: Browser, complaints: list[str]) -> Iterator[Callable[..., Desk]]:
    """Opens the desk of a new agent; of a known one in the same or another browser when given."""
    contexts: list[BrowserContext] = []
    people: set[str] = set()

    def open_desk(like: Desk | None = None, *, same_browser: bool = False, **options: object) -> Desk:
        name = like.name if like else f"agent{next(_names)}"
        if like is None:
            people.add(stack.agent(name))
        if like and same_browser:
            return Desk(like.context, stack, name, complaints)
        contexts.append(new_context(agents_browser, **options))  # type: ignore[arg-type]
        return Desk(contexts[-1], stack, name, complaints)

    yield open_desk
    for agent_id in people:
        stack.goes_home(agent_id)
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def desk(new_desk: Callable[..., Desk]) -> Desk:
    """An agent who has started the shift."""
    return new_desk().starts_shift()


@pytest.fixture
def customer(callers_browser: Browser, stack: Whole) -> Iterator[Customer]:
    context = new_context(callers_browser)
    customer = Customer(context.new_page(), stack.simulator.url, f"+1202555{7000 + next(_names)}")
    customer.switches_on()
    yield customer
    context.close()
    _until_nobody_is_left(stack)
    assert customer.complaints == []


@pytest.fixture
def talking(desk: Desk, customer: Customer) -> None:
    """The customer called, pressed 1, and was taken by the agent: both hear each other."""
    rings(desk, customer)
    desk.accepts()
    desk.comes_to_hear(CALLER_HERTZ)
    customer.comes_to_hear(AGENT_HERTZ)


def rings(desk: Desk, customer: Customer) -> None:
    """The customer calls and presses 1; the desk rings."""
    customer.dials(NORTHWIND)
    customer.talks()
    customer.hears_something()
    customer.presses("1")
    desk.is_rung()


def _until_nobody_is_left(stack: Whole) -> None:
    for _ in range(100):
        with stack.rt.store.read() as tx:
            if tx.scalar(select(models.Call.id).where(models.Call.ended_at.is_(None)).limit(1)) is None:
                return
        time.sleep(0.1)
    raise AssertionError("a call did not end within 10 s")
