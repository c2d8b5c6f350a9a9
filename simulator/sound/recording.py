"""Recordings: mu-law gathered tick by tick, made a WAV file (16 bit, 8 kHz) when they end."""

import os
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.sound import mulaw
from simulator.sound.mulaw import FRAME_SECONDS, SILENT
from simulator.sound.speaking import LOUD

CHUNK_FRAMES: Final = 50  # gathered in memory before they go to the disk: one second
TICK_BYTES: Final = 2 * mulaw.FRAME  # what the leg says, then what it hears
MARGIN_FRAMES: Final = 10  # left of the silence when it is trimmed: 200 ms


@dataclass(frozen=True)
class Cut:
    """How a recording is cut: one channel may hold only what the leg says; `trim` cuts silence off both ends."""

    channels: int = 2
    said_only: bool = False
    trim: bool = False


class Recording:
    """One running recording; its raw sound grows beside the final file."""

    def __init__(self, name: str, path: Path, cut: Cut) -> None:
        self.name = name
        self.path = path
        self.cut = cut
        self.paused = False
        self.skipping = False
        self.frames = 0
        self._raw = path.with_name(path.name + ".raw")
        self._file = self._raw.open("wb")
        self._chunk: list[bytes] = []

    def add(self, said: bytes, heard: bytes) -> None:
        """One tick of what the leg says (channel 1) and hears (channel 2)."""
        if self.paused:
            if self.skipping:
                return
            said = heard = SILENT
        self.frames += 1
        self._chunk.append(said)
        self._chunk.append(heard)
        if len(self._chunk) >= 2 * CHUNK_FRAMES:
            self._write_chunk()

    @property
    def seconds(self) -> float:
        """How long the recording is."""
        return self.frames * FRAME_SECONDS

    def close(self) -> None:
        """No more sound comes; `finish` may be called from another thread."""
        self._write_chunk()
        self._file.close()

    def finish(self) -> None:
        """Write the WAV file whole, under its final name only when it is; `seconds` is then its length."""
        unfinished = self.path.with_name(self.path.name + ".part")
        first, last = self._spoken_ticks() if self.cut.trim else (0, self.frames)
        with self._raw.open("rb") as raw, wave.open(str(unfinished), "wb") as wav:
            wav.setnchannels(self.cut.channels)
            wav.setsampwidth(2)
            wav.setframerate(mulaw.RATE)
            raw.seek(first * TICK_BYTES)
            left = last - first
            while left > 0 and (ticks := raw.read(TICK_BYTES * min(left, CHUNK_FRAMES))):
                wav.writeframesraw(self._as_wav(ticks))
                left -= CHUNK_FRAMES
        os.replace(unfinished, self.path)
        self._raw.unlink()
        self.frames = max(0, last - first)

    def _spoken_ticks(self) -> tuple[int, int]:
        """From a little before the first loud tick to a little after the last one."""
        with self._raw.open("rb") as raw:
            said = np.frombuffer(raw.read(), dtype=np.uint8).reshape(-1, 2, mulaw.FRAME)[:, 0, :]
        loud = np.flatnonzero([mulaw.loudness(frame.tobytes()) > LOUD for frame in said])
        if not len(loud):
            return 0, 0
        return max(0, int(loud[0]) - MARGIN_FRAMES), min(self.frames, int(loud[-1]) + 1 + MARGIN_FRAMES)

    def _as_wav(self, ticks: bytes) -> bytes:
        both = mulaw.decode(ticks).reshape(-1, 2, mulaw.FRAME)
        said, heard = both[:, 0, :].reshape(-1), both[:, 1, :].reshape(-1)
        if self.cut.channels == 2:
            return np.stack((said, heard), axis=1).astype("<i2").tobytes()
        if self.cut.said_only:
            return said.astype("<i2").tobytes()
        mixed: NDArray[np.int32] = np.clip(said.astype(np.int32) + heard, -32768, 32767)
        return mixed.astype("<i2").tobytes()

    def _write_chunk(self) -> None:
        self._file.write(b"".join(self._chunk))
        self._chunk.clear()
