"""The facts of a turn for the journal, under the journal's own names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class NoteKind(StrEnum):
    """The events of the journal that a flow can cause."""

    MESSAGE_PLAYED = "message_played"
    CALLER_BLOCKED = "caller_blocked"
    CONSENT_ASKED = "consent_asked"
    RECORDING_DECIDED = "recording_decided"
    SURVEY_ASKED = "survey_asked"
    SURVEY_ANSWERED = "survey_answered"
    TEXT_SENT = "deflected_to_sms"
    CONSENT_ANNOUNCED = "consent_announced"
    MENU_PRESENTED = "menu_presented"
    OPTION_SELECTED = "option_selected"
    NO_INPUT = "no_input"
    NO_MATCH = "no_match"
    HOURS_CHECKED = "hours_checked"
    STAFFING_CHECKED = "staffing_checked"
    DIGITS_ASKED = "digits_asked"
    DIGITS_TAKEN = "digits_taken"
    VARIABLES_SET = "variables_set"
    TAGGED = "tagged"
    TICKET_FILLED = "ticket_filled"
    BRANCHED = "branched"
    SPLIT = "split"
    LOOPED = "looped"
    SYSTEM_ASKED = "system_asked"
    SYSTEM_REPLIED = "system_replied"
    MODULE_ENTERED = "module_entered"
    LANGUAGE_CHANGED = "language_changed"
    ENQUEUED = "enqueued"
    AGENTS_RUNG = "agents_rung"
    VOICEMAIL_OFFERED = "voicemail_offered"
    FORWARDED = "forwarded"
    CALLBACK_OFFERED = "callback_offered"
    CALLBACK_ASKED = "callback_asked"
    CALLBACK_REFUSED = "callback_refused"
    ENDING_TRIGGERED = "ending_triggered"
    FLOW_FAILED = "flow_failed"


Fact = str | int | tuple[str, ...]


@dataclass(frozen=True)
class Note:
    """One fact: what happened, at which step, with a few plain values."""

    kind: NoteKind
    step: str
    data: Mapping[str, Fact] = field(default_factory=dict)
