"""What the kernel and the media process tell each other: one JSON object a line over one local socket.

The kernel decides everything (documents, queues, conferences, who may call); the media process only makes,
mixes, hears and records sound. A leg is named by its CallSid, which the kernel mints; a browser's call that the
kernel has not named yet goes by the SDK's temporary id (`invite`, "TJS...").
"""

import json
from dataclasses import dataclass, field
from typing import Literal, get_args

from pydantic import TypeAdapter

from simulator.sound.audible import Audible

# ---- kernel -> media ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Account:
    """The API keys whose access tokens browsers may bring: key sid -> secret."""

    account_sid: str
    keys: dict[str, str]


@dataclass(frozen=True)
class Take:
    """The browser's call `invite` is known to the kernel as `leg`: the browser is told that it rings."""

    invite: str
    leg: str


@dataclass(frozen=True)
class Refuse:
    """The browser's call is not taken; the SDK reports the code (31486 is busy)."""

    invite: str
    code: int = 31005
    message: str = "Connection declined"


@dataclass(frozen=True)
class Answer:
    """The leg is answered: sound may flow from now on."""

    leg: str


@dataclass(frozen=True)
class Ring:
    """Ring every registered phone of an identity; the first that answers has the leg."""

    leg: str
    identity: str
    parameters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Open:
    """A leg without a browser: a scripted caller or agent. It says nothing until told to."""

    leg: str


@dataclass(frozen=True)
class Say:
    """What a leg without a browser says, after what it is still saying."""

    leg: str
    sounds: tuple[Audible, ...]


@dataclass(frozen=True)
class Chat:
    """What a leg without a browser says over and over while it has nothing else to say; no sounds end it."""

    leg: str
    sounds: tuple[Audible, ...]


@dataclass(frozen=True)
class Hear:
    """The leg hears this from now on, instead of anything before; `cue` comes back in Played."""

    leg: str
    cue: str
    sounds: tuple[Audible, ...]
    loop: bool = False


@dataclass(frozen=True)
class Talk:
    """The leg hears these legs from now on, instead of anything before. Who hears whom is the kernel's business:
    muted, held and coaching legs differ only in which voices others are given.
    """

    leg: str
    voices: tuple[str, ...]


@dataclass(frozen=True)
class Hush:
    """The leg hears nothing from now on; no Played follows."""

    leg: str


@dataclass(frozen=True)
class Over:
    """A short sound over whatever the leg hears: a beep as somebody joins."""

    leg: str
    sounds: tuple[Audible, ...]


@dataclass(frozen=True)
class Measure:
    """How long would this be? The answer is Measured, and what was measured is ready to be heard at once."""

    question: str
    sounds: tuple[Audible, ...]


@dataclass(frozen=True)
class Record:
    """Record a leg into a WAV file: two channels (what it says, what it hears), or one with both.

    With `said_only` one channel holds what the leg says (voicemail); `trim` cuts silence off both ends.
    """

    recording: str
    leg: str
    path: str
    channels: int = 2
    said_only: bool = False
    trim: bool = False


@dataclass(frozen=True)
class RecordTogether:
    """Record these legs mixed into a WAV file of one channel; said again, it changes who is recorded."""

    recording: str
    legs: tuple[str, ...]
    path: str


@dataclass(frozen=True)
class PauseRecording:
    """Pause with silence, or leave the time out altogether (`skip`); or go on."""

    recording: str
    paused: bool
    skip: bool = False


@dataclass(frozen=True)
class StopRecording:
    """End a recording; Recorded follows when its file is whole."""

    recording: str


@dataclass(frozen=True)
class Listen:
    """Report when the leg begins and stops speaking, for the silence that ends a voicemail."""

    leg: str
    on: bool


@dataclass(frozen=True)
class HangUp:
    """End a leg, ringing or talking; with a code the SDK reports it as an error."""

    leg: str
    code: int = 0
    message: str = ""


@dataclass(frozen=True)
class Tell:
    """A message to the page of a leg (Call.messageReceived)."""

    leg: str
    content: str
    content_type: str = "application/json"
    message_type: str = "user-defined-message"


@dataclass(frozen=True)
class Count:
    """How is the clock doing? The answer is Counted."""

    question: str


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


@dataclass(frozen=True)
class Registered:
    """A phone of this identity can be rung, or none can be any more; `phone` is a customer's number, else empty."""

    identity: str
    on: bool
    phone: str = ""


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


@dataclass(frozen=True)
class Answered:
    """A phone that was rung has answered."""

    leg: str


@dataclass(frozen=True)
class Ended:
    """The leg ended on its own side. An `invite` given up before Take is named by it."""

    leg: str
    why: Literal["hung_up", "vanished", "declined", "unreachable"]


@dataclass(frozen=True)
class Pressed:
    """Keys pressed on the leg's phone, one at a time."""

    leg: str
    digits: str


@dataclass(frozen=True)
class Played:
    """Everything of a Hear was played; `seconds` of it."""

    leg: str
    cue: str
    seconds: float


@dataclass(frozen=True)
class Measured:
    """The answer to Measure: what could not be had counts nothing."""

    question: str
    seconds: float


@dataclass(frozen=True)
class Unplayable:
    """A sound could not be had and was left out."""

    leg: str
    source: str
    reason: str


@dataclass(frozen=True)
class Recorded:
    """The recording's file is whole."""

    recording: str
    path: str
    seconds: float
    channels: int


@dataclass(frozen=True)
class Spoke:
    """The leg began (or stopped) speaking; only while Listen is on."""

    leg: str
    speaking: bool


@dataclass(frozen=True)
class Told:
    """The page of a leg sent a message (Call.sendMessage)."""

    leg: str
    content: str
    content_type: str
    message_type: str


@dataclass(frozen=True)
class Counted:
    """Ticks since the start, those that came a whole tick late, legs in the mixer, frames that browsers sent."""

    question: str
    ticks: int
    late_ticks: int
    legs: int
    frames: int


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

_COMMANDS = {one.__name__: TypeAdapter[Command](one) for one in get_args(Command)}
_EVENTS = {one.__name__: TypeAdapter[Event](one) for one in get_args(Event)}


def command_line(command: Command) -> bytes:
    """One command as a line: {"Hear": {"leg": ...}}."""
    name = type(command).__name__
    return b'{"%s":%s}\n' % (name.encode(), _COMMANDS[name].dump_json(command))


def read_command(line: bytes) -> Command:
    """The command of a line; ValueError names what is wrong with it."""
    name, fields = _read(line, "command")
    if name not in _COMMANDS:
        raise ValueError(f"there is no command {name!r}")
    return _COMMANDS[name].validate_python(fields)


def event_line(event: Event) -> bytes:
    """One event as a line."""
    name = type(event).__name__
    return b'{"%s":%s}\n' % (name.encode(), _EVENTS[name].dump_json(event))


def read_event(line: bytes) -> Event:
    """The event of a line; ValueError names what is wrong with it."""
    name, fields = _read(line, "event")
    if name not in _EVENTS:
        raise ValueError(f"there is no event {name!r}")
    return _EVENTS[name].validate_python(fields)


def _read(line: bytes, what: str) -> tuple[str, object]:
    message = json.loads(line)
    if not isinstance(message, dict) or len(message) != 1:
        raise ValueError(f"a line holds exactly one {what}: {line[:80]!r}")
    return next(iter(message.items()))
