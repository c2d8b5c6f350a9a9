"""An agent sends the caller on to a colleague, in real browsers."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import CALLER_HERTZ
from tests.browser.desk import Desk
from tests.patience import PATIENCE
from tests.sound.customer import Customer


@pytest.mark.usefixtures("talking")
def test_a_caller_who_is_sent_on_rings_at_the_colleague_and_talks_there(
    desk: Desk, customer: Customer, new_desk: Callable[..., Desk]
) -> None:
    colleague = new_desk().starts_shift()
    desk.clicks("Send on")
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_role("searchbox").fill(colleague.name)
    dialog.get_by_role("button", name=colleague.name).click()

    expect(dialog).to_be_hidden(timeout=PATIENCE)
    desk.shows("Wrap-up")
    colleague.is_rung()
    colleague.shows(f"Sent by {desk.name.title()}")
    colleague.accepts()
    colleague.comes_to_hear(CALLER_HERTZ)
    customer.clicks("Hang up")
    colleague.shows("Wrap-up")
