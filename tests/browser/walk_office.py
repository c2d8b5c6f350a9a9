"""A walk past the pages of supervisors and admins, and past those of the simulated telephone network."""

from playwright.sync_api import Page, expect

from tests.browser.stack import MARLOW, NORTHWIND, Whole
from tests.browser.walk import Look
from tests.panel.build import PASSWORD
from tests.panel.floor_shop import day_of
from tests.patience import PATIENCE
from tests.sound.customer import Customer


def two_wait(whole: Whole) -> None:
    """Callers of a shop where nobody is free."""
    for number in ("+12025557101", "+12025557102"):
        whole.dials(MARLOW, number)


def open_the_floor(page: Page, whole: Whole, who: str = "sue") -> None:
    """The floor page, live; whoever is not signed in signs in."""
    page.goto(f"{whole.address}/floor")
    if "/login" in page.url:
        page.fill("#email", f"{who}@example.com")
        page.fill("#password", PASSWORD)
        page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#floor-pulse")).to_have_text("Live", timeout=PATIENCE)


def walk_past_the_floor(page: Page, whole: Whole, look: Look) -> None:
    """Nobody waits; then two wait, one of them too long, while agents do all that agents do."""
    day_of(
        whole.rt, "northwind", "orders", answered=(4, 9, 12, 31), abandoned=(2, 60), missed=1, voicemails=2
    )
    day_of(whole.rt, "marlow", "restoration_of_antique_furniture", answered=(5, 400))
    open_the_floor(page, whole)
    look("34 floor", page)
    day_of(
        whole.rt, "northwind", "orders", answered=(4, 9, 12, 31), abandoned=(2, 60), missed=1, voicemails=2
    )
    day_of(whole.rt, "marlow", "restoration_of_antique_furniture", answered=(5, 400))
    two_wait(whole)
    expect(page.locator("[data-table=waiting] tbody tr")).to_have_count(2, timeout=PATIENCE)
    page.wait_for_timeout(1_200)  # waits that can be read
    look("35 floor busy", page)


def walk_past_the_office(page: Page, whole: Whole, look: Look) -> None:
    """People, one of them, oneself; and the question before something that cannot be undone."""
    page.goto(f"{whole.address}/people")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    look("30 people", page)
    page.get_by_text("Add somebody").click()
    look("31 adding a person", page)
    person = page.locator("main a[href^='/people/']").first.get_attribute("href")
    page.goto(f"{whole.address}{person}")
    look("32 a person", page)
    page.goto(f"{whole.address}/account")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    look("33 account", page)


def walk_past_the_console(page: Page, whole: Whole, look: Look) -> None:
    """The simulator's first page, then its console: two calls wait, one webhook is open, each list has had its turn."""
    page.goto(whole.simulator.url)
    expect(page.locator("#phone")).to_be_visible()
    look("40 simulator", page)
    page.goto(f"{whole.simulator.url}/console")
    expect(page.locator("#state")).to_have_text("live")
    expect(page.locator("#calls > [data-id^=CA]").first).to_be_visible(timeout=PATIENCE)
    look("41 console", page)
    page.locator("#webhooks button").first.click()
    expect(page.locator("#webhooks pre").first).to_be_visible()
    look("42 console with a webhook open", page)
    for number, name in enumerate(("requests", "alerts", "recordings"), 43):
        page.locator(f"#tab-{name}").click()
        look(f"{number} console {name}", page)
    page.get_by_label("Filter by text").fill("nothing is called so")
    look("46 console none found", page)


def walk_past_the_customers_phone(customer: Customer, whole: Whole, look: Look) -> None:
    """Dialling, a number that is nobody's, talking with the keypad open."""
    page = customer.page
    look("51 phone dialling", page)
    customer.dials("+19995550000")
    expect(page.get_by_role("alert")).to_be_visible(timeout=PATIENCE)
    look("52 phone not reached", page)
    customer.dials(NORTHWIND)
    customer.talks()
    look("53 phone talking", page)
    customer.clicks("Keypad")
    customer.presses("9")
    page.wait_for_timeout(300)  # colours have settled
    look("54 phone keypad", page)
    customer.clicks("Hang up")
    customer.is_free()
