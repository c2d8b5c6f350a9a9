"""What the kernel and the media process tell each other: one JSON object a line over one local socket.

The kernel decides everything (documents, queues, conferences, who may call); the media process only makes,
mixes, hears and records sound. A leg is named by its CallSid, which the kernel mints; a browser's call that the
kernel has not named yet goes by the SDK's temporary id (`invite`, "TJS...").
"""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

# ---- what a leg can be given to hear ------------------------------------------------------------------------


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

# ---- kernel -> media ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Account:
    """The API keys whose access tokens browsers may bring: key sid -> secret."""

    account_sid: str
    keys: dict[str, str]
    kind: Literal["account"] = "account"


@dataclass(frozen=True)
class Take:
    """The browser's call `invite` is known to the kernel as `leg`: the browser is told that it rings."""

    invite: str
    leg: str
    kind: Literal["take"] = "take"


@dataclass(frozen=True)
class Refuse:
    """The browser's call is not taken; the SDK reports the code (31486 is busy)."""

    invite: str
    code: int = 31005
    message: str = "Connection declined"
    kind: Literal["refuse"] = "refuse"


@dataclass(frozen=True)
class Answer:
    """The leg is answered: sound may flow from now on."""

    leg: str
    kind: Literal["answer"] = "answer"


@dataclass(frozen=True)
class Ring:
    """Ring every registered phone of an identity; the first that answers has the leg."""

    leg: str
    identity: str
    parameters: dict[str, str] = field(default_factory=dict)
    kind: Literal["ring"] = "ring"


@dataclass(frozen=True)
class Open:
    """A leg without a browser: a scripted caller or agent. It says nothing until told to."""

    leg: str
    kind: Literal["open"] = "open"


@dataclass(frozen=True)
class Say:
    """What a leg without a browser says, after what it is still saying."""

    leg: str
    sounds: tuple[Audible, ...]
    kind: Literal["say"] = "say"


@dataclass(frozen=True)
class Chat:
    """What a leg without a browser says over and over while it has nothing else to say; no sounds end it."""

    leg: str
    sounds: tuple[Audible, ...]
    kind: Literal["chat"] = "chat"


@dataclass(frozen=True)
class Hear:
    """The leg hears this from now on, instead of anything before; `cue` comes back in Played."""

    leg: str
    cue: str
    sounds: tuple[Audible, ...]
    loop: bool = False
    kind: Literal["hear"] = "hear"


@dataclass(frozen=True)
class Talk:
    """The leg hears these legs from now on, instead of anything before. Who hears whom is the kernel's business:
    muted, held and coaching legs differ only in which voices others are given.
    """

    leg: str
    voices: tuple[str, ...]
    kind: Literal["talk"] = "talk"


@dataclass(frozen=True)
class Hush:
    """The leg hears nothing from now on; no Played follows."""

    leg: str
    kind: Literal["hush"] = "hush"


@dataclass(frozen=True)
class Over:
    """A short sound over whatever the leg hears: a beep as somebody joins."""

    leg: str
    sounds: tuple[Audible, ...]
    kind: Literal["over"] = "over"


@dataclass(frozen=True)
class Measure:
    """How long would this be? The answer is Measured, and what was measured is ready to be heard at once."""

    question: str
    sounds: tuple[Audible, ...]
    kind: Literal["measure"] = "measure"


@dataclass(frozen=True)
class Record:
    """Record a leg into a WAV file: two channels (what it says, what it hears), or one with both.

    With `said_only` one channel holds what the leg says (voicemail).
    """

    recording: str
    leg: str
    path: str
    channels: int = 2
    said_only: bool = False
    kind: Literal["record"] = "record"


@dataclass(frozen=True)
class RecordTogether:
    """Record these legs mixed into a WAV file of one channel; said again, it changes who is recorded."""

    recording: str
    legs: tuple[str, ...]
    path: str
    kind: Literal["record_together"] = "record_together"


@dataclass(frozen=True)
class PauseRecording:
    """Pause with silence, or leave the time out altogether (`skip`); or go on."""

    recording: str
    paused: bool
    skip: bool = False
    kind: Literal["pause_recording"] = "pause_recording"


@dataclass(frozen=True)
class StopRecording:
    """End a recording; Recorded follows when its file is whole."""

    recording: str
    kind: Literal["stop_recording"] = "stop_recording"


@dataclass(frozen=True)
class Listen:
    """Report when the leg begins and stops speaking, for the silence that ends a voicemail."""

    leg: str
    on: bool
    kind: Literal["listen"] = "listen"


@dataclass(frozen=True)
class HangUp:
    """End a leg, ringing or talking; with a code the SDK reports it as an error."""

    leg: str
    code: int = 0
    message: str = ""
    kind: Literal["hang_up"] = "hang_up"


@dataclass(frozen=True)
class Tell:
    """A message to the page of a leg (Call.messageReceived)."""

    leg: str
    content: str
    content_type: str = "application/json"
    message_type: str = "user-defined-message"
    kind: Literal["tell"] = "tell"


@dataclass(frozen=True)
class Count:
    """How is the clock doing? The answer is Counted."""

    question: str
    kind: Literal["count"] = "count"


Command = (
    Account
    | Take
    | Refuse
    | Answer
    | Ring
    | Open
    | Say
    | Chat
    | Hear
    | Talk
    | Hush
    | Over
    | Measure
    | Record
    | RecordTogether
    | PauseRecording
    | StopRecording
    | Listen
    | HangUp
    | Tell
    | Count
)

# ---- media -> kernel ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ready:
    """The media process serves browsers at this port."""

    port: int
    kind: Literal["ready"] = "ready"


@dataclass(frozen=True)
class Registered:
    """A phone of this identity can be rung, or none can be any more; `phone` is a customer's number, else empty."""

    identity: str
    on: bool
    phone: str = ""
    kind: Literal["registered"] = "registered"


@dataclass(frozen=True)
class CameIn:
    """A browser calls. `account_sid`, `app_sid` and `identity` come from its verified token, `params` from the page.

    `phone` is the E.164 number when a customer's phone page calls, else empty.
    """

    invite: str
    identity: str
    account_sid: str
    app_sid: str
    params: dict[str, str]
    phone: str = ""
    kind: Literal["came_in"] = "came_in"


@dataclass(frozen=True)
class Answered:
    """A phone that was rung has answered."""

    leg: str
    kind: Literal["answered"] = "answered"


@dataclass(frozen=True)
class Ended:
    """The leg ended on its own side. An `invite` given up before Take is named by it."""

    leg: str
    why: Literal["hung_up", "vanished", "declined", "unreachable"]
    kind: Literal["ended"] = "ended"


@dataclass(frozen=True)
class Pressed:
    """Keys pressed on the leg's phone, one at a time."""

    leg: str
    digits: str
    kind: Literal["pressed"] = "pressed"


@dataclass(frozen=True)
class Played:
    """Everything of a Hear was played; `seconds` of it."""

    leg: str
    cue: str
    seconds: float
    kind: Literal["played"] = "played"


@dataclass(frozen=True)
class Measured:
    """The answer to Measure: what could not be had counts nothing."""

    question: str
    seconds: float
    kind: Literal["measured"] = "measured"


@dataclass(frozen=True)
class Unplayable:
    """A sound could not be had and was left out."""

    leg: str
    source: str
    reason: str
    kind: Literal["unplayable"] = "unplayable"


@dataclass(frozen=True)
class Recorded:
    """The recording's file is whole."""

    recording: str
    path: str
    seconds: float
    channels: int
    kind: Literal["recorded"] = "recorded"


@dataclass(frozen=True)
class Spoke:
    """The leg began (or stopped) speaking; only while Listen is on."""

    leg: str
    speaking: bool
    kind: Literal["spoke"] = "spoke"


@dataclass(frozen=True)
class Told:
    """The page of a leg sent a message (Call.sendMessage)."""

    leg: str
    content: str
    content_type: str
    message_type: str
    kind: Literal["told"] = "told"


@dataclass(frozen=True)
class Counted:
    """Ticks since the start, those that came a whole tick late, legs in the mixer, frames that browsers sent."""

    question: str
    ticks: int
    late_ticks: int
    legs: int
    frames: int
    kind: Literal["counted"] = "counted"


Event = (
    Ready
    | Registered
    | CameIn
    | Answered
    | Ended
    | Pressed
    | Played
    | Measured
    | Unplayable
    | Recorded
    | Spoke
    | Told
    | Counted
)

_commands: TypeAdapter[Command] = TypeAdapter(Annotated[Command, Field(discriminator="kind")])
_events: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="kind")])


def command_line(command: Command) -> bytes:
    """One command as a line."""
    return _commands.dump_json(command) + b"\n"


def read_command(line: bytes) -> Command:
    """The command of a line; ValueError names what is wrong with it."""
    return _commands.validate_json(line)


def event_line(event: Event) -> bytes:
    """One event as a line."""
    return _events.dump_json(event) + b"\n"


def read_event(line: bytes) -> Event:
    """The event of a line; ValueError names what is wrong with it."""
    return _events.validate_json(line)
