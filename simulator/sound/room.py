"""A room where legs talk: everybody hears everybody but themselves."""

import numpy as np
from numpy.typing import NDArray

from simulator.sound import mulaw
from simulator.sound.leg import Leg
from simulator.sound.mulaw import SILENT
from simulator.sound.playing import Playing
from simulator.sound.recording import Recording


class Room:
    """Mixes minus one; with a single voice to be heard the bytes pass through untouched."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.legs: list[Leg] = []
        self.announcing: Playing | None = None
        self.recording: Recording | None = None
        self._voices: dict[Leg, bytes] = {}
        self._sum: NDArray[np.int32] | None = None
        self._linear: dict[Leg, NDArray[np.int32]] = {}
        self._notice: bytes | None = None

    def mix(self) -> None:
        """Gather the voices of this tick, after every leg has spoken."""
        self._voices = {
            leg: leg.said
            for leg in self.legs
            if leg.speaks_in_room and not leg.coaching and leg.said != SILENT
        }
        self._sum, self._linear = None, {}
        self._notice = None
        if self.announcing is not None:
            self._notice = self.announcing.frame()
            if self.announcing.done:
                self.announcing = None

    def heard_by(self, leg: Leg, over: bytes | None = None) -> bytes:
        """What this leg hears of the room, with a frame played over it (a beep, an announcement)."""
        others = len(self._voices) - (leg in self._voices)
        coaches = [
            coach.said
            for coach in self.legs
            if coach.coaching == leg.name and coach.speaks_in_room and coach.said != SILENT
        ]
        extra = [sound for sound in (self._notice, over, *coaches) if sound is not None]
        if not extra:
            if others == 0:
                return SILENT
            if others == 1:
                return next(voice for who, voice in self._voices.items() if who is not leg)
        elif others == 0 and len(extra) == 1:
            return extra[0]
        total = self._all().copy()
        if leg in self._voices:
            total -= self._linear[leg]
        for sound in extra:
            total += mulaw.decode(sound)
        return mulaw.encode(total)

    def record(self) -> None:
        """Give the recording of the room its frame."""
        if self.recording is not None:
            self.recording.add(mulaw.encode(self._all()), SILENT)

    def _all(self) -> NDArray[np.int32]:
        if self._sum is None:
            self._linear = {who: mulaw.decode(voice).astype(np.int32) for who, voice in self._voices.items()}
            self._sum = np.zeros(mulaw.FRAME, dtype=np.int32)
            for samples in self._linear.values():
                self._sum += samples
        return self._sum
