"""Everybody can read and reach everything: axe-core finds nothing in light or dark, and no page scrolls sideways."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import new_context
from tests.browser.desk import Desk
from tests.browser.history import forty_calls
from tests.browser.judging import judge
from tests.browser.stack import Whole
from tests.browser.walk import (
    walk_out,
    walk_past_the_second_tab,
    walk_through_a_call,
    walk_without_microphone,
)
from tests.browser.walk_office import two_wait, walk_past_the_console, walk_past_the_customers_phone
from tests.patience import PATIENCE
from tests.sound.customer import Customer

PHONE = ["#phone", "#status"]
LOOKED_AT_WHOLE = ("01", "10", "22")


def test_every_state_of_the_desk_is_readable_and_reachable(
    new_desk: Callable[..., Desk],
    customer: Customer,
    stack: Whole,
    agents_browser: Browser,
) -> None:
    """The pages without a call are looked at in the panel's own tests; here is what only a call brings."""
    found: dict[str, list[str]] = {}

    def part(name: str, page: Page) -> list[str] | None:
        signed_out = page.locator("#phone").count() == 0
        return None if signed_out or name.startswith(LOOKED_AT_WHOLE) else PHONE

    look = judge(found, part)
    desk = new_desk()
    forty_calls(stack, f"us_{desk.name}")
    walk_through_a_call(desk, customer, look)
    walk_past_the_second_tab(new_desk(desk, same_browser=True), look)
    walk_without_microphone(new_desk(allowed=False), look)
    walk_out(new_context(agents_browser).new_page(), stack, look)

    assert {name: told for name, told in found.items() if told} == {}


@pytest.fixture
def watched(agents_browser: Browser) -> Iterator[tuple[BrowserContext, list[str]]]:
    """A browser, what it complains of, and every address it asked."""
    context, told = new_context(agents_browser), []
    context.on("console", lambda said: told.append(said.text) if said.type in ("error", "warning") else None)
    context.on("weberror", lambda fault: told.append(str(fault.error)))
    context.on("request", lambda sent: told.append(sent.url))
    yield context, told
    context.close()


def test_the_pages_of_the_simulated_network_are_readable_and_keep_to_themselves(
    watched: tuple[BrowserContext, list[str]], customer: Customer, stack: Whole
) -> None:
    context, told = watched
    found: dict[str, list[str]] = {}
    customer.page.on("request", lambda sent: told.append(sent.url))
    two_wait(stack)

    walk_past_the_console(context.new_page(), stack, judge(found))
    stack.everybody_hangs_up()
    walk_past_the_customers_phone(customer, stack, judge(found))

    assert {name: what for name, what in found.items() if what} == {}
    assert [one for one in told if not one.startswith((stack.simulator.url, "data:", "blob:"))] == []


def test_a_recording_can_be_heard_in_the_console_and_a_tab_is_found_again(
    watched: tuple[BrowserContext, list[str]], desk: Desk, customer: Customer, talking: None, stack: Whole
) -> None:
    desk.clicks("End call")
    customer.is_free()
    page = watched[0].new_page()
    page.goto(f"{stack.simulator.url}/console#show-recordings")

    sound = page.locator("#recordings audio").first
    sound.wait_for(state="visible", timeout=PATIENCE)
    page.wait_for_function("() => document.querySelector('#recordings audio').controls")

    assert page.evaluate("() => scrollY") == 0
    assert sound.evaluate("async (sound) => { await sound.play(); return sound.duration }") > 0.5
