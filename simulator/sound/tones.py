"""Sounds that are computed: ring-back, beep, tones, and the synthetic hold music."""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.sound import mulaw

_BEAT: Final = 0.6  # seconds
_CHORDS: Final = (
    (261.63, 329.63, 392.0),
    (220.0, 261.63, 329.63),
    (174.61, 220.0, 261.63),
    (196.0, 246.94, 293.66),
)
_TUNE: Final = (0, 2, 1, 2, 0, 1, 2, 1)  # which note of the chord, an octave up, in each of eight beats
MUSIC_SECONDS: Final = _BEAT * len(_CHORDS) * len(_TUNE)


def silence(seconds: float) -> bytes:
    """Nothing, in whole frames."""
    return mulaw.whole_frames(b"\xff" * round(seconds * mulaw.RATE))


def tone(hertz: float, seconds: float, level: float = 8000.0) -> bytes:
    """A steady tone; level is its peak of 32768."""
    wave = level * np.sin(2 * np.pi * hertz * _time(seconds))
    return mulaw.whole_frames(mulaw.encode(wave.astype(np.int16)))


def ring_back(seconds: float) -> bytes:
    """North American ring-back: 440 and 480 Hz, two seconds of every six."""
    time = _time(seconds)
    wave = 3000 * (np.sin(2 * np.pi * 440 * time) + np.sin(2 * np.pi * 480 * time)) * (time % 6.0 < 2.0)
    return mulaw.whole_frames(mulaw.encode(wave.astype(np.int16)))


def music(seconds: float) -> bytes:
    """The hold music from its start, repeated as long as wanted."""
    loop = _music_loop()
    length = round(seconds * mulaw.RATE)
    return mulaw.whole_frames((loop * (length // len(loop) + 1))[:length])


@cache
def _music_loop() -> bytes:
    """Four soft chords with a slow arpeggio over them, 19.2 seconds."""
    wave = np.zeros(round(MUSIC_SECONDS * mulaw.RATE))
    bar = _BEAT * len(_TUNE)
    for number, chord in enumerate(_CHORDS):
        for hertz in chord:
            _add(wave, number * bar, _note(hertz, bar, fade=3.5) * 900)
        for beat, note in enumerate(_TUNE):
            _add(wave, number * bar + beat * _BEAT, _note(2 * chord[note], 2 * _BEAT, fade=0.5) * 1600)
    return mulaw.encode(wave.astype(np.int32))


def _note(hertz: float, seconds: float, fade: float) -> NDArray[np.float64]:
    time = _time(seconds)
    attack = np.minimum(time / 0.03, 1.0)
    release = np.minimum((seconds - time) / 0.08, 1.0)
    voice = np.sin(2 * np.pi * hertz * time) + 0.25 * np.sin(4 * np.pi * hertz * time)
    return np.asarray(voice * attack * release * np.exp(-time / fade), dtype=np.float64)


def _add(wave: NDArray[np.float64], at_seconds: float, note: NDArray[np.float64]) -> None:
    """Lay a note into the loop; what hangs over the end begins the loop again."""
    start = round(at_seconds * mulaw.RATE)
    places = (start + np.arange(len(note))) % len(wave)
    np.add.at(wave, places, note)


def _time(seconds: float) -> NDArray[np.float64]:
    return np.arange(round(seconds * mulaw.RATE)) / mulaw.RATE
