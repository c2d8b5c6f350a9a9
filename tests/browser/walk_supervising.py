"""A walk past what happens around a talk: who supervises it, who waits meanwhile, what comes after it, and the way back."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import rings
from tests.browser.desk import Desk
from tests.browser.promises import promised
from tests.browser.stack import NORTHWIND, Whole
from tests.browser.walk import Look
from tests.patience import PATIENCE
from tests.sound.customer import Customer

WAITS = "+12025557103"
PROMISED = ("+12025557201", "+12025557202", "+12025557203")


def walk_past_choices_in_a_talk(desk: Desk, look: Look) -> None:
    """What comes after the call, and where the next one rings."""
    status, dialog = desk.page.locator("#status"), desk.page.get_by_role("dialog")
    status.locator("summary").click()
    status.get_by_role("button", name="Away: lunch").click()
    expect(status.locator("summary")).to_contain_text("then lunch", timeout=PATIENCE)
    status.locator("summary").click()
    look("60 after the call", desk.page)
    status.get_by_role("button", name="Available").click()
    status.locator("summary").click()
    status.get_by_role("button", name="My phone…").click()
    expect(dialog).to_be_visible(timeout=PATIENCE)
    look("61 my own phone", desk.page)
    dialog.get_by_role("button", name="Cancel").click()


def walk_past_supervising(office: Page, desk: Desk, name: str, look: Look) -> None:
    """A supervisor listens, then speaks to the agent; what can be done to an agent, and the question before it."""
    bar, dialog = office.locator("#floor-ear"), office.get_by_role("dialog")
    office.get_by_role("button", name=f"Listen to {name}", exact=True).click(timeout=PATIENCE)
    expect(bar).to_contain_text("Nobody hears you", timeout=PATIENCE)
    look("62 listening", office)
    bar.get_by_role("button", name="Coach").click()
    expect(bar).to_contain_text(f"Only {name} hears you", timeout=PATIENCE)
    desk.shows("coaches you")
    look("63 coaching", office)
    look("64 coached", desk.page)
    bar.get_by_role("button", name="Leave").click()
    expect(bar).to_be_hidden(timeout=PATIENCE)
    office.get_by_role("button", name=f"Manage {name}", exact=True).click()
    expect(dialog).to_be_visible(timeout=PATIENCE)
    look("65 manage an agent", office)
    dialog.get_by_role("button", name="End the call").click()
    expect(dialog).to_contain_text("are cut off", timeout=PATIENCE)
    look("66 before a call is ended", office)
    dialog.get_by_role("button", name="Back", exact=True).click()
    dialog.get_by_role("button", name="Close").click()


def walk_past_moving(office: Page, whole: Whole, look: Look) -> None:
    """A caller waits whom somebody of another queue could take."""
    whole.dials(NORTHWIND, WAITS, press="1@1s")
    office.get_by_role("button", name="Move +1 202-555-7103").click(timeout=PATIENCE)
    dialog = office.get_by_role("dialog")
    expect(dialog).to_be_visible(timeout=PATIENCE)
    look("67 move a caller", office)
    dialog.get_by_role("button", name="Close").click()


def walk_past_callbacks(office: Page, whole: Whole, look: Look) -> None:
    """Whom to call back, and the question before one is cancelled."""
    for number, due_in, made in zip(PROMISED, (900.0, 1860.0, 5400.0), (0, 1, 2), strict=True):
        promised(whole, number, due_in, attempts_made=made, last_result="no_answer" if made else "")
    row = office.locator("[data-table=callbacks] tbody tr")
    expect(row).to_have_count(len(PROMISED), timeout=PATIENCE)
    row.first.get_by_role("button").focus()
    look("68 callbacks", office)
    row.first.get_by_role("button").click()
    expect(office.get_by_role("dialog")).to_be_visible(timeout=PATIENCE)
    look("69 before a callback is cancelled", office)
    office.get_by_role("dialog").get_by_role("button", name="Back", exact=True).click()


def walk_past_the_way_back(desk: Desk, colleague: Desk, name: str, look: Look) -> None:
    """The colleague does not take the caller, who rings at the sender."""
    desk.clicks("Hand on")
    desk.page.get_by_role("dialog").get_by_role("button", name=f"Send: {name}").click(timeout=PATIENCE)
    colleague.is_rung()
    look("70 sent by a colleague", colleague.page)
    colleague.clicks("Decline")
    desk.shows("Back to you: nobody took the caller")
    look("71 back to you", desk.page)


def walk_around_a_talk(
    office: Page, desk: Desk, colleague: Desk, customer: Customer, names: tuple[str, str], look: Look
) -> None:
    """All of it in one call; `names` are those of the agent and of the colleague, who serves another queue."""
    agent, other = names
    rings(desk, customer)
    desk.accepts()
    walk_past_choices_in_a_talk(desk, look)
    walk_past_supervising(office, desk, agent, look)
    walk_past_moving(office, desk.whole, look)
    walk_past_the_way_back(desk, colleague, other, look)
    desk.accepts()
    desk.whole.everybody_hangs_up()
    desk.shows("Wrap-up")
