"""An agent hands the caller on to a colleague, at once or after asking, in real browsers."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from simulator.exchange import Plan
from simulator.legs import Status
from tests.browser.conftest import AGENT_HERTZ, CALLER_HERTZ, rings
from tests.browser.desk import Desk
from tests.browser.judging import Look
from tests.browser.stack import Whole
from tests.patience import PATIENCE
from tests.sound.customer import Customer
from tests.sound.hearing import comes_to_hear

ENGAGED = "+12025550142"


def sends(desk: Desk, name: str) -> None:
    """By the dialog, to the target of this name."""
    desk.clicks("Hand on")
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_role("searchbox").fill(name)
    dialog.get_by_role("button", name=f"Send: {name}", exact=True).click(timeout=PATIENCE)
    expect(dialog).to_be_hidden(timeout=PATIENCE)


@pytest.mark.usefixtures("talking")
def test_a_caller_who_is_sent_on_rings_at_the_colleague_and_talks_there(
    desk: Desk, customer: Customer, new_desk: Callable[..., Desk]
) -> None:
    colleague = new_desk().starts_shift()
    sends(desk, colleague.name.title())

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


def test_a_caller_comes_back_from_an_engaged_number_is_taken_in_a_queue_and_declined_by_a_colleague(
    desk: Desk, customer: Customer, new_desk: Callable[..., Desk], stack: Whole, judges: Look
) -> None:
    stack.simulator.world.parties[ENGAGED] = lambda _leg: Plan(ends_as=Status.BUSY)
    colleague = new_desk()
    stack.serves(f"us_{colleague.name}", "advice")
    colleague.starts_shift()
    rings(desk, customer)
    desk.accepts()

    sends(desk, ENGAGED)
    desk.shows("Back to you: nobody took the caller")
    judges("#phone", desk.page)
    desk.accepts()

    sends(desk, "advice")
    desk.shows("Wrap-up")
    colleague.is_rung()
    colleague.shows(f"Sent by {desk.name.title()}")
    colleague.shows("Queue advice")
    colleague.accepts()
    desk.clicks("Ready for the next call")

    sends(colleague, desk.name.title())
    desk.is_rung()
    desk.clicks("Decline")
    colleague.shows("Back to you: nobody took the caller")
    customer.clicks("Hang up")
    colleague.shows("Waiting for a call")
