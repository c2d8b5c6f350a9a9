"""Synthetic sound of recordings: 8 kHz, 16 bit, a steady tone for each party and for what is played.

The length is true to the sample; where somebody was heard there is energy, where nobody was there is silence.
"""

from __future__ import annotations

import io
import math
import sys
import wave
import zlib
from array import array
from collections.abc import Iterable
from pathlib import Path

from simulator.hearing import Line, Mouth, Sound
from simulator.recordings import Recording

RATE = 8000
LOUDNESS = 6000
PERIODS = (16, 18, 20, 22, 25, 28, 32, 36, 40)  # samples; 500 down to 200 Hz
PROMPT_PERIOD = 24
MUSIC_PERIOD = 14
BEEP_PERIOD = 8
RINGING_PERIOD = 18

Stretch = tuple[float, float, int]


def wav_of(recording: Recording, channels: int) -> bytes:
    """A WAV file: in dual, channel 1 is what the leg's far end said, channel 2 what it heard."""
    if recording.file is not None:
        return _of_file(recording.file, channels)
    tracks = _tracks(recording)
    return _wav(_interleave(tracks) if channels == 2 else _mix(tracks), channels)


def _of_file(file: Path, channels: int) -> bytes:
    """What was really recorded; a dual one as one channel when that is wanted."""
    with wave.open(str(file), "rb") as sound:
        if sound.getnchannels() == channels:
            return file.read_bytes()
        samples = array("h", sound.readframes(sound.getnframes()))
    if sys.byteorder == "big":
        samples.byteswap()
    mixed = (
        max(-32768, min(32767, one + other)) for one, other in zip(samples[0::2], samples[1::2], strict=True)
    )
    return _wav(array("h", mixed), channels)


def _wav(samples: array[int], channels: int) -> bytes:
    if sys.byteorder == "big":
        samples.byteswap()
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(samples.tobytes())
    return file.getvalue()


def mp3_of(recording: Recording, channels: int) -> bytes:
    """The same as MP3 at 32 kbit/s; needs PyAV."""
    from simulator.mp3 import encode

    return encode(wav_of(recording, channels))


def tone_period(sid: str) -> int:
    """Each leg has a pitch of its own."""
    return PERIODS[zlib.crc32(sid.encode()) % len(PERIODS)]


def _tracks(recording: Recording) -> list[array[int]]:
    end = recording.ended_at if recording.ended_at is not None else recording.started_at
    if recording.conference_sid is not None:
        spoken = [
            stretch for leg in recording.legs for stretch in _spoken(leg.mouth, tone_period(leg.sid), end)
        ]
        return [_track(recording, spoken, end)]
    leg = recording.legs[0]
    said = _track(recording, _spoken(leg.mouth, tone_period(leg.sid), end), end)
    if recording.order.source == "RecordVerb":
        return [said]
    return [said, _track(recording, _heard(leg.ear.lines, end), end)]


def _spoken(mouth: Mouth, period: int, end: float) -> list[Stretch]:
    return [(spell.at, end if spell.until is None else spell.until, period) for spell in mouth.spells]


def _heard(lines: Iterable[Line], end: float) -> list[Stretch]:
    return [
        (line.at, end if line.until is None else line.until, period)
        for line in lines
        if (period := _period_of(line))
    ]


def _period_of(line: Line) -> int:
    match line.kind:
        case Sound.SILENCE:
            return 0
        case Sound.TALK | Sound.VOICE:
            return tone_period(line.voices[0]) if line.voices else 0
        case Sound.PLAY | Sound.MUSIC:
            return MUSIC_PERIOD
        case Sound.BEEP | Sound.KEYS:
            return BEEP_PERIOD
        case Sound.RINGING:
            return RINGING_PERIOD
        case Sound.SAY:
            return PROMPT_PERIOD


def _track(recording: Recording, stretches: list[Stretch], end: float) -> array[int]:
    begin = recording.started_at
    track = array("h", bytes(2 * round((end - begin) * RATE)))
    for at, until, period in stretches:
        _fill(track, round((at - begin) * RATE), round((until - begin) * RATE), period)
    return _with_gaps(recording, track, end)


def _with_gaps(recording: Recording, track: array[int], end: float) -> array[int]:
    for gap in reversed(recording.gaps):
        first = round((gap.at - recording.started_at) * RATE)
        last = round(((gap.until or end) - recording.started_at) * RATE)
        if gap.skips:
            del track[first:last]
        else:
            _fill(track, first, last, 0)
    return track


def _fill(track: array[int], first: int, last: int, period: int) -> None:
    first, last = max(0, first), min(len(track), last)
    if last <= first:
        return
    if not period:
        track[first:last] = array("h", bytes(2 * (last - first)))
        return
    wave_once = array(
        "h", (round(LOUDNESS * math.sin(2 * math.pi * step / period)) for step in range(period))
    )
    times = (last - first) // period + 1
    track[first:last] = (wave_once * times)[: last - first]


def _interleave(tracks: list[array[int]]) -> array[int]:
    left = tracks[0]
    right = tracks[1] if len(tracks) > 1 else left
    both = array("h", bytes(4 * len(left)))
    both[0::2] = left
    both[1::2] = right
    return both


def _mix(tracks: list[array[int]]) -> array[int]:
    if len(tracks) == 1:
        return tracks[0]
    return array("h", (one + other for one, other in zip(*tracks, strict=True)))
