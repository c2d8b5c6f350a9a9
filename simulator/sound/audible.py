"""What a leg can be given to hear, or a leg without a browser to say."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field


@dataclass(frozen=True)
class Speech:
    """A sentence to be spoken; language as in TwiML ("en-US"), pace in words a minute."""

    text: str
    language: str = "en-US"
    pace: int = 160
    kind: Literal["speech"] = "speech"


@dataclass(frozen=True)
class Sound:
    """A sound file: a path, or an http(s) address that is fetched once and kept."""

    source: str
    kind: Literal["sound"] = "sound"


@dataclass(frozen=True)
class Silence:
    """Nothing, for a while."""

    seconds: float = 1.0
    kind: Literal["silence"] = "silence"


@dataclass(frozen=True)
class RingBack:
    """What a caller hears while the other side rings (440 + 480 Hz, 2 s on, 4 s off)."""

    seconds: float = 6.0
    kind: Literal["ring_back"] = "ring_back"


@dataclass(frozen=True)
class Music:
    """The synthetic hold music, from its start."""

    seconds: float = 19.2
    kind: Literal["music"] = "music"


@dataclass(frozen=True)
class Beep:
    """The tone before a voicemail, and on entering a conference."""

    seconds: float = 0.4
    kind: Literal["beep"] = "beep"


@dataclass(frozen=True)
class Keys:
    """Key tones; a `w` is half a second of silence."""

    digits: str
    kind: Literal["keys"] = "keys"


@dataclass(frozen=True)
class Tone:
    """A steady tone, for tests and scripted callers."""

    hertz: float
    seconds: float = 1.0
    kind: Literal["tone"] = "tone"


Audible = Annotated[
    Speech | Sound | Silence | RingBack | Music | Beep | Keys | Tone, Field(discriminator="kind")
]
