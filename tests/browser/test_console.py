"""The simulator's console in a real browser: somebody starts a call, watches it, breaks something, and ends it."""

from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.stack import MARLOW, Whole
from tests.patience import PATIENCE

CALLER = "+12025557301"


@pytest.fixture
def console(agents_browser: Browser, stack: Whole) -> Iterator[Page]:
    context = agents_browser.new_context()
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{stack.simulator.url}/console")
    expect(page.locator("#state")).to_have_text("live")
    yield page
    context.close()
    requests.delete(f"{stack.simulator.url}/sim/faults", timeout=10)
    stack.everybody_hangs_up()
    assert faults == []


def starts_a_call(console: Page) -> Locator:
    """From the form; its row among the live calls."""
    form = console.locator("#dial")
    form.get_by_label("Calls").select_option(MARLOW)
    form.get_by_label("From").fill(CALLER)
    form.get_by_role("button", name="Call").click()
    expect(form.get_by_role("status")).to_contain_text("It rings")
    call = console.locator("#calls > li").filter(has_text="+1 202 555 7301")
    expect(call).to_be_visible(timeout=PATIENCE)
    return call


def test_a_call_is_started_watched_and_hung_up(console: Page, stack: Whole) -> None:
    call = starts_a_call(console)
    expect(call).to_contain_text("queue", timeout=PATIENCE)
    expect(console.locator("#queues")).to_contain_text("+1 202 555 7301")

    call.locator(".sid").first.click()  # only what belongs to this call
    incoming = console.locator("#webhooks > li").filter(has_text="/voice/incoming")
    expect(incoming).to_have_count(1)
    incoming.get_by_role("button").first.click()
    expect(incoming.locator("dl")).to_contain_text(CALLER)
    expect(incoming.get_by_role("region", name="Reply")).to_contain_text("<Enqueue")

    call.get_by_role("button", name="Hang up the call").click()

    expect(console.locator("#ended")).to_contain_text("+1 202 555 7301", timeout=PATIENCE)
    assert stack.last_call().caller == CALLER


def test_a_fault_is_ordered_happens_and_stands_in_the_debugger(console: Page) -> None:
    form = console.locator("#fault")
    form.locator("[name=harm]").select_option("status")
    form.get_by_label("Path contains").fill("/voice/incoming")
    form.locator("[name=status]").fill("503")
    form.get_by_role("button", name="Order the fault").click()
    expect(console.locator("#faults")).to_contain_text("webhook status 503")

    console.locator("#dial").get_by_label("Calls").select_option(MARLOW)
    console.locator("#dial").get_by_role("button", name="Call").click()

    expect(console.locator("#webhooks .fault").first).to_be_visible(timeout=PATIENCE)
    console.get_by_role("tab", name="Debugger").click()
    expect(console.locator("#alerts")).to_contain_text("11200", timeout=PATIENCE)
    console.get_by_role("button", name="Take all faults back").click()
    expect(console.locator("#faults")).to_contain_text("None: everything arrives once and in order.")


def test_a_page_elsewhere_cannot_read_the_console_under_another_name(stack: Whole) -> None:
    for path in ("", "/state", "/sim/state"):
        answer = requests.get(
            f"{stack.simulator.url}/console{path}", headers={"Host": "evil.example"}, timeout=10
        )
        assert answer.status_code == 403, path
