"""How a page is judged: by axe-core, by its width, and by people who look at its picture."""

import json
import os
from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PICTURES = os.environ.get("PICTURES")  # a folder that keeps a screenshot of each page looked at


def look(page: Page, name: str) -> list[str]:
    """What is wrong with the page as it is now (WCAG 2.2 A and AA, best practice, no sideways scrolling)."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    told = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    found = [
        f"{one['id']}: {node['html'][:160]} {json.dumps(node['any'])[:300]}"
        for one in told["violations"]
        for node in one["nodes"]
    ]
    if page.evaluate("() => document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("scrolls sideways")
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
    return found
