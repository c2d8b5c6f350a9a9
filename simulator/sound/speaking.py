"""Noticing speech: when a leg begins and stops speaking."""

from typing import Final

from simulator.sound.mulaw import loudness

LOUD: Final = 250.0  # root mean square of 32768; a quiet room through a headset stays below
BEGIN_FRAMES: Final = 3  # 60 ms of it begin a spurt
END_FRAMES: Final = 25  # half a second below ends it


class SpeechWatch:
    """Tells changes between speaking and silent, with enough patience not to flicker."""

    def __init__(self) -> None:
        self.speaking = False
        self._against = 0

    def changed(self, frame: bytes) -> bool:
        """Whether this frame turned speaking on or off."""
        loud = loudness(frame) > LOUD
        self._against = self._against + 1 if loud != self.speaking else 0
        if self._against < (END_FRAMES if self.speaking else BEGIN_FRAMES):
            return False
        self.speaking, self._against = loud, 0
        return True
