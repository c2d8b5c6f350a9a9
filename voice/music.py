"""Hold music that nobody owns, because it is computed: two minutes of soft chords with a few plucked notes on top.

The loop is cut into segments at bar lines; segment n + 1 goes on exactly where segment n stopped, and the last goes on
with the first (notes that still sound at the end of the loop fade out at its beginning). Also the desk's own sounds.
WAV, 8 kHz, mono, 16 bit: what a telephone carries. Made once per process, in less than two seconds.
"""

import math
import sys
import wave
from array import array
from collections.abc import Sequence
from functools import cache
from io import BytesIO
from threading import Lock
from typing import NamedTuple

RATE = 8000
SEGMENT_SECONDS = 15
SEGMENTS = 8

# Quiet on purpose: peaks 14 dB under full scale, so that an announcement is not drowned and nobody flinches.
PEAK = 0.2

_BAR_SECONDS = 2.5  # four beats at 96 per minute; a segment is six bars
_BAR, _EIGHTH = int(_BAR_SECONDS * RATE), int(_BAR_SECONDS * RATE / 8)
_PERIOD = 4096  # samples of one stored period; a power of two, fine enough to be free of hiss
_SAMPLES = SEGMENTS * SEGMENT_SECONDS * RATE


class Voice(NamedTuple):
    """An instrument: loudness of its partials, seconds to swell, seconds to fade to a third, seconds in all."""

    partials: tuple[float, ...]
    attack: float
    decay: float
    seconds: float


_PAD = Voice((0.7, 0.22, 0.08), attack=0.5, decay=1.6, seconds=4.2)
_PLUCK = Voice((0.8, 0.3, 0.0, 0.08), attack=0.008, decay=0.45, seconds=1.8)
_BELL = Voice((0.8, 0.0, 0.35, 0.0, 0.12), attack=0.004, decay=0.35, seconds=1.4)

# Notes are MIDI numbers (69 is A at 440 Hz). F major; the voices move by steps, so that chords melt into each other.
_CHORDS = {
    "F": (53, 60, 64, 69),
    "Am": (57, 60, 64, 67),
    "Dm": (50, 60, 65, 69),
    "Bb": (58, 62, 65, 69),
    "Gm": (55, 58, 65, 70),
    "C": (55, 60, 65, 67),
    "Eb": (51, 58, 62, 67),
}
_VERSE = ("F", "Am", "Dm", "Bb", "F", "Gm", "Bb", "C")
_BRIDGE = ("Dm", "Am", "Bb", "F", "Gm", "Eb", "Bb", "C")
_SONG = _VERSE + _VERSE + _BRIDGE + _VERSE + _BRIDGE + _VERSE

# Which of a chord's notes (an octave higher) is plucked on which eighth; a blank is a rest.
_PATTERNS = ("0 2 3  ", "1  3 2 ", "  2 3 1", "3  2   ", "0  1 2 ", " 2  3  ")

# What a key sounds like, in hertz (ITU-T Q.23): a row's tone and a column's; s is star, h is hash.
_KEYS = {
    key: (low, high)
    for low, row in ((697, "123"), (770, "456"), (852, "789"), (941, "s0h"))
    for key, high in zip(row, (1209, 1336, 1477), strict=True)
}

_LOCK = Lock()


def segment(index: int) -> bytes:
    """The segment that sounds `index` segments after the beginning; the loop starts over by itself."""
    return sound(f"hold-{index % SEGMENTS}")


def sound(name: str) -> bytes:
    """A sound as a WAV file: hold-0 to hold-7, ring, ringing, chime, dtmf-0 to dtmf-9, dtmf-s (star), dtmf-h (hash).

    KeyError for any other name.
    """
    with _LOCK:
        return _sounds()[name]


def compute() -> None:
    """Have every sound ready: it takes a second, which no caller should wait for."""
    with _LOCK:
        _sounds()


@cache
def _sounds() -> dict[str, bytes]:
    loop, step = _loop(), SEGMENT_SECONDS * RATE
    made = {f"hold-{n}": _wav(loop[n * step : (n + 1) * step]) for n in range(SEGMENTS)}
    made["ring"] = _wav(_level(_ring()))
    made["ringing"] = _wav(_level(_ringing()))
    made["chime"] = _wav(_level(_chime()))
    made |= {f"dtmf-{key}": _wav(_level(_key(*pair))) for key, pair in _KEYS.items()}
    return made


def _loop() -> Sequence[float]:
    """The whole loop, levelled."""
    mix = [0.0] * _SAMPLES
    for bar, name in enumerate(_SONG):
        chord = _CHORDS[name]
        _add(mix, bar * _BAR, _chord(chord), 0.22)
        for eighth, choice in enumerate(_PATTERNS[(bar * 5 + bar // 8) % len(_PATTERNS)]):
            if choice != " ":
                _add(mix, bar * _BAR + eighth * _EIGHTH, _note(chord[int(choice)] + 12, _PLUCK), 0.3)
    return _level(mix)


def _ring() -> Sequence[float]:
    """Two soft bells and a rest, 3 s: an agent's desk repeats it while it rings."""
    mix = [0.0] * (3 * RATE)
    for at, note in ((0.0, 72), (0.18, 76), (0.36, 79), (0.8, 72), (0.98, 76), (1.16, 79)):
        _add(mix, int(at * RATE), _note(note, _BELL), 0.4)
    return mix


def _ringing() -> Sequence[float]:
    """One second of 425 Hz and four of silence: a phone rings elsewhere (ITU-T E.180; the tone of most countries)."""
    tone, turn, edge = RATE, 2 * math.pi * 425 / RATE, 0.02 * RATE
    return [math.sin(turn * i) * min(1.0, i / edge, (tone - i) / edge) for i in range(tone)] + [0.0] * (
        4 * RATE
    )


def _chime() -> Sequence[float]:
    """Two falling bells, 2 s: something came to the desk that needs no hurry."""
    mix = [0.0] * (2 * RATE)
    for at, note in ((0.0, 76), (0.22, 69)):
        _add(mix, int(at * RATE), _note(note, _BELL), 0.4)
    return mix


def _key(low: int, high: int) -> Sequence[float]:
    """A key's two tones, 0.2 s, swelling and fading for 10 ms so that they do not click."""
    length, edge = int(0.2 * RATE), 0.01 * RATE
    turn = 2 * math.pi / RATE
    return [
        (math.sin(low * i * turn) + math.sin(high * i * turn)) * min(1.0, i / edge, (length - i) / edge)
        for i in range(length)
    ]


@cache
def _chord(chord: tuple[int, ...]) -> Sequence[float]:
    return [sum(notes) for notes in zip(*(_note(note, _PAD) for note in chord), strict=True)]


@cache
def _note(note: int, voice: Voice) -> Sequence[float]:
    """One note, from silence to silence: one period, read over and over at the note's pace."""
    period = _period(voice.partials)
    pace = round(440 * 2 ** ((note - 69) / 12) / RATE * _PERIOD * 65536)
    return [loud * period[(i * pace >> 16) % _PERIOD] for i, loud in enumerate(_envelope(voice))]


@cache
def _period(partials: tuple[float, ...]) -> Sequence[float]:
    turn = 2 * math.pi / _PERIOD
    return [sum(loud * math.sin(i * n * turn) for n, loud in enumerate(partials, 1)) for i in range(_PERIOD)]


@cache
def _envelope(voice: Voice) -> Sequence[float]:
    length = int(voice.seconds * RATE)
    swell, fade = voice.attack * RATE, 0.3 * length
    return [
        math.exp(-i / (voice.decay * RATE)) * min(1.0, i / swell, (length - i) / fade) for i in range(length)
    ]


def _add(mix: list[float], at: int, samples: Sequence[float], loudness: float) -> None:
    """Add a note to the mix; what reaches beyond its end sounds at its beginning."""
    head = min(len(samples), len(mix) - at)
    mix[at : at + head] = [
        old + loudness * new for old, new in zip(mix[at : at + head], samples, strict=False)
    ]
    if head < len(samples):
        _add(mix, 0, samples[head:], loudness)


def _level(mix: Sequence[float]) -> Sequence[float]:
    loudest = max(map(abs, mix))
    return [PEAK / loudest * sample for sample in mix]


def _wav(samples: Sequence[float]) -> bytes:
    """Samples between -1 and 1 as a WAV file."""
    numbers = array("h", [round(32767 * sample) for sample in samples])
    if sys.byteorder == "big":
        numbers.byteswap()
    file = BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(numbers.tobytes())
    return file.getvalue()
