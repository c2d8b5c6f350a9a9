"""Sound files: any that PyAV reads becomes telephone sound."""

import io

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


def _samples(frame: av.AudioFrame) -> bytes:
    return frame.to_ndarray().astype(np.int16).tobytes()
