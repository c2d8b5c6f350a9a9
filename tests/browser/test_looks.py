"""Everybody can read and reach everything: axe-core finds nothing in light or dark, and no page scrolls sideways."""

import json
from collections.abc import Callable, Mapping

from playwright.sync_api import Browser, Page

from tests.browser.conftest import new_context
from tests.browser.desk import Desk
from tests.browser.history import forty_calls
from tests.browser.stack import ROOT, Whole
from tests.browser.walk import (
    walk_out,
    walk_past_the_second_tab,
    walk_through_a_call,
    walk_without_microphone,
)
from tests.sound.customer import Customer

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS_AND_SIZES = {
    "type": "rule",
    "values": ["color-contrast", "target-size"],
}  # what a theme or a width can change
PHONE = ["#phone", "#status"]


def test_every_state_of_the_desk_is_readable_and_reachable(
    new_desk: Callable[..., Desk],
    customer: Customer,
    stack: Whole,
    agents_browser: Browser,
) -> None:
    """The pages without a call are looked at in the panel's own tests; here is what only a call brings."""
    found: dict[str, list[str]] = {}
    whole_pages = ("01", "10", "22")

    def look(name: str, page: Page) -> None:
        page.evaluate(f"() => {{ if (!window.axe) {{ {AXE} }} }}")
        is_whole = name.startswith(whole_pages) or page.locator("#phone").count() == 0  # signed out
        where = None if is_whole else PHONE
        for scheme, width, rules in (("light", 1280, RULES), ("dark", 390, COLOURS_AND_SIZES)):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            found[f"{name} {scheme}"] = faults(page, where, rules)
        page.set_viewport_size({"width": 1280, "height": 800})

    desk = new_desk()
    forty_calls(stack, f"us_{desk.name}")
    walk_through_a_call(desk, customer, look)
    walk_past_the_second_tab(new_desk(desk, same_browser=True), look)
    walk_without_microphone(new_desk(allowed=False), look)
    walk_out(new_context(agents_browser).new_page(), stack, look)

    assert {name: told for name, told in found.items() if told} == {}


def faults(page: Page, where: list[str] | None, rules: Mapping[str, object]) -> list[str]:
    """What axe-core finds here, and whether the page is too wide."""
    told = page.evaluate("([where, rules]) => axe.run(where ?? document, { runOnly: rules })", [where, rules])
    found = [
        f"{one['id']}: {node['html'][:160]} {json.dumps(node['any'])[:300]}"
        for one in told["violations"]
        for node in one["nodes"]
    ]
    too_wide = page.evaluate("() => document.documentElement.scrollWidth > innerWidth")
    return [*found, "scrolls sideways"] if too_wide else found
