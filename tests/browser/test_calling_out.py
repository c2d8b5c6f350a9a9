"""An agent calls a customer from the desk, in real browsers."""

from playwright.sync_api import expect

from tests.browser.conftest import AGENT_HERTZ, CALLER_HERTZ
from tests.browser.desk import Desk
from tests.browser.stack import Whole
from tests.patience import PATIENCE
from tests.sound.customer import Customer

RINGING_HERTZ = 425.0


def test_an_agent_calls_hears_it_ring_and_talks_to_the_customer(
    desk: Desk, customer: Customer, stack: Whole
) -> None:
    desk.clicks("Call a customer")
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_label("For").select_option(label="Northwind Outfitters")
    dialog.get_by_label("Number").fill("911")
    dialog.get_by_role("button", name="Call", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("Emergency numbers cannot", timeout=PATIENCE)
    desk.complaints.clear()  # the browser tells of the 422

    dialog.get_by_label("Number").fill("(202) 555-7788")
    dialog.get_by_role("button", name="Call", exact=True).click()
    desk.shows("Their phone rings")
    desk.shows("They see +1 202-555-0100")
    desk.comes_to_hear(RINGING_HERTZ)
    customer.is_rung()
    customer.clicks("Accept")
    desk.talks()
    customer.comes_to_hear(AGENT_HERTZ)
    desk.comes_to_hear(CALLER_HERTZ)

    desk.clicks("End call")
    customer.is_free()
    desk.shows("Wrap-up")
    call = stack.last_call()
    assert (call.direction, call.caller) == ("outbound", customer.number)
