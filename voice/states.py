"""Every state of what Ringdesk keeps, and the moves between them, in a table for each whose course is long.

What is not in a table does not happen; docs/states.md is drawn from the tables. A recording and a job have no table:
their states only say how far a piece of work is that may be begun again.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

S = TypeVar("S", bound=StrEnum)


class Agent(StrEnum):
    """What one agent is doing, across all queues and merchants."""

    OFFLINE = "offline"
    AVAILABLE = "available"
    RINGING = "ringing"
    ON_CALL = "on_call"
    ON_HOLD = "on_hold"
    WRAP_UP = "wrap_up"
    AWAY = "away"
    UNREACHABLE = "unreachable"


class Waiting(StrEnum):
    """Where a caller who joined a queue is."""

    WAITING = "waiting"
    OFFERED = "offered"
    CLAIMED = "claimed"
    BRIDGING = "bridging"
    CONNECTED = "connected"
    ABANDONED = "abandoned"
    TIMED_OUT = "timed_out"
    LEFT = "left"
    CALLBACK_WAITING = "callback_waiting"
    CALLBACK_ENDED = "callback_ended"
    NOT_REACHED = "not_reached"
    LET_GO = "let_go"


class Offer(StrEnum):
    """One ring of one agent for one caller."""

    OFFERED = "offered"
    RINGING = "ringing"
    ACCEPTED = "accepted"
    CONNECTED = "connected"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    UNDELIVERED = "undelivered"
    UNACKNOWLEDGED = "unacknowledged"
    FAILED = "failed"


class OfferKind(StrEnum):
    """Why an agent is rung, or has a call without a ring."""

    QUEUE = "queue"
    OUTBOUND = "outbound"  # the agent dialled: accepted from the beginning
    CALLBACK = "callback"  # the customer is called once the agent has taken it
    ASKED = "asked"  # a colleague asks before handing a caller over


class Participation(StrEnum):
    """An agent's part in a talk."""

    JOINING = "joining"
    TALKING = "talking"
    VANISHED = "vanished"
    ENDED = "ended"


class Role(StrEnum):
    """What somebody is in a talk."""

    OWNER = "owner"
    CONSULT = "consult"
    LISTENER = "listener"


class Consult(StrEnum):
    """How far the asking of a colleague is, before a caller is handed over."""

    HOLDING = "holding"
    RINGING = "ringing"
    CONSULTING = "consulting"
    TOGETHER = "together"
    TAKEN = "taken"
    CANCELLED = "cancelled"
    FAILED = "failed"
    PARTED = "parted"
    OVER = "over"


class PhoneRing(StrEnum):
    """How far the ringing of an ordinary phone is: an agent's, or an outside number that is asked."""

    ORDERED = "ordered"
    RINGING = "ringing"
    PICKED_UP = "picked_up"
    TAKEN = "taken"
    OVER = "over"


class Supervision(StrEnum):
    """Where a supervisor is who wishes to be in a talk."""

    COMING = "coming"  # the browser's phone is awaited
    IN_ROOM = "in_room"
    ENDED = "ended"


class Heard(StrEnum):
    """By whom a supervisor in a talk is heard."""

    LISTENING = "listening"  # by nobody
    COACHING = "coaching"  # by the agent alone
    BARGED = "barged"  # by everybody


class Action(StrEnum):
    """A request of ours that moves a live call."""

    INTENDED = "intended"
    SENT = "sent"
    CONFIRMED = "confirmed"
    FAILED = "failed"


class Recording(StrEnum):
    """Where the sound of a call is."""

    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    STORED = "stored"
    ABSENT = "absent"
    FAILED = "failed"
    ERASED = "erased"


class Job(StrEnum):
    """What became of a job in the outbox."""

    WAITING = "waiting"
    DONE = "done"
    DEAD = "dead"


AGENT_MOVES: dict[tuple[Agent, str], Agent] = {
    (Agent.OFFLINE, "shift_started"): Agent.AVAILABLE,
    (Agent.AWAY, "came_back"): Agent.AVAILABLE,
    (Agent.UNREACHABLE, "came_back"): Agent.AVAILABLE,
    (Agent.UNREACHABLE, "rejoined"): Agent.ON_CALL,
    (Agent.AVAILABLE, "offered"): Agent.RINGING,
    (Agent.AVAILABLE, "went_away"): Agent.AWAY,
    (Agent.UNREACHABLE, "went_away"): Agent.AWAY,
    (Agent.RINGING, "declined"): Agent.AVAILABLE,
    (Agent.RINGING, "withdrawn"): Agent.AVAILABLE,
    (Agent.RINGING, "undelivered"): Agent.AVAILABLE,
    (Agent.RINGING, "rang_out"): Agent.AWAY,
    (Agent.RINGING, "unacknowledged"): Agent.UNREACHABLE,
    (Agent.RINGING, "claimed"): Agent.ON_CALL,
    (Agent.AVAILABLE, "dialled"): Agent.ON_CALL,
    (Agent.AWAY, "dialled"): Agent.ON_CALL,
    (Agent.WRAP_UP, "dialled"): Agent.ON_CALL,
    (Agent.ON_CALL, "claim_failed"): Agent.AWAY,
    (Agent.ON_CALL, "released"): Agent.AVAILABLE,
    (Agent.ON_CALL, "held"): Agent.ON_HOLD,
    (Agent.ON_HOLD, "resumed"): Agent.ON_CALL,
    (Agent.ON_CALL, "talk_ended"): Agent.WRAP_UP,
    (Agent.ON_HOLD, "talk_ended"): Agent.WRAP_UP,
    (Agent.ON_CALL, "lost"): Agent.UNREACHABLE,
    (Agent.ON_HOLD, "lost"): Agent.UNREACHABLE,
    (Agent.WRAP_UP, "wrapped_up"): Agent.AVAILABLE,
    (Agent.WRAP_UP, "went_away"): Agent.AWAY,
    (Agent.AVAILABLE, "lost"): Agent.UNREACHABLE,
    (Agent.RINGING, "lost"): Agent.UNREACHABLE,
    (Agent.WRAP_UP, "lost"): Agent.UNREACHABLE,
    (Agent.AVAILABLE, "shift_ended"): Agent.OFFLINE,
    (Agent.AWAY, "shift_ended"): Agent.OFFLINE,
    (Agent.UNREACHABLE, "shift_ended"): Agent.OFFLINE,
    (Agent.WRAP_UP, "shift_ended"): Agent.OFFLINE,
}

AGENT_FREE = frozenset({Agent.AVAILABLE, Agent.AWAY, Agent.OFFLINE})
AGENT_BUSY = frozenset({Agent.RINGING, Agent.ON_CALL, Agent.ON_HOLD, Agent.WRAP_UP})

WAITING_MOVES: dict[tuple[Waiting, str], Waiting] = {
    (Waiting.WAITING, "offered"): Waiting.OFFERED,
    (Waiting.OFFERED, "offer_ended"): Waiting.WAITING,
    (Waiting.OFFERED, "claimed"): Waiting.CLAIMED,
    (Waiting.CLAIMED, "claim_released"): Waiting.WAITING,
    (Waiting.CLAIMED, "agent_arrived"): Waiting.BRIDGING,
    (Waiting.BRIDGING, "caller_arrived"): Waiting.CONNECTED,
    (Waiting.BRIDGING, "claim_released"): Waiting.WAITING,
    (Waiting.CONNECTED, "agent_lost"): Waiting.WAITING,
    **{
        (state, "abandoned"): Waiting.ABANDONED
        for state in (Waiting.WAITING, Waiting.OFFERED, Waiting.CLAIMED, Waiting.BRIDGING)
    },
    **{(state, "timed_out"): Waiting.TIMED_OUT for state in (Waiting.WAITING, Waiting.OFFERED)},
    **{(state, "left"): Waiting.LEFT for state in (Waiting.WAITING, Waiting.OFFERED)},
    **{(state, "not_reached"): Waiting.NOT_REACHED for state in (Waiting.CLAIMED, Waiting.BRIDGING)},
    (Waiting.CONNECTED, "let_go"): Waiting.LET_GO,
    **{(state, "callback_asked"): Waiting.CALLBACK_WAITING for state in (Waiting.LEFT, Waiting.TIMED_OUT)},
    (Waiting.CALLBACK_WAITING, "callback_due"): Waiting.WAITING,
    **{
        (state, "callback_rests"): Waiting.CALLBACK_WAITING
        for state in (Waiting.CALLBACK_WAITING, Waiting.WAITING, Waiting.OFFERED)
    },
    **{(state, "attempt_failed"): Waiting.CALLBACK_WAITING for state in (Waiting.CLAIMED, Waiting.BRIDGING)},
    **{
        (state, "callback_ended"): Waiting.CALLBACK_ENDED
        for state in (Waiting.CALLBACK_WAITING, Waiting.WAITING, Waiting.OFFERED)
    },
}

WAITING_OPEN = frozenset({Waiting.WAITING, Waiting.OFFERED, Waiting.CLAIMED, Waiting.BRIDGING})
OFFER_LIVE = frozenset({Offer.OFFERED, Offer.RINGING, Offer.ACCEPTED})
SUPERVISION_LIVE = frozenset({Supervision.COMING, Supervision.IN_ROOM})
PARTICIPATION_LIVE = frozenset({Participation.JOINING, Participation.TALKING, Participation.VANISHED})

OFFER_MOVES: dict[tuple[Offer, str], Offer] = {
    (Offer.OFFERED, "acknowledged"): Offer.RINGING,
    (Offer.OFFERED, "accepted"): Offer.ACCEPTED,
    (Offer.RINGING, "accepted"): Offer.ACCEPTED,
    (Offer.OFFERED, "declined"): Offer.DECLINED,
    (Offer.RINGING, "declined"): Offer.DECLINED,
    (Offer.RINGING, "rang_out"): Offer.EXPIRED,
    (Offer.OFFERED, "withdrawn"): Offer.WITHDRAWN,
    (Offer.RINGING, "withdrawn"): Offer.WITHDRAWN,
    (Offer.ACCEPTED, "withdrawn"): Offer.WITHDRAWN,
    (Offer.OFFERED, "undelivered"): Offer.UNDELIVERED,
    (Offer.RINGING, "undelivered"): Offer.UNDELIVERED,  # an ordinary phone that cannot be dialled
    (Offer.OFFERED, "unacknowledged"): Offer.UNACKNOWLEDGED,
    (Offer.ACCEPTED, "connected"): Offer.CONNECTED,
    (Offer.ACCEPTED, "failed"): Offer.FAILED,
}


PARTICIPATION_MOVES: dict[tuple[Participation, str], Participation] = {
    (Participation.JOINING, "caller_came"): Participation.TALKING,
    (Participation.TALKING, "vanished"): Participation.VANISHED,
    (Participation.VANISHED, "rejoined"): Participation.TALKING,
    **{(state, "ended"): Participation.ENDED for state in sorted(PARTICIPATION_LIVE)},
}


CONSULT_WITH_GUEST = frozenset({Consult.CONSULTING, Consult.TOGETHER})
CONSULT_LIVE = CONSULT_WITH_GUEST | {Consult.HOLDING, Consult.RINGING}

CONSULT_MOVES: dict[tuple[Consult, str], Consult] = {
    (Consult.HOLDING, "caller_held"): Consult.RINGING,
    (Consult.HOLDING, "hold_failed"): Consult.FAILED,
    (Consult.RINGING, "guest_came"): Consult.CONSULTING,
    (Consult.RINGING, "not_reached"): Consult.FAILED,
    (Consult.CONSULTING, "joined"): Consult.TOGETHER,
    (Consult.CONSULTING, "handed_over"): Consult.TAKEN,
    (Consult.TOGETHER, "handed_over"): Consult.TAKEN,
    (Consult.CONSULTING, "guest_left"): Consult.FAILED,
    (Consult.TOGETHER, "guest_left"): Consult.PARTED,
    (Consult.HOLDING, "asker_lost"): Consult.CANCELLED,
    (Consult.RINGING, "asker_lost"): Consult.CANCELLED,
    (Consult.CONSULTING, "asker_lost"): Consult.TAKEN,
    (Consult.TOGETHER, "asker_lost"): Consult.TAKEN,
    (Consult.CONSULTING, "asker_of_stranger_lost"): Consult.CANCELLED,  # the caller goes back to the queue
    (Consult.HOLDING, "cancelled"): Consult.CANCELLED,
    (Consult.RINGING, "cancelled"): Consult.CANCELLED,
    (Consult.CONSULTING, "cancelled"): Consult.CANCELLED,
    (Consult.HOLDING, "call_over"): Consult.OVER,
    (Consult.RINGING, "call_over"): Consult.OVER,
    (Consult.CONSULTING, "call_over"): Consult.OVER,
    (Consult.TOGETHER, "call_over"): Consult.OVER,
}


ACTION_OPEN = frozenset({Action.INTENDED, Action.SENT})

ACTION_MOVES: dict[tuple[Action, str], Action] = {
    (Action.INTENDED, "taken"): Action.SENT,
    (Action.SENT, "taken"): Action.SENT,
    (Action.SENT, "put_off"): Action.INTENDED,
    (Action.SENT, "not_needed"): Action.CONFIRMED,
    (Action.SENT, "done"): Action.CONFIRMED,
    (Action.SENT, "no_answer"): Action.SENT,
    (Action.SENT, "refused"): Action.FAILED,
    (Action.SENT, "given_up"): Action.FAILED,
}


PHONE_RING_LIVE = frozenset({PhoneRing.ORDERED, PhoneRing.RINGING, PhoneRing.PICKED_UP})

PHONE_RING_MOVES: dict[tuple[PhoneRing, str], PhoneRing] = {
    (PhoneRing.ORDERED, "rang"): PhoneRing.RINGING,
    (PhoneRing.ORDERED, "picked_up"): PhoneRing.PICKED_UP,
    (PhoneRing.RINGING, "picked_up"): PhoneRing.PICKED_UP,
    (PhoneRing.PICKED_UP, "came"): PhoneRing.TAKEN,
    **{(state, "ended"): PhoneRing.OVER for state in sorted(PHONE_RING_LIVE)},
}


SUPERVISION_MOVES: dict[tuple[Supervision, str], Supervision] = {
    (Supervision.COMING, "came"): Supervision.IN_ROOM,
    **{(state, "left"): Supervision.ENDED for state in sorted(SUPERVISION_LIVE)},
}


class CallEnd(StrEnum):
    """How a call ended, as the ticket says it."""

    ANSWERED = "answered"
    MISSED = "missed"
    ABANDONED = "abandoned"
    VOICEMAIL = "voicemail"
    CALLBACK_REQUESTED = "callback_requested"
    FORWARDED = "forwarded"
    COMPLETED_IN_FLOW = "completed_in_flow"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    FAILED = "failed"


class NoSuchMove(ValueError):
    """A state was asked for a move that its table does not hold."""


def sources(table: Mapping[tuple[S, str], S], event: str) -> frozenset[S]:
    """The states from which an event may move, for the WHERE of a conditional UPDATE."""
    found = frozenset(state for state, happened in table if happened == event)
    if not found:
        raise NoSuchMove(event)
    return found
