"""The journal's vocabulary: what can happen to a call, in the words that tickets and reports use.

Names are past tense facts. docs/events.md is made from this table.
"""

from typing import Final

EVENTS: Final[dict[str, str]] = {
    "call_started": "The customer's call reached us.",
    "message_played": "The caller heard a sentence or a sound.",
    "consent_announced": "The caller was told that the call is recorded.",
    "caller_blocked": "The caller's number is on the flow's block list.",
    "consent_asked": "The caller was asked whether the call may be recorded.",
    "recording_decided": "It was decided whether talks are recorded from here on.",
    "survey_asked": "The caller was asked for a mark.",
    "survey_answered": "The caller gave a mark.",
    "deflected_to_sms": "The flow sent the caller a text message.",
    "text_sent": "The carrier took the text message.",
    "text_failed": "The text message could not be sent.",
    "menu_presented": "The caller heard a menu.",
    "option_selected": "The caller pressed a key of the menu.",
    "no_input": "The caller pressed nothing.",
    "no_match": "The caller pressed a key that the menu does not have.",
    "hours_checked": "The flow looked at a calendar.",
    "staffing_checked": "The flow looked who is there for a queue.",
    "digits_asked": "The caller was asked for digits.",
    "digits_taken": "The caller entered digits.",
    "variables_set": "The flow remembered something.",
    "tagged": "The flow put tags on the ticket.",
    "ticket_filled": "The flow wrote fields on the ticket.",
    "branched": "The flow went by what is known about the call.",
    "split": "Chance chose a way.",
    "looped": "The flow began another round of a loop.",
    "system_asked": "The flow asked another system.",
    "system_replied": "The other system answered, or did not.",
    "module_entered": "The flow went into a module.",
    "language_changed": "Another language was spoken from here on.",
    "enqueued": "The caller joined a queue.",
    "enqueue_skipped": "The caller was not let into a queue: full, or nobody there.",
    "dequeued": "The caller left a queue.",
    "queue_timed_out": "The longest wait passed.",
    "offered": "An agent was offered the caller.",
    "ringing": "The agent's desk rang.",
    "declined": "The agent declined.",
    "rang_out": "The agent let it ring.",
    "undelivered": "No desk could be shown the ring.",
    "unacknowledged": "The desk did not confirm the ring.",
    "withdrawn": "The ring was taken back.",
    "accepted": "The agent took the caller.",
    "connect_failed": "The agent's phone or the caller did not reach the room in time.",
    "answered": "Caller and agent can talk.",
    "hold_started": "The caller was put on hold.",
    "hold_ended": "The caller was taken off hold.",
    "agent_vanished": "The agent's phone was lost in the middle of the talk.",
    "agent_rejoined": "The agent came back to the talk.",
    "requeued": "The caller went back to the head of the queue.",
    "ending_triggered": "Somebody ended the talk.",
    "talk_ended": "The talk ended.",
    "wrap_up_started": "The agent's time for notes began.",
    "wrap_up_ended": "The agent's time for notes ended.",
    "voicemail_offered": "The caller was asked to leave a message.",
    "voicemail_recorded": "The caller left a message.",
    "forwarded": "The call was forwarded to an outside number.",
    "forward_ended": "The forwarded leg ended.",
    "flow_failed": "The flow met a fault and went to its fallback.",
    "abandoned": "The caller hung up while waiting.",
    "call_ended": "The call ended.",
    "recording_started": "A recording began.",
    "recording_completed": "A recording is ready at the carrier.",
    "recording_absent": "The carrier made no recording.",
    "recording_stored": "Our own copy of the recording is verified.",
    "ticket_opened": "The call became a ticket.",
    "agent_state_changed": "An agent's state changed.",
}


class UnknownEvent(ValueError):
    """A fact that the vocabulary does not have."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"event {kind!r} is not in voice/events.py: add it there with its sentence")
