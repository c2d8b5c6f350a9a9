"""A walk past what an agent does with a call besides talking: calling out, handing on, asking first."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.desk import Desk
from tests.patience import PATIENCE
from tests.sound.customer import Customer

Look = Callable[[str, Page], None]


def walk_through_a_call_out(desk: Desk, customer: Customer, look: Look) -> None:
    """From the dialog to the line that nobody takes."""
    desk.goes("Desk")
    desk.clicks("Call a customer")
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_label("For").select_option(label="Northwind Outfitters")
    dialog.get_by_label("Number").fill("911")
    dialog.get_by_role("button", name="Call", exact=True).click()
    expect(dialog.get_by_role("alert")).to_be_visible(timeout=PATIENCE)
    look("30 call a customer", desk.page)
    dialog.get_by_label("Number").fill(customer.number)
    dialog.get_by_role("button", name="Call", exact=True).click()
    desk.shows("Their phone rings")
    look("31 their phone rings", desk.page)
    customer.is_rung()
    customer.clicks("Decline")
    expect(desk.phone.get_by_role("button", name="Call again")).to_be_visible(timeout=PATIENCE)
    look("32 not reached", desk.page)


def walk_through_a_hand_over(desk: Desk, colleague: Desk, look: Look) -> None:
    """In a talk: the dialog, the asking from both sides, all three."""
    desk.clicks("Hand on")
    dialog = desk.page.get_by_role("dialog")
    row = dialog.get_by_role("button", name=f"Ask first: {colleague.name}")
    expect(row).to_be_visible(timeout=PATIENCE)
    look("33 hand on", desk.page)
    row.click()
    desk.shows("Asking")
    colleague.is_rung()
    look("34 asking", desk.page)
    look("35 asked by a colleague", colleague.page)
    colleague.clicks("Accept")
    colleague.shows("The caller hears music")
    desk.shows("The caller hears music")
    expect(desk.phone.get_by_role("button", name="Hand over")).to_be_visible(timeout=PATIENCE)
    look("36 asking together", desk.page)
    look("37 as a guest", colleague.page)
    desk.clicks("All three")
    desk.shows("All three talk")
    look("38 all three", desk.page)
    desk.goes("Tickets")
    expect(desk.page.get_by_role("heading", name="Tickets", level=1)).to_be_visible(timeout=PATIENCE)
    look("39 tickets with all three", desk.page)
    desk.goes("Desk")
    desk.clicks("Leave them")
    desk.shows("Wrap-up")
    desk.clicks("Ready for the next call")
