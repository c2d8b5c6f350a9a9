"""A callback in real browsers: the desk says that nobody is on the line, and the floor lists whom to call."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from routing.callbacks import Callback
from simulator.exchange import Plan
from tests.browser.conftest import new_context
from tests.browser.desk import Desk
from tests.browser.promises import promised
from tests.browser.stack import Whole, whole
from tests.panel.build import PASSWORD
from tests.panel.looking import look
from tests.patience import PATIENCE
from voice import models

NOW, LATER = "+12025550188", "+12025550199"


@pytest.fixture
def silent(tmp_path: Path) -> Iterator[Whole]:
    with whole(tmp_path, sound=False) as running:
        yield running


@pytest.fixture
def floor(silent: Whole, agents_browser: Browser) -> Iterator[Page]:
    """A supervisor's floor."""
    silent.supervisor("vera", full_name="Vera Stone", role="supervisor")
    context = new_context(agents_browser, allowed=False)
    page = context.new_page()
    page.goto(f"{silent.address}/floor")
    page.fill("#email", "vera@example.com")
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#floor-pulse")).to_have_text("Live", timeout=PATIENCE)
    yield page
    context.close()


def test_the_desk_says_that_nobody_is_on_the_line_and_the_floor_lists_whom_to_call(
    silent: Whole, agents_browser: Browser, floor: Page
) -> None:
    silent.agent("ann")
    silent.simulator.world.parties[NOW] = lambda _leg: Plan(seconds=2.0)
    context, complaints = new_context(agents_browser, allowed=False), list[str]()
    desk = Desk(context, silent, "ann", complaints).starts_shift()
    promised(silent, NOW, due_in=0)
    promised(silent, LATER, due_in=900, attempts_made=1, last_result="busy")
    desk.shows("Callback: nobody is on the line yet")
    desk.shows("Attempt 1 of 3")
    rows = floor.locator("[data-table=callbacks] tbody tr")
    expect(rows).to_have_count(2, timeout=PATIENCE)
    expect(rows.first).to_contain_text("In line")
    expect(rows.last).to_contain_text("1 of 3 engaged")
    assert look(floor, "floor-callbacks") == []
    floor.set_viewport_size({"width": 390, "height": 844})
    assert look(floor, "floor-callbacks-phone") == []
    floor.set_viewport_size({"width": 1280, "height": 800})
    assert look(desk.page, "desk-callback") == []

    desk.clicks("Call back")
    desk.talks()
    expect(rows).to_have_count(1, timeout=PATIENCE)
    floor.get_by_role("button", name="Cancel the callback of +1 202-555-0199").click()
    dialog = floor.get_by_role("dialog")
    expect(dialog).to_contain_text("Do not call +1 202-555-0199 back?")
    dialog.get_by_role("button", name="Cancel the callback").click()
    expect(floor.get_by_text("Nobody is to be called back")).to_be_visible(timeout=PATIENCE)
    desk.clicks("End call")
    context.close()

    assert complaints == []
    with silent.rt.store.read() as tx:
        states = {row.number: row.state for row in tx.query(models.Callback)}
        told = [row.kind for row in tx.query(models.Audit)]
    assert states == {NOW: Callback.DONE, LATER: Callback.CANCELLED}
    assert "callback_cancelled" in told
