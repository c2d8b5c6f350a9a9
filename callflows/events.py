"""What happened on the telephone since the last turn."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class KeysPressed:
    """The caller pressed keys: 0 to 9, * and #."""

    keys: str


@dataclass(frozen=True)
class NothingPressed:
    """The caller was asked for keys and let the time pass."""


class QueueOutcome(StrEnum):
    """How a caller left a queue."""

    ANSWERED = "answered"
    TIMEOUT = "timeout"
    FULL = "full"
    NO_AGENTS = "no_agents"
    TOO_LONG = "too_long"
    EXIT_KEY = "exit_key"
    NO_ANSWER = "no_answer"
    CALLER_HUNG_UP = "caller_hung_up"


@dataclass(frozen=True)
class QueueLeft:
    """The caller left the queue; after `answered` the talk is over. `key` is the exit key, if one was pressed."""

    outcome: QueueOutcome
    key: str = ""


class RingOutcome(StrEnum):
    """How it went when an agent or a team was rung."""

    ANSWERED = "answered"
    BUSY = "busy"
    AWAY = "away"
    NO_ANSWER = "no_answer"
    CALLER_HUNG_UP = "caller_hung_up"


@dataclass(frozen=True)
class RingEnded:
    """Somebody answered and the talk is over, or nobody did; busy and away are known before anything rings."""

    outcome: RingOutcome


class VoicemailEnd(StrEnum):
    """What ended a voicemail."""

    KEY = "key"
    SILENCE = "silence"
    LIMIT = "limit"
    CALLER_HUNG_UP = "caller_hung_up"


@dataclass(frozen=True)
class VoicemailTaken:
    """A message was recorded, perhaps an empty one."""

    seconds: float
    ended_by: VoicemailEnd = VoicemailEnd.SILENCE


class ForwardOutcome(StrEnum):
    """How a forwarded call went."""

    ANSWERED = "answered"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"


@dataclass(frozen=True)
class ForwardEnded:
    """The other number answered and the talk is over, or it did not answer."""

    outcome: ForwardOutcome


class ReplyOutcome(StrEnum):
    """How another system answered."""

    OK = "ok"
    ERROR = "error"
    TIMEOUT = "timeout"


@dataclass(frozen=True)
class Replied:
    """Another system was asked and answered, or did not; `values` are the variables that its answer gives."""

    outcome: ReplyOutcome
    values: tuple[tuple[str, str], ...] = ()


class CallbackOutcome(StrEnum):
    """Whether somebody can be called back."""

    ACCEPTED = "accepted"
    INVALID = "invalid"


@dataclass(frozen=True)
class CallbackSettled:
    """The callback is promised, or the number is none that may be called."""

    outcome: CallbackOutcome


@dataclass(frozen=True)
class CallerHungUp:
    """The caller is gone; nothing can be said any more."""


Event = (
    KeysPressed
    | NothingPressed
    | QueueLeft
    | RingEnded
    | VoicemailTaken
    | ForwardEnded
    | Replied
    | CallbackSettled
    | CallerHungUp
)


def caller_is_gone(event: Event) -> bool:
    """Whether nobody is left to hear anything."""
    match event:
        case CallerHungUp() | QueueLeft(QueueOutcome.CALLER_HUNG_UP) | RingEnded(RingOutcome.CALLER_HUNG_UP):
            return True
        case VoicemailTaken(ended_by=VoicemailEnd.CALLER_HUNG_UP):
            return True
        case _:
            return False
