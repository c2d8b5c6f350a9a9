"""Spoken text: espeak-ng from its wheel, at 8 kHz.

The library keeps global state, so everything here runs in one thread (`clips.py` has it). The voice is robotic, and
the same text is not the same samples twice in one process: compare speech by duration and energy.
"""

import ctypes
from functools import cache
from typing import Any, Final

import espeakng_loader
import numpy as np
from numpy.typing import NDArray

from simulator.sound import mulaw

_SYNCHRONOUS: Final = 2  # AUDIO_OUTPUT_SYNCHRONOUS
_UTF8: Final = 1  # espeakCHARS_UTF8
_RATE, _VOLUME = 1, 2  # espeak_PARAMETER numbers
_LOUDNESS: Final = 90
_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
_LANGUAGES: Final = {"en": "en-us", "en-gb": "en-gb", "fr": "fr", "pt-br": "pt-br"}


class NoSpeech(RuntimeError):
    """The synthesiser is missing or does not work on this machine."""


class Speaker:
    """The one synthesiser of the process."""

    def __init__(self) -> None:
        library = ctypes.CDLL(espeakng_loader.get_library_path())
        rate = library.espeak_Initialize(_SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)
        if rate <= 0:
            raise NoSpeech("espeak-ng could not start: is the espeakng-loader package whole?")
        self._library = library
        self._rate = rate
        self._chunks: list[NDArray[np.int16]] = []
        self._callback = _CALLBACK(self._gather)
        library.espeak_SetSynthCallback(self._callback)

    def speak(self, text: str, language: str, pace: int) -> bytes:
        """The text as mu-law in whole frames; an unknown language is read in English."""
        library = self._library
        if library.espeak_SetVoiceByName(_voice_of(language).encode()) != 0:
            library.espeak_SetVoiceByName(b"en-us")
        library.espeak_SetParameter(_RATE, pace, 0)
        library.espeak_SetParameter(_VOLUME, _LOUDNESS, 0)
        raw = text.replace("\0", " ").encode() + b"\0"
        self._chunks.clear()
        if library.espeak_Synth(raw, ctypes.c_size_t(len(raw)), 0, 0, 0, _UTF8, None, None) != 0:
            raise NoSpeech(f"espeak-ng could not speak {text[:40]!r}")
        if not self._chunks:
            return b""
        return mulaw.whole_frames(mulaw.encode(to_telephone(np.concatenate(self._chunks), self._rate)))

    def _gather(self, samples: Any, count: int, _events: Any) -> int:
        if samples and count > 0:
            self._chunks.append(np.ctypeslib.as_array(samples, (count,)).copy())
        return 0


@cache
def _low_pass(rate: int) -> NDArray[np.float64]:
    """63 taps to 3400 Hz, so that nothing above half of 8 kHz folds back."""
    taps = np.arange(63) - 31
    kernel = np.sinc(2 * 3400 / rate * taps) * np.hamming(63)
    return np.asarray(kernel / kernel.sum(), dtype=np.float64)


def to_telephone(samples: NDArray[np.int16], rate: int) -> NDArray[np.int16]:
    """Samples of any higher rate at 8 kHz."""
    if rate == mulaw.RATE:
        return samples
    smooth = np.convolve(samples.astype(np.float64), _low_pass(rate), mode="same")
    count = int(len(samples) * mulaw.RATE / rate)
    wanted = np.arange(count) * (rate / mulaw.RATE)
    telephone: NDArray[np.float64] = np.interp(wanted, np.arange(len(samples)), smooth)
    return np.clip(telephone, -32768, 32767).astype(np.int16)


def _voice_of(language: str) -> str:
    """espeak's name for a TwiML language: "de-DE" is "de"."""
    name = language.lower().replace("_", "-")
    return _LANGUAGES.get(name) or _LANGUAGES.get(name.split("-")[0]) or name.split("-")[0]
