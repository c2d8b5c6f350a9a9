"""Listening: which tones are in a sound, and how far above everything else."""

import base64
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import BrowserContext, Page

LISTENING = Path(__file__).with_name("listening.js")
CLEAR_DECIBELS = 20.0
WIDTH_HERTZ = 20.0  # around a tone: a Hann window's lobe, and what resampling smears


def listen_in(context: BrowserContext) -> None:
    """Let tests hear what every page of this browser hears (`hear`)."""
    context.add_init_script(path=LISTENING)


def hear(page: Page, seconds: float) -> tuple[NDArray[np.float64], int]:
    """What the page hears of its newest call: samples from -1 to 1, and their rate; silence when it has none."""
    heard = page.evaluate("seconds => hearForTest(seconds)", seconds)
    if heard is None:
        return np.zeros(round(8000 * seconds)), 8000
    samples = np.frombuffer(base64.b64decode(heard["samples"]), dtype="<f4").astype(np.float64)
    return samples, int(heard["rate"])


def hear_out(page: Page, seconds: float, *hertz: float, enough: float = CLEAR_DECIBELS) -> float:
    """Decibels of these tones above all else: the first window with enough, or the best of ten.

    What two busy cores lose of one window says nothing of the sound; what is wrong with the sound is wrong in all.
    """
    best = -120.0
    for _ in range(10):
        best = max(best, above_the_rest(*hear(page, seconds), *hertz))
        if best >= enough:
            break
    return best


def comes_to_hear(page: Page, *hertz: float, seconds: float = 60.0) -> None:
    """Wait until these tones are what is heard."""
    window = 0.4
    for _ in range(round(seconds / window)):
        if above_the_rest(*hear(page, window), *hertz) >= 12:
            return
    raise AssertionError(f"{hertz} Hz was not heard within {seconds:.0f} s")


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
