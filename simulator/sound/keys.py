"""Keys pressed on a phone: read from RTP (RFC 4733), and made audible (ITU-T Q.23)."""

from typing import Final

import numpy as np

from simulator.sound import mulaw

EVENTS: Final = "0123456789*#ABCD"
_ROWS: Final = (697, 770, 852, 941)
_COLUMNS: Final = (1209, 1336, 1477, 1633)
_PAD: Final = ("123A", "456B", "789C", "*0#D")
KEY_SECONDS: Final = 0.16
GAP_SECONDS: Final = 0.08
WAIT_SECONDS: Final = 0.5  # Twilio's `w`


class KeyReader:
    """Counts a key once, however many packets its press takes."""

    def __init__(self) -> None:
        self._last: tuple[int, int] | None = None

    def read(self, timestamp: int, payload: bytes) -> str:
        """The key that begins with this telephone-event packet, or nothing.

        One press is many packets with one RTP timestamp; the first byte is the event (RFC 4733, 2.3).
        """
        if len(payload) < 4 or payload[0] >= len(EVENTS):
            return ""
        press = (timestamp, payload[0])
        if press == self._last:
            return ""
        self._last = press
        return EVENTS[payload[0]]


def tones(digits: str) -> bytes:
    """The keys as their two-tone sounds in whole frames; a `w` is a pause, other characters are left out."""
    return mulaw.whole_frames(b"".join(_sound_of(digit) for digit in digits))


def _sound_of(digit: str) -> bytes:
    if digit in "wW":
        return b"\xff" * round(WAIT_SECONDS * mulaw.RATE)
    for row, letters in enumerate(_PAD):
        if digit in letters:
            time = np.arange(round(KEY_SECONDS * mulaw.RATE)) / mulaw.RATE
            low, high = _ROWS[row], _COLUMNS[letters.index(digit)]
            wave = 5000 * (np.sin(2 * np.pi * low * time) + np.sin(2 * np.pi * high * time))
            return mulaw.encode(wave.astype(np.int16)) + b"\xff" * round(GAP_SECONDS * mulaw.RATE)
    return b""
