"""The outline of a recording's sound, drawn as a waveform beside the player."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import BinaryIO

from recordings.audio import SAMPLE_BYTES, Sound, loudest, pieces

MOST_POINTS = 1_200
POINTS_PER_SECOND = 20  # of short recordings; long ones have 1,200 points in all
POINTS_AT_ONCE = 100
FULL = 100


@dataclass(frozen=True)
class Waveform:
    """For each channel, the loudest moment of each stretch, from 0 to 100; 100 is the loudest of the channel."""

    seconds: float
    point_seconds: float
    peaks: tuple[tuple[int, ...], ...]

    def dump(self) -> bytes:
        """As it is kept: JSON."""
        return json.dumps(asdict(self), separators=(",", ":")).encode()

    @classmethod
    def load(cls, kept: bytes) -> "Waveform":
        """From what was kept."""
        read = json.loads(kept)
        peaks = tuple(tuple(channel) for channel in read["peaks"])
        return cls(float(read["seconds"]), float(read["point_seconds"]), peaks)


def outline(file: BinaryIO, sound: Sound) -> Waveform:
    """The waveform of a WAV."""
    frames = max(sound.rate // POINTS_PER_SECOND, -(-sound.frames // MOST_POINTS))
    found: list[list[int]] = [[] for _ in range(sound.channels)]
    for piece in pieces(file, frames * POINTS_AT_ONCE):
        for peaks, part in zip(found, piece, strict=True):
            peaks += _peaks(memoryview(part), frames * SAMPLE_BYTES)
    return Waveform(round(sound.seconds, 3), frames / sound.rate, tuple(map(_scaled, found)))


def _peaks(samples: memoryview, point: int) -> Iterator[int]:
    return (loudest(samples[at : at + point]) for at in range(0, len(samples), point))


def _scaled(peaks: list[int]) -> tuple[int, ...]:
    loudest = max(peaks, default=0) or 1
    return tuple(round(FULL * peak / loudest) for peak in peaks)
