"""Who watches the world, to give it sound or pictures; the kernel itself needs nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.kernel import Run

if TYPE_CHECKING:
    from simulator.legs import Leg

CHARACTERS_A_SECOND = 15.0
SHORTEST_SECONDS = 0.5


class Witness:
    """Is told what happens, and knows how long speech takes. This one keeps silent and estimates."""

    def leg_made(self, leg: Leg) -> None:
        """A new leg, before anything happens to it."""

    def spoken(self, leg: Leg, words: str, file: str) -> None:
        """The scripted far end of the leg says something, perhaps as a sound file."""

    def fetched(self, url: str, sound: bytes) -> None:
        """A sound file that will be played."""

    def speech_seconds(self, text: str, language: str) -> Run[float]:
        """How long a sentence takes (assumed: speech-pace)."""
        yield from ()
        return max(SHORTEST_SECONDS, len(text) / CHARACTERS_A_SECOND)
