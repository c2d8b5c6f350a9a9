"""A walk past everything an agent can see: each state of the desk in a real call, each page full, each page empty."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import update

from tests.browser.conftest import rings
from tests.browser.desk import Desk
from tests.browser.stack import Whole
from tests.patience import PATIENCE
from tests.sound.customer import Customer
from voice import models

Look = Callable[[str, Page], None]


def walk_through_a_call(desk: Desk, customer: Customer, look: Look) -> None:
    """From the start of the shift to the ticket with its sound."""
    look("01 off shift", desk.page)
    desk.starts_shift()
    look("02 sound check", desk.page)
    desk.clicks("Done")
    look("03 available", desk.page)
    rings(desk, customer)
    desk.page.wait_for_timeout(300)
    look("04 ring", desk.page)
    desk.accepts()
    look("05 talk", desk.page)
    desk.clicks("Keypad")
    desk.page.keyboard.type("12*")
    desk.clicks("Mute")
    look("06 keypad and mute", desk.page)
    desk.clicks("Keypad")
    desk.clicks("Unmute")
    desk.clicks("Hold")
    desk.shows("On hold")
    look("07 hold", desk.page)
    desk.goes("Tickets")
    expect(desk.page.get_by_role("heading", name="Tickets", level=1)).to_be_visible()
    look("08 tickets in a talk", desk.page)
    desk.clicks("Resume")
    desk.page.get_by_role("navigation", name="Pages", exact=True).get_by_role("link", name="Desk").click()
    desk.clicks("End call")
    desk.shows("Wrap-up")
    look("09 wrap-up", desk.page)
    desk.phone.get_by_role("link", name="Ticket").click()
    expect(desk.page.locator(".wave")).to_be_visible(timeout=30_000)
    look("10 ticket", desk.page)
    desk.clicks("Ready for the next call")


def walk_past_pages(desk: Desk, whole: Whole, look: Look) -> None:
    """Every page between calls, and what lists say when they have nothing."""
    for name, path in (
        ("16 no such page", "/tickets/marlow/999"),
        ("11 tickets", "/tickets"),
        ("12 tickets none found", "/tickets?q=zzz"),
        ("13 missed", "/missed"),
        ("14 missed none found", "/missed?q=zzz"),
        ("15 ticket without sound", "/tickets/marlow/3"),
    ):
        desk.page.goto(f"{whole.address}{path}")
        expect(desk.page.locator("h1").first).to_be_attached()
        look(name, desk.page)


def walk_past_states(desk: Desk, whole: Whole, look: Look) -> None:
    """What the desk says when no call comes to it."""
    desk.page.goto(f"{whole.address}/desk")
    for name, words, changes in (
        ("17 away", "You are away: lunch", {"state": "away", "reason": "lunch"}),
        ("18 missed a call", "You missed a call", {"state": "away", "reason": "missed"}),
        ("19 out of reach", "Your desk did not answer", {"state": "unreachable", "reason": ""}),
    ):
        with whole.rt.write() as tx:
            tx.execute(
                update(models.Agent)
                .where(models.Agent.id == f"us_{desk.name}")
                .values(desk_version=models.Agent.desk_version + 1, **changes)
            )
        whole.rt.nudge("desks")
        desk.shows(words)
        look(name, desk.page)


def walk_with_long_names(desk: Desk, look: Look) -> None:
    """A call for a shop, and from a queue, whose names fill the page."""
    desk.page.goto(f"{desk.whole.address}/desk")
    desk.is_rung()
    look("24 ring with long names", desk.page)
    desk.accepts()
    look("25 talk with long names", desk.page)
    desk.goes("Tickets")
    expect(desk.page.get_by_role("heading", name="Tickets", level=1)).to_be_visible()
    desk.clicks("Keypad")
    look("26 call bar with keypad and long names", desk.page)
    desk.clicks("Keypad")


def walk_without_microphone(desk: Desk, look: Look) -> None:
    """A browser that does not give it."""
    desk.clicks("Start shift")
    desk.shows("The microphone is not allowed")
    look("20 no microphone", desk.page)


def walk_past_the_second_tab(second: Desk, look: Look) -> None:
    """A tab that follows."""
    expect(second.phone).to_contain_text("another tab", timeout=PATIENCE)
    look("21 second tab", second.page)


def walk_out(page: Page, whole: Whole, look: Look) -> None:
    """The page to sign in."""
    page.goto(f"{whole.address}/login")
    look("22 sign in", page)
    page.fill("#email", "ann@example.com")
    page.fill("#password", "wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#wrong")).to_be_visible()
    look("23 sign in refused", page)
