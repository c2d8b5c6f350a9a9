"""A person at the simulator's phone page."""

from playwright.sync_api import Page, expect

from tests.patience import PATIENCE
from tests.sound.hearing import CLEAR_DECIBELS, comes_to_hear, hear, hear_out, level


class Customer:
    """Presses what is on the page; hears what it plays."""

    def __init__(self, page: Page, url: str, number: str) -> None:
        self.page = page
        self.number = number
        self.complaints: list[str] = []
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(f"{url}/phone")
        page.get_by_label("My number").fill(number)
        page.get_by_label("My number").blur()

    def switches_on(self) -> None:
        self.page.get_by_role("button", name="Switch on").click()
        expect(self.page.get_by_label("Number to call")).to_be_visible(timeout=PATIENCE)

    def dials(self, number: str) -> None:
        self.page.get_by_label("Number to call").fill(number)
        self.page.get_by_role("button", name="Call", exact=True).click()

    def talks(self) -> None:
        """Wait until the call is answered."""
        expect(self.page.get_by_role("button", name="Keypad")).to_be_visible(timeout=PATIENCE)

    def is_rung(self) -> None:
        expect(self.page.get_by_role("button", name="Accept")).to_be_visible(timeout=PATIENCE)

    def clicks(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def presses(self, key: str) -> None:
        self.page.keyboard.press(key)

    def is_free(self) -> None:
        """Wait until no call is there any more."""
        expect(self.page.get_by_label("Number to call")).to_be_visible(timeout=PATIENCE)

    def hears_something(self) -> None:
        for _ in range(150):
            if level(hear(self.page, 0.2)[0]) > -45:
                return
        raise AssertionError("the customer heard nothing for 30 s")

    def hears(self, *hertz: float, seconds: float = 3.0, enough: float = CLEAR_DECIBELS) -> float:
        """Decibels of these tones above all else."""
        return hear_out(self.page, seconds, *hertz, enough=enough)

    def comes_to_hear(self, hertz: float) -> None:
        """Wait until this tone is what is heard."""
        comes_to_hear(self.page, hertz)

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)
