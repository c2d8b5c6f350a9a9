"""What the carrier told, as the event that a flow goes on with."""

from typing import assert_never

from callflows import events
from voice import heard as told

FORWARD: dict[str, events.ForwardOutcome] = {
    "completed": events.ForwardOutcome.ANSWERED,
    "answered": events.ForwardOutcome.ANSWERED,
    "busy": events.ForwardOutcome.BUSY,
    "no-answer": events.ForwardOutcome.NO_ANSWER,
}

PRESSED = {key: events.KeysPressed(key) for key in "0123456789*#"}  # of what most callers press, made once


def flow_event(heard: told.TurnHeard) -> events.Event:
    """The flow's word for what happened on the customer's leg."""
    match heard.happened:
        case told.MessageTaken() as message:
            return events.VoicemailTaken(message.seconds, _ending(message))
        case _ if heard.is_gone:
            return events.CallerHungUp()
        case told.KeysPressed(keys):
            return PRESSED.get(keys) or events.KeysPressed(keys)
        case told.NothingPressed() | told.Fetched() | told.QueueLeft():
            return events.NothingPressed()
        case told.DialLeft(outcome=outcome):
            return events.ForwardEnded(FORWARD.get(outcome, events.ForwardOutcome.FAILED))
        case _ as never:
            assert_never(never)


def _ending(message: told.MessageTaken) -> events.VoicemailEnd:
    if message.caller_hung_up:
        return events.VoicemailEnd.CALLER_HUNG_UP
    return events.VoicemailEnd.KEY if message.ended_by_key else events.VoicemailEnd.SILENCE
