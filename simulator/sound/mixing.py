"""Mixing: what everybody hears of everybody in one tick."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from simulator.sound import mulaw
from simulator.sound.mulaw import SILENT


class Mix:
    """The voices of one tick by leg. A single sound passes through untouched; numpy adds only from two up."""

    def __init__(self, voices: dict[str, bytes]) -> None:
        self._voices = {name: voice for name, voice in voices.items() if voice != SILENT}
        self._linear: dict[bytes, NDArray[np.int32]] = {}

    def of(self, legs: Iterable[str], played: Iterable[bytes] = ()) -> bytes:
        """These legs together, with what is played over them."""
        sounds = [self._voices[leg] for leg in legs if leg in self._voices]
        sounds.extend(frame for frame in played if frame != SILENT)
        if not sounds:
            return SILENT
        if len(sounds) == 1:
            return sounds[0]
        total = self._of(sounds[0]).copy()
        for sound in sounds[1:]:
            total += self._of(sound)
        return mulaw.encode(total)

    def _of(self, sound: bytes) -> NDArray[np.int32]:
        linear = self._linear.get(sound)
        if linear is None:
            linear = self._linear[sound] = mulaw.decode(sound).astype(np.int32)
        return linear
