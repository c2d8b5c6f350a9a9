"""What Twilio told us, as values in our words; hear.py makes them, everybody else in voice/ only takes them.

Texts that a stranger chose (names, raw numbers, speech) are capped, and their control characters are visible signs.
Durations are whole seconds, moments floats (epoch, UTC). What every turn carries is a tuple with names: of all that
cannot be changed it is made fastest.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class LegStatus(StrEnum):
    """How far a leg has come (the REST enum plus `initiated`, which only webhooks say)."""

    QUEUED = "queued"
    INITIATED = "initiated"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    FAILED = "failed"
    NO_ANSWER = "no-answer"
    CANCELED = "canceled"

    @property
    def is_final(self) -> bool:
        """True once the leg is over; nothing that comes later may change that."""
        return self in FINAL


FINAL = frozenset(
    {LegStatus.COMPLETED, LegStatus.BUSY, LegStatus.FAILED, LegStatus.NO_ANSWER, LegStatus.CANCELED}
)


@dataclass(frozen=True, slots=True)
class Party:
    """One end of a call: its number in E.164, None if withheld or no number at all, and the text as it came."""

    number: str | None
    text: str
    is_withheld: bool = False


class Incoming(NamedTuple):
    """A customer dialled one of the merchants' numbers."""

    call_sid: str
    account_sid: str
    caller: Party
    dialled: Party
    caller_name: str
    forwarded_from: str | None
    verified: str
    status: LegStatus


@dataclass(frozen=True, slots=True)
class KeysPressed:
    """The caller pressed keys; the key that ended the input is not among them."""

    keys: str


@dataclass(frozen=True, slots=True)
class NothingPressed:
    """The caller let the time pass."""


@dataclass(frozen=True, slots=True)
class MessageTaken:
    """The caller left a voicemail; ended by a key, by silence or full time (None), or by hanging up."""

    seconds: int
    ended_by_key: str | None
    caller_hung_up: bool
    recording_sid: str | None


@dataclass(frozen=True, slots=True)
class DialLeft:
    """A dialled number or a room is over for this leg: completed, answered (rooms), busy, no-answer, failed, canceled."""

    outcome: str
    seconds: int | None
    bridged: bool | None
    other_call_sid: str | None


@dataclass(frozen=True, slots=True)
class QueueLeft:
    """The leg left Twilio's queue; `result` is Twilio's word, `seconds` what Twilio counted (None: never enqueued)."""

    result: str
    seconds: int | None


@dataclass(frozen=True, slots=True)
class Fetched:
    """Nothing happened but the request itself: a redirect or a poke asks what comes next."""


Happened = KeysPressed | NothingPressed | MessageTaken | DialLeft | QueueLeft | Fetched


class TurnHeard(NamedTuple):
    """A leg asks for its next document, and why."""

    call_sid: str
    account_sid: str
    happened: Happened
    status: LegStatus

    @property
    def is_gone(self) -> bool:
        """True if the leg has ended, so that the document answered will not be heard."""
        return self.status is not LegStatus.IN_PROGRESS and self.status.is_final


@dataclass(frozen=True, slots=True)
class WaitHeard:
    """A caller in Twilio's queue asks for the next piece of waiting; `position` counts from 1."""

    call_sid: str
    account_sid: str
    position: int | None
    seconds: int | None
    queue_size: int | None
    keys: str | None


@dataclass(frozen=True, slots=True)
class AgentCall:
    """An agent's browser called in; `offer` is the only word of the browser, everything else is Twilio's."""

    call_sid: str
    account_sid: str
    identity: str
    offer: str | None
    status: LegStatus


@dataclass(frozen=True, slots=True)
class CallStatusHeard:
    """A leg's progress; only `sequence` orders them, None where Twilio sends none."""

    call_sid: str
    account_sid: str
    status: LegStatus
    sequence: int | None
    seconds: int | None
    parent_call_sid: str | None
    sip_code: int | None
    caller: Party
    dialled: Party
    at: float | None


@dataclass(frozen=True, slots=True)
class RoomEvent:
    """Something happened in a room; `kind` is Twilio's word such as participant-leave.

    `call_sid` is the participant's leg, on conference-end the leg that ended the room.
    """

    kind: str
    room: str
    account_sid: str
    conference_sid: str
    sequence: int | None
    at: float | None
    call_sid: str | None
    label: str | None
    on_hold: bool | None
    muted: bool | None
    reason: str | None
    leg_status: LegStatus | None


@dataclass(frozen=True, slots=True)
class RecordingHeard:
    """A recording began, is ready, or never came to be (absent, failed); a room's own recording names no leg."""

    recording_sid: str
    account_sid: str
    call_sid: str | None
    conference_sid: str | None
    status: str
    seconds: int | None
    channels: int | None
    source: str
    started_at: float | None
    error: int | None
