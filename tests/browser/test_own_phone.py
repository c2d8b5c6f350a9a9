"""An agent moves the calls to an ordinary phone and asks an outside number, at the desk in a real browser."""

from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.judging import Look
from tests.browser.stack import NORTHWIND, Whole
from tests.patience import PATIENCE
from tests.sound.customer import Customer


def test_calls_come_to_the_phone_that_the_agent_chose_and_the_desk_works_them(
    desk: Desk, customer: Customer, stack: Whole, judges: Look
) -> None:
    desk.is_spoilt = True
    chooses(desk, "My phone…")
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_label("Your number").fill("+1 900 555 0123")
    dialog.get_by_role("button", name="Take calls there").click()
    expect(dialog.get_by_role("alert")).to_contain_text("costs its caller extra", timeout=PATIENCE)
    judges("#own-phone", desk.page)
    desk.complaints.clear()  # the browser tells of the 422
    dialog.get_by_label("Your number").fill("(202) 555-7788")
    dialog.get_by_role("button", name="Take calls there").click()
    desk.shows("Your phone rings, +1 202-555-7788")

    stack.dials(NORTHWIND, "+12025550190", press="1@8s")
    customer.is_rung()
    desk.shows("Your phone rings: press 1 there")
    expect(desk.phone.get_by_role("button", name="Accept")).to_have_count(0)
    customer.clicks("Accept")
    customer.hears_something()
    customer.presses("1")
    desk.shows("Talking on your phone")
    expect(desk.phone.get_by_role("button", name="Mute")).to_have_count(0)
    desk.clicks("Hand on")
    dialog.get_by_role("searchbox").fill("+1 202 555 0142")
    dialog.get_by_role("button", name="Ask first: +1 202 555 0142").click()
    desk.shows("+1 202-555-0142")
    desk.clicks("Back to the caller")
    desk.shows("Talking on your phone")
    desk.clicks("End call")
    customer.is_free()
    desk.shows("Wrap-up")
    desk.clicks("Ready for the next call")

    chooses(desk, "This browser")
    desk.shows("Leave this page open. It rings here.")


def chooses(desk: Desk, place: str) -> None:
    """In the menu of the agent's state."""
    desk.page.locator("#status summary").click()
    desk.page.locator("#status").get_by_role("button", name=place).click()
