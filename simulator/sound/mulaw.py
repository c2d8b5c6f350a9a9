"""Telephone sound: 8 kHz mu-law (ITU-T G.711), 160 bytes for every 20 ms."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

RATE: Final = 8000
FRAME: Final = 160
FRAME_SECONDS: Final = 0.02
SILENT: Final = b"\xff" * FRAME

Samples = NDArray[np.int16]


def _decode_table() -> Samples:
    code = ~np.arange(256, dtype=np.uint8)
    exponent = ((code >> 4) & 7).astype(np.int32)
    mantissa = (code & 15).astype(np.int32)
    magnitude = (((mantissa << 3) + 132) << exponent) - 132
    return np.where(code & 128, -magnitude, magnitude).astype(np.int16)


def _encode_table() -> NDArray[np.uint8]:
    sample = np.arange(-32768, 32768, dtype=np.int32)
    magnitude = np.minimum(np.abs(sample), 32635) + 132
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 15
    code = (np.where(sample < 0, 128, 0) | (exponent << 4) | mantissa).astype(np.uint8)
    return np.asarray(~code, dtype=np.uint8)


_TO_LINEAR: Final = _decode_table()
_FROM_LINEAR: Final = _encode_table()


def decode(sound: bytes) -> Samples:
    """Mu-law bytes as 16-bit samples."""
    return _TO_LINEAR[np.frombuffer(sound, dtype=np.uint8)]


def encode(samples: NDArray[np.int16] | NDArray[np.int32]) -> bytes:
    """Samples as mu-law bytes; what is too loud is clipped."""
    clipped = np.clip(samples, -32768, 32767).astype(np.int32)
    return _FROM_LINEAR[clipped + 32768].tobytes()


def whole_frames(sound: bytes) -> bytes:
    """The sound, filled up with silence to whole frames."""
    return sound + b"\xff" * (-len(sound) % FRAME)


def loudness(sound: bytes) -> float:
    """Root mean square of the sound, 0 to 32768."""
    if not sound:
        return 0.0
    return float(np.sqrt(np.mean(np.square(decode(sound).astype(np.float64)))))
