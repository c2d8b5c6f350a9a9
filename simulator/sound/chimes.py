"""The Voice SDK's own sounds (ringing, hanging up, keys), computed, so that no page fetches them from elsewhere."""

import io
import wave
from typing import Final

from simulator.sound import keys, mulaw, tones

NAMES: Final = ("incoming", "outgoing", "disconnect", "dtmfs", "dtmfh", *(f"dtmf{key}" for key in range(10)))


def chime(name: str) -> bytes:
    """A WAV file for one of the SDK's fifteen names. LookupError for any other."""
    if name not in NAMES:
        raise LookupError(f"{name} is none of the Voice SDK's sounds: {', '.join(NAMES)}")
    return _wav(_sound(name))


def _sound(name: str) -> bytes:
    match name:
        case "incoming":
            burst = tones.tone(784, 0.18, 5000) + tones.tone(988, 0.22, 5000)
            return burst + tones.silence(0.12) + burst + tones.silence(2.0)
        case "outgoing":
            return tones.tone(523, 0.12, 4000) + tones.tone(659, 0.16, 4000)
        case "disconnect":
            return tones.tone(523, 0.12, 4000) + tones.tone(392, 0.18, 4000)
        case _:
            return keys.tones({"s": "*", "h": "#"}.get(name[-1], name[-1]))


def _wav(sound: bytes) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(mulaw.RATE)
        wav.writeframes(mulaw.decode(sound).astype("<i2").tobytes())
    return file.getvalue()
