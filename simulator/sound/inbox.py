"""What a browser has sent and the clock has not used yet: a small jitter buffer."""

from typing import Final

from simulator.sound.mulaw import FRAME, SILENT

TARGET: Final = 2  # frames gathered before playing begins: 40 ms, enough for a browser's uneven sending
MOST: Final = 10  # frames kept before old ones are skipped: more than 200 ms of delay is worse than a gap


class Inbox:
    """Frames by sequence number, given out one a tick and in order."""

    def __init__(self) -> None:
        self._frames: dict[int, bytes] = {}
        self._next = 0
        self._playing = False
        self.received = 0
        self.lost = 0

    def put(self, sequence: int, payload: bytes) -> None:
        """Keep one RTP payload; anything but one 20 ms frame, or too late, is dropped."""
        if len(payload) != FRAME:
            return
        self.received += 1
        if self._playing and not 0 <= (sequence - self._next) & 0xFFFF < 0x8000:
            return
        self._frames[sequence] = payload
        if not self._playing and len(self._frames) >= TARGET:
            self._next = self._oldest(sequence)
            self._playing = True
        elif len(self._frames) > MOST:
            self._skip_to_newest(sequence)

    def take(self) -> bytes:
        """The frame that is due, or silence where it is missing."""
        if not self._playing:
            return SILENT
        frame = self._frames.pop(self._next, None)
        if frame is None and not self._frames:
            self._playing = False
            return SILENT
        self._next = (self._next + 1) & 0xFFFF
        if frame is None:
            self.lost += 1
            return SILENT
        return frame

    def _oldest(self, near: int) -> int:
        return min(self._frames, key=lambda sequence: (sequence - near + 0x8000) & 0xFFFF)

    def _skip_to_newest(self, near: int) -> None:
        by_age = sorted(self._frames, key=lambda sequence: (sequence - near + 0x8000) & 0xFFFF)
        for sequence in by_age[:-TARGET]:
            del self._frames[sequence]
        self._next = by_age[-TARGET]
