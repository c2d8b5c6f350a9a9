"""One leg of a call as the mixer sees it: what it says and what it hears, 20 ms at a time."""

from collections.abc import Callable
from dataclasses import dataclass, field

from simulator.sound.inbox import Inbox
from simulator.sound.mulaw import SILENT
from simulator.sound.playing import Playing
from simulator.sound.recording import Recording
from simulator.sound.speaking import SpeechWatch


@dataclass(eq=False)
class Leg:
    """A browser's leg speaks through its inbox, a scripted one through what it is told to say.

    It hears one lasting thing (a document or the voices of others) and perhaps a short one over it. `said` and
    `heard` hold the frames of the running tick.
    """

    name: str
    inbox: Inbox | None = None
    send: Callable[[bytes], None] | None = None
    saying: Playing | None = None
    chatting: Playing | None = None
    key_tones: Playing | None = None
    hearing: Playing | None = None
    over: Playing | None = None
    voices: tuple[str, ...] = ()
    watch: SpeechWatch | None = None
    recordings: list[Recording] = field(default_factory=list)
    said: bytes = SILENT
    heard: bytes = SILENT

    def speak(self) -> None:
        """Take this tick's frame of what the leg says. Key tones go before its voice."""
        voice = self.inbox.take() if self.inbox is not None else SILENT
        if self.chatting is not None and self.saying is None:
            voice = self.chatting.frame() or voice
        if self.saying is not None:
            voice = self.saying.frame() or voice
            if self.saying.done:
                self.saying = None
        if self.key_tones is not None:
            voice = self.key_tones.frame() or voice
            if self.key_tones.done:
                self.key_tones = None
        self.said = voice

    def played(self) -> list[bytes]:
        """This tick's frames of what is played to the leg."""
        frames = []
        hearing, over = self.hearing, self.over
        if hearing is not None:
            frames.append(hearing.frame())
            if hearing.done and self.hearing is hearing:
                self.hearing = None
        if over is not None:
            frames.append(over.frame())
            if over.done and self.over is over:
                self.over = None
        return [frame for frame in frames if frame is not None]
