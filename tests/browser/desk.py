"""An agent at the desk in a real browser: clicks what is on the page, hears what it plays."""

import contextlib
import re
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import BrowserContext, Error, Locator, Page, expect

from tests.browser.stack import Whole
from tests.panel.build import PASSWORD
from tests.patience import PATIENCE
from tests.sound.hearing import (
    CLEAR_DECIBELS,
    above_the_rest,
    channels_of,
    comes_to_hear,
    hear,
    hear_out,
    level,
)

SETTLED = 5_000  # milliseconds; who is not ready for the next test by then is replaced


def falls_silent(page: Page) -> None:
    """Wait until a page hears nothing of its call."""
    for _ in range(100):
        if level(hear(page, 0.3)[0]) < -60:
            return
    raise AssertionError("something was still heard after 30 s")


def _best(samples: NDArray[np.float64], rate: int, hertz: float) -> float:
    ends = [round((4.0 - 0.5 * step) * rate) for step in range(6)]
    return max(above_the_rest(samples[-end : len(samples) - end + rate], rate, hertz) for end in ends)


class Desk:
    """One tab. Complaints of the browser, and requests to strangers, are kept for the end of the test."""

    def __init__(self, context: BrowserContext, whole: Whole, name: str, complaints: list[str]) -> None:
        self.context, self.whole, self.name, self.complaints = context, whole, name, complaints
        self.is_spoilt = False  # something was done to this browser that the next test should not meet
        self.page = context.new_page()
        self._watch()
        self.page.goto(f"{whole.address}/desk")
        if "/login" in self.page.url:
            self.page.fill("#email", f"{name}@example.com")
            self.page.fill("#password", PASSWORD)
            self.page.get_by_role("button", name="Sign in").click()
        expect(self.phone.locator("[data-do], h2").first).to_be_visible(timeout=PATIENCE)

    @property
    def phone(self) -> Locator:
        """The phone on the page."""
        return self.page.locator("#phone")

    def shows(self, words: str | re.Pattern[str]) -> None:
        """Wait until the phone says so."""
        expect(self.phone).to_contain_text(words, timeout=PATIENCE)

    def clicks(self, name: str) -> None:
        """Click a button of the phone."""
        self.phone.get_by_role("button", name=name, exact=True).click(timeout=PATIENCE)

    def starts_shift(self) -> "Desk":
        """The one gesture."""
        self.clicks("Start shift")
        self.shows("Waiting for a call")
        return self

    def settles(self) -> bool:
        """Whether this desk is as after the start of a shift, once what is left of a call is done."""
        if self.is_spoilt or self.page.is_closed():
            return False
        ready = self.phone.get_by_role("button", name="Ready for the next call")
        with contextlib.suppress(AssertionError, Error):
            if not self.page.url.endswith("/desk"):
                self.page.goto(f"{self.whole.address}/desk")
            expect(ready.or_(self.phone.get_by_text("Waiting for a call"))).to_be_visible(timeout=SETTLED)
            if ready.is_visible():
                ready.click()
            expect(self.phone).to_contain_text("Waiting for a call", timeout=SETTLED)
            return True
        return False

    def leaves(self) -> None:
        """The shift and this browser are over."""
        self.whole.goes_home(f"us_{self.name}")
        self.context.close()

    def freezes(self) -> None:
        """From here on no timer of the page runs by itself, as in a page that the browser has hidden."""
        self.is_spoilt = True
        self.page.clock.install()
        self.page.clock.pause_at(self.page.evaluate("() => Date.now() + 1000"))

    def is_rung(self) -> None:
        """Wait for the ring."""
        expect(self.phone.get_by_role("button", name="Accept")).to_be_visible(timeout=PATIENCE)

    def accepts(self) -> None:
        """Take the caller, and wait until both can talk."""
        self.clicks("Accept")
        self.talks()

    def talks(self) -> None:
        """Wait until caller and agent are connected."""
        expect(self.phone.get_by_role("button", name="Hold")).to_be_visible(timeout=PATIENCE)

    def reloads(self) -> None:
        """The page is loaded again; the browser's question whether to leave a call is answered with yes."""
        self.page.reload()

    def signs_in_again(self) -> None:
        """The page is loaded again; its phone asks for a token."""
        with self.page.expect_response("**/api/token", timeout=PATIENCE):
            self.page.reload()
        self.shows("Waiting for a call")

    def is_killed(self) -> None:
        """The page's process dies without a word."""
        self.is_spoilt = True
        with contextlib.suppress(Error):
            self.page.goto("chrome://crash", timeout=3000)

    def hears(self, *hertz: float, seconds: float = 3.0, enough: float = CLEAR_DECIBELS) -> float:
        """Decibels of these tones above all else."""
        return hear_out(self.page, seconds, *hertz, enough=enough)

    def comes_to_hear(self, hertz: float) -> None:
        """Wait until this tone is what is heard."""
        comes_to_hear(self.page, hertz)

    def falls_silent(self) -> None:
        """Wait until nothing is heard."""
        falls_silent(self.page)

    def loudness(self, seconds: float = 1.0) -> float:
        """Decibels below full scale."""
        return level(hear(self.page, seconds)[0])

    def hears_message(self, player: Locator, hertz: float) -> float:
        """Decibels of a tone above all else in the best second of a voicemail."""
        (said,), rate = self._recorded(player)
        return max(
            above_the_rest(said[start : start + rate], rate, hertz)
            for start in range(0, max(1, len(said) - rate), rate // 4)
        )

    def plays(self, player: Locator, left: float, right: float) -> float:
        """Decibels of two tones above all else, each in its channel, in the best second of a recording's last four; the lesser of both."""
        (caller, agent), rate = self._recorded(player)
        return min(_best(caller, rate, left), _best(agent, rate, right))

    def _recorded(self, player: Locator) -> tuple[list[NDArray[np.float64]], int]:
        """The channels of what the player plays."""
        link = player.locator("audio").get_attribute("src")
        sound = self.context.request.get(f"{self.whole.address}{link}").body()
        with tempfile.NamedTemporaryFile(suffix=".wav") as file:
            file.write(sound)
            file.flush()
            return channels_of(Path(file.name))

    def rings_aloud(self) -> bool:
        """Whether the ring sounds now."""
        return bool(self.page.evaluate("() => ringsForTest()"))

    def drops_sockets(self) -> None:
        """Every web socket of the page breaks."""
        self.page.evaluate("() => socketsForTest.forEach((socket) => socket.close())")

    def goes(self, name: str) -> None:
        """To another page, by the links at the top."""
        self.page.get_by_role("navigation", name="Pages", exact=True).get_by_role("link", name=name).click()

    def _watch(self) -> None:
        page = self.page
        page.on("dialog", lambda dialog: dialog.accept())
        page.on("console", lambda said: self._note(said.type, said.text))
        page.on("pageerror", lambda error: self.complaints.append(f"{self.name}: {error}"))
        page.on("request", lambda sent: self._stranger(sent.url))
        page.on("websocket", lambda socket: self._stranger(socket.url))

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(f"{self.name}: {kind}: {text}")

    def _stranger(self, url: str) -> None:
        """Ours are web, push and, in place of Twilio, the simulator's signalling."""
        simulator = self.whole.simulator.url
        ours = (
            self.whole.address,
            self.whole.rt.settings.push_address,
            f"{simulator}/signal",
            f"{simulator.replace('http', 'ws', 1)}/signal",
        )
        if not url.startswith((*ours, "chrome://", "about:", "data:", "blob:")):
            self.complaints.append(f"{self.name}: a stranger: {url}")
