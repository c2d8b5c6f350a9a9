"""Ordinary phones at the far end: agents' own, an outside number that is asked, and customers whom the shop calls."""

from typing import TYPE_CHECKING

from tests.machine.legs import Leg, Place
from tests.machine.premises import OUTSIDE, PHONES

if TYPE_CHECKING:
    from tests.machine.centre import Centre, Desk

FAR_ENDS = ("answers",) * 5 + ("is busy", "lets it ring")
KEY_TRIES = 12  # seconds in which an agent waits for the whisper


class OwnPhones:
    """What people do when a phone of theirs rings."""

    def __init__(self, centre: "Centre") -> None:
        self.centre = centre

    def rung(self, leg: Leg) -> None:
        """An agent who is eager takes the call at once; of the others somebody thinks later. Customers do as the lot says."""
        centre = self.centre
        if centre.is_closing:
            centre.exchange.hangs_up(leg, "is busy", "busy")
            return
        desk = next((one for one in centre.desks if PHONES.get(one.id) == leg.who), None)
        if desk is not None:
            desk.mobile = leg
            if desk.is_eager:
                centre.kernel.after(0.6, lambda: self.takes(desk))
            return
        if leg.who != OUTSIDE:
            centre.callers.append(leg)
        how = centre.lots.choice(FAR_ENDS)
        if how == "answers":
            centre.kernel.after(1.0, lambda: centre.exchange.picks_up(leg))
        elif how == "is busy":
            centre.kernel.after(0.5, lambda: centre.exchange.hangs_up(leg, "is busy", "busy"))

    def takes(self, desk: "Desk", key: str = "1") -> None:
        """The phone is picked up, and a key pressed as soon as somebody asks for one; 1 takes the call, 2 does not."""
        leg = desk.mobile
        if leg is None or self.centre.is_closing:
            return
        self.centre.exchange.picks_up(leg)
        self._presses(leg, key, KEY_TRIES)

    def _presses(self, leg: Leg, key: str, tries: int) -> None:
        if leg.keys_to:
            self.centre.exchange.presses(leg, key)
        elif leg.place is Place.FLOW and tries:
            self.centre.kernel.after(1.0, lambda: self._presses(leg, key, tries - 1))
