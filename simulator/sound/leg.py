"""One leg of a call as the mixer sees it: what it says and what it hears, 20 ms at a time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.sound.inbox import Inbox
from simulator.sound.mulaw import SILENT
from simulator.sound.playing import Playing
from simulator.sound.speaking import SpeechWatch

if TYPE_CHECKING:
    from simulator.sound.recording import Recording
    from simulator.sound.room import Room


@dataclass(eq=False)
class Leg:
    """A browser's leg speaks through its inbox, a scripted one through what it is told to say.

    `said` and `heard` hold the frames of the running tick; the recordings read them.
    """

    name: str
    inbox: Inbox | None = None
    send: Callable[[bytes], None] | None = None
    saying: Playing | None = None
    key_tones: Playing | None = None
    hearing: Playing | None = None
    room: "Room | None" = None
    muted: bool = False
    held: bool = False
    coaching: str = ""
    watch: SpeechWatch | None = None
    recordings: "list[Recording]" = field(default_factory=list)
    said: bytes = SILENT
    heard: bytes = SILENT

    def speak(self) -> None:
        """Take this tick's frame of what the leg says. Key tones go before its voice."""
        voice = self.inbox.take() if self.inbox is not None else SILENT
        if self.saying is not None:
            voice = self._next(self.saying) or voice
            if self.saying.done:
                self.saying = None
        if self.key_tones is not None:
            voice = self._next(self.key_tones) or voice
            if self.key_tones.done:
                self.key_tones = None
        self.said = voice

    def listen(self) -> None:
        """Settle this tick's frame of what the leg hears: its room, else what is played to it."""
        playing = self.hearing
        frame = self._next(playing) if playing is not None else None
        if playing is not None and playing.done and self.hearing is playing:
            self.hearing = None
        if self.room is not None and not self.held:
            self.heard = self.room.heard_by(self, over=frame)
        else:
            self.heard = frame if frame is not None else SILENT

    @property
    def speaks_in_room(self) -> bool:
        """Whether the room hears it now."""
        return not self.muted and not self.held

    @staticmethod
    def _next(playing: Playing) -> bytes | None:
        return playing.frame()
