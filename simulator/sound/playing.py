"""Sound being played: to a leg, to a room, or by a leg without a browser."""

import asyncio
from collections.abc import Callable, Sequence

from simulator.sound.mulaw import FRAME, FRAME_SECONDS


class Playing:
    """A row of clips, some perhaps still being made, given out a frame a tick.

    A clip that is not ready yet is silence meanwhile; a clip that failed is left out. `when_done` is called once,
    with the seconds played, when the last frame has been given out; a loop never ends.
    """

    def __init__(
        self,
        clips: "Sequence[asyncio.Future[bytes]]",
        *,
        loop: bool = False,
        when_done: Callable[[float], None] | None = None,
    ) -> None:
        self._clips = list(clips)
        self._loop = loop
        self._when_done = when_done
        self._at = 0
        self._offset = 0
        self._frames = 0
        self.done = False

    def frame(self) -> bytes | None:
        """The next frame, or None when there is none (all played, or not ready yet)."""
        while not self.done:
            if self._at == len(self._clips):
                self._come_round()
                continue
            clip = self._clips[self._at]
            if not clip.done():
                return None
            sound = b"" if clip.cancelled() or clip.exception() else clip.result()
            if self._offset < len(sound):
                frame = sound[self._offset : self._offset + FRAME]
                self._offset += FRAME
                self._frames += 1
                return frame
            self._at, self._offset = self._at + 1, 0
        return None

    def add(self, clips: "Sequence[asyncio.Future[bytes]]") -> None:
        """Play these after what is there already."""
        self._clips.extend(clips)

    def _come_round(self) -> None:
        if self._loop and self._frames:
            self._at = 0
            return
        self.done = True
        if self._when_done is not None:
            self._when_done(self._frames * FRAME_SECONDS)
