"""Ears and mouths that are connected: what the kernel lets a leg hear and say, told to the media process."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, assert_never

from simulator.hearing import Ear, Line, Mouth, Sound, Spell
from simulator.sound import audible as a
from simulator.sound import protocol as p

RINGING_SECONDS: Final = 6.0
SMALL_TALK: Final = (
    a.Speech("Hello. This is a simulated caller. I would like to ask about my order, please."),
    a.Silence(3.0),
    a.Speech("It has not arrived yet. Could you have a look?"),
    a.Silence(4.0),
)

Send = Callable[[p.Command], None]


class SoundingEar(Ear):
    """Lets the leg really hear what it hears. `files` are the sounds that were fetched, by their address."""

    def __init__(self, now: Callable[[], float], leg: str, send: Send, files: Mapping[str, Path]) -> None:
        super().__init__(now)
        self._leg = leg
        self._send = send
        self._files = files

    def begin(self, kind: Sound, text: str = "", voices: tuple[str, ...] = (), source: str = "") -> Line:
        line = super().begin(kind, text, voices, source)
        self._send(self._command(line))
        return line

    def end(self) -> None:
        if self.current is not None:
            self._send(p.Hush(self._leg))
        super().end()

    def note(self, kind: Sound, text: str, seconds: float, voices: tuple[str, ...] = ()) -> Line:
        if kind is Sound.BEEP:
            self._send(p.Over(self._leg, (a.Beep(seconds),)))
        return super().note(kind, text, seconds, voices)

    def _command(self, line: Line) -> p.Command:
        match line.kind:
            case Sound.TALK | Sound.VOICE:
                return p.Talk(self._leg, line.voices)
            case Sound.SILENCE:
                return p.Hush(self._leg)
            case Sound.RINGING:
                return self._hear(a.RingBack(RINGING_SECONDS), loop=True)
            case Sound.MUSIC:
                return self._hear(a.Music(), loop=True)
            case Sound.SAY:
                return self._hear(a.Speech(line.text, line.source or "en-US"))
            case Sound.PLAY:
                return self._hear(a.Sound(str(self._files.get(line.source, line.source))))
            case Sound.KEYS:
                return self._hear(a.Keys(line.text))
            case Sound.BEEP:
                return self._hear(a.Beep(0.5))
            case _:
                assert_never(line.kind)

    def _hear(self, sound: a.Audible, *, loop: bool = False) -> p.Hear:
        return p.Hear(self._leg, "", (sound,), loop)


class ScriptedMouth(Mouth):
    """A leg without a browser makes small talk while there is somebody to talk with."""

    def __init__(self, now: Callable[[], float], leg: str, send: Send) -> None:
        super().__init__(now)
        self._leg = leg
        self._send = send

    def chat(self, on: bool) -> None:
        super().chat(on)
        self._send(p.Chat(self._leg, SMALL_TALK if on else ()))


class RealMouth(Mouth):
    """A person's mouth: what it says is noticed, never assumed."""

    def chat(self, on: bool) -> None:
        """Whoever is connected may speak or not."""

    def speak(self, seconds: float) -> None:
        """A script cannot speak for a person."""

    def noticed(self, speaking: bool) -> None:
        """The media process heard speech begin or end."""
        if speaking == self.is_open:
            return
        if speaking:
            self.spells.append(Spell(self._now()))
        else:
            self._close()
        self._tell()
