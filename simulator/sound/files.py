"""Sound files: any that PyAV reads becomes telephone sound, and a recording becomes an mp3."""

import io
import wave
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from simulator.sound import mulaw


class NotSound(ValueError):
    """The bytes are no sound file that can be read."""


def telephone_sound(data: bytes, name: str) -> bytes:
    """A file's bytes (wav, mp3, ...) as mu-law at 8 kHz in whole frames."""
    chunks: list[bytes] = []
    try:
        with av.open(io.BytesIO(data), "r") as box:
            if not box.streams.audio:
                raise NotSound(f"{name} holds no sound")
            resampler = av.AudioResampler(format="s16", layout="mono", rate=mulaw.RATE)
            for frame in box.decode(audio=0):
                chunks.extend(_samples(part) for part in resampler.resample(frame))
            chunks.extend(_samples(part) for part in resampler.resample(None))
    except (av.FFmpegError, IndexError) as error:
        raise NotSound(f"{name} cannot be read as sound: {error}") from error
    return mulaw.whole_frames(mulaw.encode(np.frombuffer(b"".join(chunks), dtype=np.int16)))


def write_mp3(recording: Path, mp3: Path) -> None:
    """A WAV recording as mp3, 32 kbit/s at 8 kHz, with its channels (Twilio's figures)."""
    with wave.open(str(recording), "rb") as wav:
        channels = wav.getnchannels()
        samples = np.frombuffer(wav.readframes(wav.getnframes()), dtype="<i2").reshape(-1, channels)
    layout = "stereo" if channels == 2 else "mono"
    with av.open(str(mp3), "w", format="mp3") as box:
        stream: Any = box.add_stream("libmp3lame", rate=mulaw.RATE, layout=layout, bit_rate=32_000)
        for start in range(0, len(samples), 1152):
            part = np.ascontiguousarray(samples[start : start + 1152].T)
            frame = av.AudioFrame.from_ndarray(part, format="s16p", layout=layout)
            frame.sample_rate, frame.pts, frame.time_base = mulaw.RATE, start, Fraction(1, mulaw.RATE)
            box.mux(stream.encode(frame))
        box.mux(stream.encode(None))


def _samples(frame: av.AudioFrame) -> bytes:
    return frame.to_ndarray().astype(np.int16).tobytes()
