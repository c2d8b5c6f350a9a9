"""Under which key each file of a recording is kept; the same at every attempt, so that nothing is kept twice."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Keys:
    """The three files of one recording."""

    original: str  # the bytes that the carrier gave
    playable: str  # the levelled copy
    waveform: str  # its outline


def keys_of(merchant_id: str, recording_id: str, call_started_at: float) -> Keys:
    """northwind/2026/11/re_k3xq.wav and what stands beside it; year and month (UTC) are the call's."""
    month = datetime.fromtimestamp(call_started_at, UTC).strftime("%Y/%m")
    stem = f"{merchant_id}/{month}/{recording_id}"
    return Keys(f"{stem}.wav", f"{stem}.play.wav", f"{stem}.peaks.json")


def waveform_key(playable_key: str) -> str | None:
    """The outline beside a playable file; None when the original is played, which has none."""
    stem, levelled, _ = playable_key.partition(".play.")
    return f"{stem}.peaks.json" if levelled else None
