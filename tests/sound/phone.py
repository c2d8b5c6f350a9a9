"""A page with the real Voice SDK in it, as a person with a phone."""

import contextlib
from itertools import count
from typing import Any

from playwright.sync_api import Error, Page

from simulator.sound.protocol import Answer, Answered, CameIn, Ring, Take
from tests.sound.hearing import CLEAR_DECIBELS, hear, hear_out, level
from tests.sound.kernel import Kernel

_numbers = count(1)


def new_leg() -> str:
    """A CallSid that was not there before."""
    return f"CA{next(_numbers):032x}"


class Phone:
    """Its words are what a person does; waits are for what the SDK tells its page."""

    def __init__(self, page: Page, kernel: Kernel, identity: str, access_token: str) -> None:
        self.page = page
        self.kernel = kernel
        self.identity = identity
        self.token = access_token
        self.leg = ""

    def starts(self, **options: object) -> None:
        self.page.evaluate("([token, options]) => phone.start(token, options)", [self.token, options])

    def calls(self, **params: str) -> CameIn:
        """Call, be taken and answered."""
        self.page.evaluate("params => phone.connect(params)", params)
        came_in = self.kernel.await_event(CameIn)
        self.leg = new_leg()
        self.kernel.send(Take(came_in.invite, self.leg), Answer(self.leg))
        self.is_told("accept")
        return came_in

    def is_rung(self, times: int = 1, **parameters: str) -> Any:
        """Be rung (for the so-manieth time), and see what the SDK tells of the call."""
        self.leg = new_leg()
        self.kernel.send(Ring(self.leg, self.identity, {"CallSid": self.leg, **parameters}))
        return self.is_told("incoming", times=times)

    def accepts(self) -> None:
        self.does("accept")
        self.kernel.await_event(Answered, leg=self.leg)
        self.is_told("accept")

    def does(self, what: str, *args: object) -> None:
        self.page.evaluate("([what, args]) => { phone[what](...args) }", [what, list(args)])

    def is_told(self, what: str, seconds: float = 30.0, times: int = 1) -> Any:
        """Wait until the SDK told its page this (so many times); its detail."""
        found = "([what, times]) => phone.log.filter(entry => entry.what === what).length >= times"
        self.page.wait_for_function(found, arg=[what, times], timeout=seconds * 1000)
        return self.page.evaluate(
            "what => phone.log.filter(entry => entry.what === what).at(-1).detail", what
        )

    def was_told(self) -> list[str]:
        return [str(entry["what"]) for entry in self.page.evaluate("phone.log")]

    def hears(self, *hertz: float, seconds: float = 3.0, enough: float = CLEAR_DECIBELS) -> float:
        """Decibels of these tones above all else it hears."""
        return hear_out(self.page, seconds, *hertz, enough=enough)

    def hears_something(self) -> None:
        """Wait until sound comes."""
        for _ in range(150):
            if self.loudness(0.2) > -40:
                return
        raise AssertionError(f"{self.identity} heard nothing for 30 s")

    def kill(self) -> None:
        """The page's process dies without a word."""
        with contextlib.suppress(Error):
            self.page.goto("chrome://crash", timeout=3000)

    def falls_silent(self) -> None:
        """Wait until no sound comes any more."""
        for _ in range(100):
            if self.loudness(0.2) < -60:
                return
        raise AssertionError(f"{self.identity} still heard something after 20 s")

    def loudness(self, seconds: float = 1.0) -> float:
        """Decibels below full scale of what it hears."""
        return level(hear(self.page, seconds)[0])
