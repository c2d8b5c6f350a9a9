"""The line that stands over a ticket, in plain words."""

from typing import assert_never

from voice.phones import show_number
from voice.states import CallEnd


def subject_of_outbound(ended_as: CallEnd, customer: str, agent: str | None) -> str:
    """What became of a call that an agent made."""
    called = f"Call to {show_number(customer)}" + (f" by {agent}" if agent else "")
    return called if ended_as == CallEnd.ANSWERED else f"{called}, not reached"


def subject(ended_as: CallEnd, caller: str, agent: str | None) -> str:
    """What became of a call: `caller` in E.164, empty when withheld; `agent` is the name of who talked last."""
    who = show_number(caller) if caller else "a withheld number"
    match ended_as:
        case CallEnd.ANSWERED:
            return f"Call from {who} answered by {agent}" if agent else f"Call from {who}"
        case CallEnd.MISSED | CallEnd.ABANDONED:
            return f"Missed call from {who}"
        case CallEnd.VOICEMAIL:
            return f"Voicemail from {who}"
        case CallEnd.CALLBACK_REQUESTED:
            return f"Callback wanted by {who}"
        case CallEnd.FORWARDED:
            return f"Call from {who} forwarded"
        case CallEnd.COMPLETED_IN_FLOW:
            return f"Call from {who} ended in the menu"
        case CallEnd.REJECTED:
            return f"Call from {who} turned away"
        case CallEnd.BUSY | CallEnd.NO_ANSWER | CallEnd.CANCELLED | CallEnd.FAILED:
            return f"Call from {who} did not come about"
        case _:
            assert_never(ended_as)


def subject_of_callback(caller: str, agent: str) -> str:
    """Who asked for a callback, and had it."""
    return f"{show_number(caller) if caller else 'A withheld number'} called back by {agent}"
