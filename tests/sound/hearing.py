"""Listening: which tones are in a sound, and how far above everything else."""

import base64
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WIDTH_HERTZ = 20.0  # around a tone: a Hann window's lobe, and what resampling smears


def samples_of(heard: dict[str, object]) -> tuple[NDArray[np.float64], int]:
    """What a page heard: 32-bit floats from -1 to 1, and their rate."""
    samples = np.frombuffer(base64.b64decode(str(heard["samples"])), dtype="<f4").astype(np.float64)
    return samples, int(str(heard["rate"]).split(".")[0])


def channels_of(path: Path) -> tuple[list[NDArray[np.float64]], int]:
    """The channels of a WAV file, from -1 to 1, and their rate."""
    with wave.open(str(path), "rb") as wav:
        raw = np.frombuffer(wav.readframes(wav.getnframes()), dtype="<i2").reshape(-1, wav.getnchannels())
        return [raw[:, channel] / 32768 for channel in range(raw.shape[1])], wav.getframerate()


def above_the_rest(samples: NDArray[np.float64], rate: int, *hertz: float) -> float:
    """Decibels of energy at the tones over the energy of everything else; silence is -120."""
    power = np.square(np.abs(np.fft.rfft(samples * np.hanning(len(samples)))))
    frequencies = np.fft.rfftfreq(len(samples), 1 / rate)
    at = np.zeros(len(power), dtype=bool)
    for one in hertz:
        at |= np.abs(frequencies - one) <= WIDTH_HERTZ
    if level(samples) < -70:
        return -120.0
    return float(10 * np.log10((power[at].sum() + 1e-12) / (power[~at].sum() + 1e-12)))


def level(samples: NDArray[np.float64]) -> float:
    """Loudness in decibels below full scale."""
    return float(20 * np.log10(np.sqrt(np.mean(np.square(samples))) + 1e-6))
