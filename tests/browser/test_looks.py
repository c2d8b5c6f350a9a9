"""Everybody can read and reach everything: axe-core finds nothing in light or dark, and no page scrolls sideways."""

import json
from collections.abc import Callable

from playwright.sync_api import Browser, Page

from tests.browser.conftest import new_context
from tests.browser.desk import Desk
from tests.browser.history import forty_calls
from tests.browser.stack import ROOT, Whole
from tests.browser.walk import (
    walk_out,
    walk_past_pages,
    walk_past_the_second_tab,
    walk_through_a_call,
    walk_without_microphone,
)
from tests.sound.customer import Customer

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = (("light", 1280), ("dark", 390))


def test_every_page_and_state_is_readable_and_reachable(
    new_desk: Callable[..., Desk],
    customer: Customer,
    stack: Whole,
    agents_browser: Browser,
    complaints: list[str],
) -> None:
    found: dict[str, list[str]] = {}

    def look(name: str, page: Page) -> None:
        page.evaluate(f"() => {{ if (!window.axe) {{ {AXE} }} }}")
        for scheme, width in LOOKS:
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            told = page.evaluate("rules => axe.run({ runOnly: rules })", RULES)
            for one in told["violations"]:
                for node in one["nodes"]:
                    words = f"{one['id']}: {node['html'][:160]} {json.dumps(node['any'])[:300]}"
                    found.setdefault(f"{name} {scheme}", []).append(words)
            if page.evaluate("() => document.documentElement.scrollWidth > innerWidth"):
                found.setdefault(f"{name} {scheme}", []).append("scrolls sideways")
        page.set_viewport_size({"width": 1280, "height": 800})

    desk = new_desk()
    forty_calls(stack, f"us_{desk.name}")
    walk_through_a_call(desk, customer, look)
    walk_past_pages(desk, stack, look)
    second = new_desk(desk, same_browser=True)
    walk_past_the_second_tab(second, look)
    walk_without_microphone(new_desk(allowed=False), look)
    walk_out(new_context(agents_browser).new_page(), stack, look)

    complaints[:] = [line for line in complaints if "404" not in line]  # of the page that does not exist
    assert found == {}
