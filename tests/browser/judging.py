"""How a page is judged: by axe-core in light and wide, its colours and sizes once more in dark and narrow, and its width."""

import json
from collections.abc import Callable, Mapping

from playwright.sync_api import Page

from tests.browser.stack import ROOT

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS_AND_SIZES = {
    "type": "rule",
    "values": ["color-contrast", "target-size"],
}  # what a theme or a width can change
LOOKS = (("light", 1280, RULES), ("dark", 390, COLOURS_AND_SIZES))
SETTLED = "() => Promise.allSettled(document.getAnimations().map((one) => one instanceof CSSTransition && one.finished))"

Look = Callable[[str, Page], None]
Part = Callable[[str, Page], list[str] | None]


def judge(found: dict[str, list[str]], part: Part = lambda _name, _page: None) -> Look:
    """A look that keeps what is wrong by name; `part` says which part of a page is meant (all of it: None)."""

    def look(name: str, page: Page) -> None:
        page.evaluate(f"() => {{ if (!window.axe) {{ {AXE} }} }}")
        for scheme, width, rules in LOOKS:
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            page.evaluate(SETTLED)
            found[f"{name} {scheme}"] = faults(page, part(name, page), rules)
        page.set_viewport_size({"width": 1280, "height": 800})

    return look


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
