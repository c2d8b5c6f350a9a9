"""A callback: somebody keeps a place without waiting on the line, and is called when it is their turn.

Pure: what may happen to it, and what comes of an attempt. A callback that is in line takes offers like any caller, by
the entry and priority of its place; only the agent's claim makes it dial.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LONGEST_SECONDS: Final = 7 * 86_400.0  # a promise that nobody kept for a week has failed
SOON_SECONDS: Final = 60.0  # an agent gave up while it rang: not the same phone twice in a minute
ON_THE_LINE_SECONDS: Final = (
    5.0  # the customer waits on the line again: look whether that has come to anything
)
LATER_SECONDS: Final = 300.0  # the merchant's calls of this hour are used up: look again


class Callback(StrEnum):
    """How far a callback is."""

    ASKED = "asked"  # the caller is still on the line
    RESTING = (
        "resting"  # not due: a delay, between attempts, outside the hours, or the customer waits on the line
    )
    IN_LINE = "in_line"  # takes offers in its order
    DIALLING = "dialling"  # an agent has taken it; the customer is called
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REPLACED = (
        "replaced"  # the customer talked to an agent on the line, or has another place in the same call
    )


class Attempt(StrEnum):
    """How an attempt came to nothing."""

    NOT_REACHED = "not_reached"  # busy, no answer, refused by the network: it counts
    CALLED_OFF = "called_off"  # the agent gave up while it rang: it does not count
    NOT_DIALLED = "not_dialled"  # the agent's phone never came: the customer knows nothing of it


CALLBACK_PENDING: Final = frozenset({Callback.ASKED, Callback.RESTING, Callback.IN_LINE})
CALLBACK_OPEN: Final = CALLBACK_PENDING | {Callback.DIALLING}
CALLBACK_MOVES: Final[dict[tuple[Callback, str], Callback]] = {
    (Callback.ASKED, "caller_left"): Callback.RESTING,
    (Callback.ASKED, "other_number"): Callback.ASKED,
    (Callback.RESTING, "due"): Callback.IN_LINE,
    (Callback.IN_LINE, "closed"): Callback.RESTING,
    (Callback.IN_LINE, "customer_waits"): Callback.RESTING,
    (Callback.RESTING, "asked_again"): Callback.ASKED,
    (Callback.IN_LINE, "asked_again"): Callback.ASKED,
    (Callback.IN_LINE, "claimed"): Callback.DIALLING,
    (Callback.DIALLING, "answered"): Callback.DONE,
    (Callback.DIALLING, "to_be_tried_again"): Callback.RESTING,
    (Callback.DIALLING, "gave_up"): Callback.FAILED,
    (Callback.RESTING, "gave_up"): Callback.FAILED,
    (Callback.IN_LINE, "gave_up"): Callback.FAILED,
    **{(state, "cancelled"): Callback.CANCELLED for state in sorted(CALLBACK_PENDING)},
    **{(state, "called_again"): Callback.REPLACED for state in sorted(CALLBACK_PENDING)},
}


@dataclass(frozen=True)
class Tries:
    """How often a callback may be tried and was, and how many seconds lie between two attempts."""

    most: int
    made: int
    retry_seconds: float


@dataclass(frozen=True)
class Rest:
    """It is due again at a moment, after so many attempts that count."""

    until_at: float
    made: int


@dataclass(frozen=True)
class GiveUp:
    """There is no further attempt."""

    made: int


def after_attempt(tries: Tries, how: Attempt, now: float) -> Rest | GiveUp:
    """What comes of an attempt in vain."""
    match how:
        case Attempt.NOT_DIALLED:
            return Rest(now, tries.made)
        case Attempt.CALLED_OFF:
            return Rest(now + SOON_SECONDS, tries.made)
        case Attempt.NOT_REACHED:
            made = tries.made + 1
            return GiveUp(made) if made >= tries.most else Rest(now + tries.retry_seconds, made)
