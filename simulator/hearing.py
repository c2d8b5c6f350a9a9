"""What the person at the far end of a leg hears and says, as timed lines: transcript and sound come from here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from simulator.kernel import Signal


class Sound(StrEnum):
    RINGING = "ringing"
    SAY = "say"
    PLAY = "play"
    MUSIC = "music"
    SILENCE = "silence"
    BEEP = "beep"
    TALK = "talk"
    VOICE = "voice"
    KEYS = "keys"


@dataclass
class Line:
    """One thing heard: from `at` until `until` (None while it lasts); voices are the sids of the legs heard.

    `source` is the address of a sound that is played, or the language of what is said.
    """

    at: float
    kind: Sound
    text: str = ""
    until: float | None = None
    voices: tuple[str, ...] = ()
    source: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}" if self.text else str(self.kind)


class Ear:
    """Hears one lasting thing at a time; short ones (a beep, a word) are noted beside it."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.lines: list[Line] = []
        self.current: Line | None = None
        self.watchers: list[Callable[[Line], None]] = []

    def begin(self, kind: Sound, text: str = "", voices: tuple[str, ...] = (), source: str = "") -> Line:
        self.end()
        line = Line(self._now(), kind, text, voices=voices, source=source)
        self.lines.append(line)
        self.current = line
        self._tell(line)
        return line

    def end(self) -> None:
        if self.current is not None:
            self.current.until = self._now()
            self.current = None

    def note(self, kind: Sound, text: str, seconds: float, voices: tuple[str, ...] = ()) -> Line:
        now = self._now()
        line = Line(now, kind, text, now + seconds, voices)
        self.lines.append(line)
        self._tell(line)
        return line

    def _tell(self, line: Line) -> None:
        for watcher in list(self.watchers):
            watcher(line)


@dataclass
class Spell:
    """A stretch of speaking; until is None while it lasts."""

    at: float
    until: float | None = None


class Mouth:
    """Speaks when told to, and all the time while there is somebody to talk with."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.spells: list[Spell] = []
        self.changed: Signal[None] = Signal()
        self._chatting = False
        self._speaking_until = 0.0

    @property
    def is_open(self) -> bool:
        return bool(self.spells) and (self.spells[-1].until is None or self.spells[-1].until > self._now())

    @property
    def open_until(self) -> float | None:
        """When the present spell ends: None when it has no end yet."""
        return self.spells[-1].until if self.spells else 0.0

    @property
    def silent_since(self) -> float:
        """The moment since which nothing was said; now while speaking, 0 when nothing was ever said."""
        if self.is_open:
            return self._now()
        return (self.spells[-1].until or 0.0) if self.spells else 0.0

    def chat(self, on: bool) -> None:
        if on == self._chatting:
            return
        self._chatting = on
        if on:
            self._close()
            self.spells.append(Spell(self._now()))
        else:
            self._close()
        self._tell()

    def speak(self, seconds: float) -> None:
        if self._chatting:
            return
        now = self._now()
        if self.is_open:
            self.spells[-1].until = max(self.spells[-1].until or 0.0, now + seconds)
        else:
            self.spells.append(Spell(now, now + seconds))
        self._tell()

    def shut(self) -> None:
        self._chatting = False
        self._close()
        self._tell()

    def spoke_since(self, moment: float) -> bool:
        return any(spell.until is None or spell.until > moment for spell in self.spells)

    def _close(self) -> None:
        if self.is_open:
            self.spells[-1].until = self._now()

    def _tell(self) -> None:
        changed, self.changed = self.changed, Signal()
        changed.fire(None)
