"""People who look at the panel's pages in a real browser, each in one of their own."""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.panel.build import PASSWORD
from tests.panel.site import Site


@dataclass
class Visitors:
    """Opens pages as somebody who signs in; what their browsers complain of is kept."""

    browser: Browser
    site: Site
    contexts: list[BrowserContext] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def opens(self, path: str, who: str, **options: Any) -> Page:
        """A page of the panel, once it is there."""
        context = self.browser.new_context(**options)
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._listens)
        page.goto(f"{self.site.address}/{path}")
        page.fill("#email", f"{who}@example.com")
        page.fill("#password", PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.locator("#main[data-page]")).to_be_visible()
        return page

    def leave(self) -> None:
        """Everybody closes the browser; raises AssertionError when one had complained."""
        for context in self.contexts:
            context.close()
        assert self.faults == []

    def _listens(self, said: ConsoleMessage) -> None:
        is_refused_form = said.text.startswith("Failed to load resource")  # a wrong entry, as it is tested
        if said.type in ("error", "warning") and not is_refused_form:
            self.faults.append(said.text)
