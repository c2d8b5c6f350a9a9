"""The sound of a recording: is it whole, how long is it, and the levelled copy that people listen to.

Everything goes piece by piece, so that a call of four hours needs no more memory than one of a minute.
"""

import struct
import warnings
import wave
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from math import log10
from typing import BinaryIO

from recordings.faults import NotSound

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # pydub looks for ffmpeg, which nothing here needs: WAV in, WAV out
    import audioop

    from pydub import AudioSegment

PIECE_SECONDS = 5
HEADROOM_DB = 1.0  # left above the loudest moment
MOST_GAIN_DB = 20.0  # a silent party stays silent
SAMPLE_BYTES = 2  # 16 bit
RATES = range(8_000, 48_001)
CHANNELS = (1, 2)


@dataclass(frozen=True)
class Sound:
    """What a WAV says of itself, checked against the bytes that are there."""

    channels: int
    rate: int
    frames: int

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return self.frames / self.rate


def examine(file: BinaryIO) -> Sound:
    """Read a WAV's head and count its body; raises NotSound with what is wrong."""
    size = file.seek(0, 2)
    file.seek(0)
    try:
        with wave.open(file, "rb") as wav:
            sound = Sound(wav.getnchannels(), wav.getframerate(), wav.getnframes())
            width = wav.getsampwidth()
            body_at = file.tell()
    except (wave.Error, EOFError, struct.error, ValueError, RuntimeError) as error:
        raise NotSound(f"not a WAV: {error or 'it ends in its head'}") from error
    if sound.channels not in CHANNELS or sound.rate not in RATES or width != SAMPLE_BYTES:
        raise NotSound(
            f"a WAV of {sound.channels} channels, {sound.rate} Hz, {8 * width} bit is no telephone recording"
        )
    if not sound.frames:
        raise NotSound("a WAV without any sound")
    missing = body_at + sound.frames * sound.channels * width - size
    if missing > 0:
        raise NotSound(f"the WAV breaks off: {missing} bytes are missing")
    return sound


def pieces(file: BinaryIO, frames: int) -> Iterator[tuple[bytes, ...]]:
    """The sound in pieces of so many frames, the samples of each channel for themselves."""
    file.seek(0)
    with wave.open(file, "rb") as wav:
        channels = wav.getnchannels()
        while data := wav.readframes(frames):
            samples = array("h", data)
            yield tuple(samples[one::channels].tobytes() for one in range(channels))


def loudest(samples: bytes | memoryview) -> int:
    """How far the loudest sample is from silence."""
    return audioop.max(samples, SAMPLE_BYTES)


def gains(file: BinaryIO, sound: Sound) -> tuple[float, ...]:
    """For each channel, the decibels that bring its loudest moment just below full scale; never more than 20."""
    peaks = [0] * sound.channels
    for piece in pieces(file, sound.rate * PIECE_SECONDS):
        peaks = [max(peak, loudest(part)) for peak, part in zip(peaks, piece, strict=True)]
    return tuple(_gain(peak) for peak in peaks)


def _gain(peak: int) -> float:
    if not peak:
        return 0.0
    return float(min(MOST_GAIN_DB, -HEADROOM_DB - 20 * log10(peak / 32_768)))


def write_levelled(file: BinaryIO, sound: Sound, out: BinaryIO) -> None:
    """Write the copy that people listen to: the same length and channels, each party brought to the same level."""
    by_channel = gains(file, sound)
    with wave.open(out, "wb") as wav:
        wav.setnchannels(sound.channels)
        wav.setsampwidth(SAMPLE_BYTES)
        wav.setframerate(sound.rate)
        wav.setnframes(sound.frames)
        for piece in pieces(file, sound.rate * PIECE_SECONDS):
            parts = [
                AudioSegment(
                    data=part, sample_width=SAMPLE_BYTES, frame_rate=sound.rate, channels=1
                ).apply_gain(gain)
                for part, gain in zip(piece, by_channel, strict=True)
            ]
            level = parts[0] if len(parts) == 1 else AudioSegment.from_mono_audiosegments(*parts)
            wav.writeframesraw(level.raw_data)
