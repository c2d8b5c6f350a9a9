"""A supervisor in a talk, in real browsers: three microphones with a tone each say who is heard by whom."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.browser.conftest import AGENT_HERTZ, CALLER_HERTZ, browser_with, new_context
from tests.browser.desk import Desk
from tests.browser.judging import Look
from tests.browser.stack import Whole
from tests.panel.build import PASSWORD
from tests.patience import PATIENCE
from tests.sound.customer import Customer
from tests.sound.hearing import comes_to_hear

SUPERVISOR_HERTZ = 1730.0
HEARD = 12.0  # decibels above the rest


@pytest.fixture(scope="module")
def supervisors_browser(
    playwright: Playwright, chromium: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    browser = browser_with(playwright, chromium, tmp_path_factory.mktemp("supervisors"), SUPERVISOR_HERTZ)
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def vera(supervisors_browser: Browser, stack: Whole) -> Iterator[tuple[Page, list[str]]]:
    """A supervisor who takes no calls, signed in; and what the browser complains of."""
    stack.supervisor("vera", full_name="Vera Stone", role="supervisor")
    context, told = new_context(supervisors_browser), list[str]()
    page = context.new_page()
    page.on("console", lambda said: told.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda fault: told.append(str(fault)))
    page.goto(f"{stack.address}/floor")
    page.fill("#email", "vera@example.com")
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    yield page, told
    context.close()


@pytest.fixture
def floor(vera: tuple[Page, list[str]]) -> Iterator[Page]:
    """The floor page, live."""
    page, told = vera
    expect(page.locator("#floor-pulse")).to_have_text("Live", timeout=PATIENCE)
    yield page
    assert told == []


@pytest.mark.usefixtures("talking")
def test_a_supervisor_listens_coaches_barges_in_and_leaves(
    desk: Desk, customer: Customer, floor: Page, judges: Look
) -> None:
    name, bar = desk.name.title(), floor.locator("#floor-ear")
    floor.get_by_role("button", name=f"Listen to {name}", exact=True).click(timeout=PATIENCE)
    expect(bar).to_contain_text("Nobody hears you", timeout=PATIENCE)
    comes_to_hear(floor, CALLER_HERTZ, AGENT_HERTZ)
    assert customer.hears(AGENT_HERTZ, seconds=1.5, enough=HEARD) > HEARD
    judges("#floor-ear", floor)

    bar.get_by_role("button", name="Coach").click()
    expect(bar).to_contain_text(f"Only {name} hears you", timeout=PATIENCE)
    desk.shows("Vera Stone coaches you. Only you hear Vera Stone.")
    judges("#phone", desk.page)
    comes_to_hear(desk.page, CALLER_HERTZ, SUPERVISOR_HERTZ)
    assert customer.hears(AGENT_HERTZ, seconds=1.5, enough=HEARD) > HEARD

    bar.get_by_role("button", name="Barge in").click()
    desk.shows("The caller hears Vera Stone, too.")
    comes_to_hear(customer.page, AGENT_HERTZ, SUPERVISOR_HERTZ)

    bar.get_by_role("button", name="Leave").click()
    expect(bar).to_be_hidden(timeout=PATIENCE)
    desk.comes_to_hear(CALLER_HERTZ)
    customer.comes_to_hear(AGENT_HERTZ)


def test_a_supervisor_sets_a_state_and_ends_a_call_after_a_question(
    desk: Desk, customer: Customer, talking: None, floor: Page, judges: Look
) -> None:
    name, dialog = desk.name.title(), floor.get_by_role("dialog")
    manage = floor.get_by_role("button", name=f"Manage {name}", exact=True)
    manage.click(timeout=PATIENCE)
    expect(dialog).to_be_visible(timeout=PATIENCE)
    judges("#floor-deeds", floor)
    dialog.get_by_role("button", name="Away: training").click()
    expect(floor.locator("#toasts")).to_contain_text(f"{name} will be away after the call.", timeout=PATIENCE)
    expect(desk.page.locator("#status")).to_contain_text("then training (Vera Stone)", timeout=PATIENCE)

    manage.click()
    dialog.get_by_role("button", name="End the call").click()
    expect(dialog).to_contain_text(f"End the call of {name}?", timeout=PATIENCE)
    judges("#floor-deeds:modal", floor)
    dialog.get_by_role("button", name="Back").click()
    desk.talks()
    dialog.get_by_role("button", name="End the call").click()
    dialog.get_by_role("button", name="End the call").click()

    customer.is_free()
    desk.shows("Wrap-up")
    desk.clicks("Ready for the next call")
    desk.shows("You are away: training")
    desk.shows("Vera Stone set this for you.")
    desk.clicks("Take calls again")
