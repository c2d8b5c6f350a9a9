"""One whole Ringdesk for all tests here, a browser for callers and one for agents, each with a tone in its microphone."""

import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright
from sqlalchemy import select

from tests.browser.desk import Desk
from tests.browser.judging import Look, judge
from tests.browser.stack import NORTHWIND, Whole, whole
from tests.sound.browser import FLAGS, microphone, tone_wav
from tests.sound.customer import Customer
from tests.sound.hearing import listen_in
from voice import models

CALLER_HERTZ, AGENT_HERTZ = 620.0, 1150.0
# Chromium's remark on a page that was loaded again before anybody clicked; whether it sounds, tests hear.
BEFORE_ANY_CLICK = "The AudioContext was not allowed to start"
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


def new_context(browser: Browser, allowed: bool = True, **options: Any) -> BrowserContext:
    """A person's browser, with the microphone allowed or not."""
    context = browser.new_context(**options)
    if allowed:
        context.grant_permissions(["microphone"])
    listen_in(context)
    context.add_init_script(path=Path(__file__).with_name("for_tests.js"))
    return context


class Office:
    """The agents of all tests here, and what their browsers complain of."""

    def __init__(self, stack: Whole, browser: Browser) -> None:
        self.stack, self.browser = stack, browser
        self.complaints: list[str] = []
        self.resident: Desk | None = None

    def opens(self, like: Desk | None = None, same_browser: bool = False, **options: Any) -> Desk:
        """The desk of a new agent, or another one of the same agent."""
        name = like.name if like else f"agent{next(_names)}"
        if like is None:
            self.stack.agent(name)
        if like and same_browser:
            like.is_spoilt = True
            return Desk(like.context, self.stack, name, self.complaints)
        context = new_context(self.browser, **options)
        return Desk(context, self.stack, name, self.complaints)

    def close(self) -> None:
        """All go home."""
        if self.resident is not None:
            self.resident.leaves()


@pytest.fixture(scope="session")
def office(stack: Whole, agents_browser: Browser) -> Iterator[Office]:
    """Where agents sit."""
    office = Office(stack, agents_browser)
    yield office
    office.close()


@pytest.fixture
def complaints(office: Office) -> Iterator[list[str]]:
    """What agents' browsers complained of; a test that provokes some takes them out."""
    office.complaints.clear()
    yield office.complaints
    assert [one for one in office.complaints if BEFORE_ANY_CLICK not in one] == []


@pytest.fixture
def new_desk(office: Office, complaints: list[str]) -> Iterator[Callable[..., Desk]]:
    """Opens the desk of a new agent; of a known one in the same or another browser when given."""
    opened: list[Desk] = []

    def open_desk(like: Desk | None = None, *, same_browser: bool = False, **options: Any) -> Desk:
        opened.append(office.opens(like, same_browser, **options))
        return opened[-1]

    yield open_desk
    for desk in opened:
        desk.leaves()


@pytest.fixture
def desk(office: Office, complaints: list[str]) -> Iterator[Desk]:
    """An agent who has started the shift: the one of the test before, unless something was done to her browser."""
    resident, office.resident = office.resident, None
    if (
        resident is not None and not resident.settles()
    ):  # another test's caller may have come to her meanwhile
        resident.leaves()
        resident = None
    desk = resident or office.opens().starts_shift()
    yield desk
    if desk.settles():
        office.resident = desk
    else:
        desk.leaves()


@pytest.fixture
def judges() -> Iterator[Look]:
    """Looks at a part of a page, by its selector; what is wrong there is told at the end."""
    found: dict[str, list[str]] = {}
    yield judge(found, lambda selector, _page: [selector])
    assert {name: told for name, told in found.items() if told} == {}


@pytest.fixture(scope="session")
def telephone(callers_browser: Browser, stack: Whole) -> Iterator[Customer]:
    """A customer's telephone, switched on."""
    context = new_context(callers_browser)
    customer = Customer(context.new_page(), stack.simulator.url, "+12025557788")
    customer.switches_on()
    yield customer
    context.close()


@pytest.fixture
def customer(telephone: Customer, stack: Whole) -> Iterator[Customer]:
    """Somebody who calls; hangs up when the test is over."""
    yield telephone
    hang_up = telephone.page.get_by_role("button", name="Hang up", exact=True)
    if hang_up.is_visible():
        hang_up.click()
    telephone.is_free()
    _until_nobody_is_left(stack)
    complaints, telephone.complaints = telephone.complaints, []
    assert complaints == []


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
    for _ in range(400):
        with stack.rt.store.read() as tx:
            if tx.scalar(select(models.Call.id).where(models.Call.ended_at.is_(None)).limit(1)) is None:
                return
        time.sleep(0.1)
    raise AssertionError("a call did not end within 40 s")
