"""An agent hands the caller on to a colleague, at once or after asking, in real browsers."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import AGENT_HERTZ, CALLER_HERTZ
from tests.browser.desk import Desk
from tests.patience import PATIENCE
from tests.sound.customer import Customer
from tests.sound.hearing import comes_to_hear


@pytest.mark.usefixtures("talking")
def test_a_caller_who_is_sent_on_rings_at_the_colleague_and_talks_there(
    desk: Desk, customer: Customer, new_desk: Callable[..., Desk]
) -> None:
    colleague = new_desk().starts_shift()
    desk.clicks("Hand on")
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_role("searchbox").fill(colleague.name)
    dialog.get_by_role("button", name=f"Send: {colleague.name}").click()

    expect(dialog).to_be_hidden(timeout=PATIENCE)
    desk.shows("Wrap-up")
    colleague.is_rung()
    colleague.shows(f"Sent by {desk.name.title()}")
    colleague.accepts()
    colleague.comes_to_hear(CALLER_HERTZ)
    customer.clicks("Hang up")
    colleague.shows("Wrap-up")


@pytest.mark.usefixtures("talking")
def test_a_colleague_who_is_asked_first_hears_the_agent_and_only_then_the_caller(
    desk: Desk, customer: Customer, new_desk: Callable[..., Desk]
) -> None:
    colleague = new_desk().starts_shift()
    desk.clicks("Hand on")
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_role("searchbox").fill(colleague.name)
    dialog.get_by_role("button", name=f"Ask first: {colleague.name}").click()
    desk.shows(f"Asking {colleague.name.title()}. The caller hears music")
    colleague.is_rung()
    colleague.shows(f"{desk.name.title()} asks you first")
    colleague.clicks("Accept")

    colleague.shows("The caller hears music")
    colleague.comes_to_hear(AGENT_HERTZ)
    assert colleague.hears(CALLER_HERTZ, seconds=1.5) < 0
    desk.clicks("All three")
    comes_to_hear(colleague.page, AGENT_HERTZ, CALLER_HERTZ)
    desk.clicks("Leave them")
    desk.shows("Wrap-up")
    expect(colleague.phone.get_by_role("button", name="End call")).to_be_visible(timeout=PATIENCE)
    customer.clicks("Hang up")
    colleague.shows("Wrap-up")
