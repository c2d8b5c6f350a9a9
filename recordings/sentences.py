"""Each fact of the journal as a sentence for a ticket; what tells a reader nothing stays silent.

Keys that a menu does not have are never shown: callers type card numbers into menus.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from voice.phones import show_number

LONGEST_TEXT = 120

QUEUE_LEFT = {
    "answered": "the talk was over",
    "timeout": "the longest wait passed",
    "timed_out": "the longest wait passed",
    "full": "it was full",
    "no_agents": "nobody was there",
    "no_answer": "everybody was rung in vain",
    "too_long": "the wait would have been too long",
    "exit_key": "by pressing a key",
    "caller_hung_up": "the caller hung up",
    "pulled": "a supervisor moved the caller",
}
NOT_RUNG = {"busy": "all were busy", "away": "nobody was there"}
RING_ENDED = {
    "no_answer": "nobody took the call",
    "timeout": "nobody took the call in time",
    "caller_hung_up": "the caller hung up",
}
ENDED_AS = {
    "answered": "answered",
    "missed": "nobody answered",
    "abandoned": "the caller hung up while waiting",
    "voicemail": "with a message",
    "callback_requested": "a callback is wanted",
    "forwarded": "forwarded",
    "completed_in_flow": "in the menu",
    "busy": "busy",
    "no_answer": "no answer",
    "rejected": "turned away",
    "cancelled": "cancelled",
    "failed": "it failed",
}


@dataclass(frozen=True)
class Fact:
    """What the journal keeps of one fact, and the name of the agent it is about."""

    data: Mapping[str, Any]
    agent: str

    def word(self, name: str, otherwise: str = "") -> str:
        """A value as words: order_status is order status."""
        return str(self.data.get(name) or otherwise).replace("_", " ")

    def number(self, name: str) -> str:
        """A telephone number as people read it."""
        return show_number(str(self.data.get(name) or ""))

    def after(self, name: str, words: str = "after") -> str:
        """' after 1 min 5 s', or nothing when the journal does not say."""
        seconds = self.data.get(name)
        return f" {words} {spoken(seconds)}" if isinstance(seconds, int | float) else ""

    def called(self, name: str, words: Mapping[str, str]) -> str:
        """A value of the journal in the words of a table."""
        value = str(self.data.get(name) or "")
        return words.get(value, value.replace("_", " "))

    def listed(self, name: str, between: str = ", ") -> str:
        """Several texts in a row."""
        return between.join(str(one) for one in self.data.get(name) or ())

    def quoted(self, name: str) -> str:
        """A text in quotes, cut where it would fill the page."""
        text = str(self.data.get(name) or "")
        return f"“{text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1].rstrip() + '…'}”"


def spoken(seconds: float) -> str:
    """65 as 1 min 5 s."""
    whole = max(0, round(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    parts = ((hours, "h"), (minutes, "min"), (rest, "s"))
    return " ".join(f"{value} {unit}" for value, unit in parts if value) or "0 s"


def _played(fact: Fact) -> str:
    if fact.data.get("audio"):
        return f"Played {fact.data['audio']}"
    return f"Said {fact.quoted('text')}" if fact.data.get("text") else "The caller heard a sentence"


def _pressed(fact: Fact) -> str:
    key, to = fact.word("key"), fact.word("to")
    return f"The caller pressed {key}" + (f": {to}" if to else "")


def _ended(fact: Fact) -> str:
    by = fact.called("hung_up_by", {"outside": "the outside party"})
    return f"Call ended: {fact.called('ended_as', ENDED_AS)}" + (f"; {by} hung up" if by else "")


def _target(fact: Fact) -> str:
    if fact.data.get("to") == "number":
        return fact.number("target")
    return f"the queue {fact.word('target')}" if fact.data.get("to") == "queue" else fact.word("target")


def _asked(fact: Fact) -> str:
    """The agent, or the outside number that was asked or took the caller."""
    return fact.number("number") if fact.data.get("number") else fact.agent


def _of(fact: Fact) -> str:
    return "message" if fact.data.get("of") == "voicemail" else "recording"


SENTENCES: Final[Mapping[str, Callable[[Fact], str]]] = {
    "call_started": lambda fact: f"Call from {fact.number('caller')} to {fact.number('dialled')}",
    "message_played": _played,
    "consent_announced": lambda fact: "The caller was told that the call is recorded",
    "menu_presented": lambda fact: (
        f"Menu {fact.word('step')}" + (" again" if fact.data.get("attempt", 1) != 1 else "")
    ),
    "option_selected": _pressed,
    "no_input": lambda fact: "The caller pressed nothing",
    "no_match": lambda fact: "The caller pressed a key that the menu does not have",
    "hours_checked": lambda fact: f"Opening hours {fact.word('calendar')}: {fact.word('result')}",
    "staffing_checked": lambda fact: f"Agents for {fact.word('queue')}: {fact.word('result')}",
    "digits_asked": lambda fact: (
        f"Asked for {fact.word('step')}" + (" again" if fact.data.get("attempt", 1) != 1 else "")
    ),
    "digits_taken": lambda fact: f"The caller entered {fact.word('name')}: {fact.data.get('value', '')}",
    "system_replied": lambda fact: f"Asked {fact.word('endpoint')}: {fact.word('outcome')}",
    "caller_blocked": lambda fact: "The caller’s number is blocked",
    "consent_asked": lambda fact: "The caller was asked whether the call may be recorded",
    "recording_decided": lambda fact: f"Recording: {fact.word('how')}",
    "survey_answered": lambda fact: f"The caller’s mark: {fact.word('mark')} of {fact.word('most')}",
    "deflected_to_sms": lambda fact: f"A text message is sent to {fact.number('number')}",
    "text_failed": lambda fact: f"The text message could not be sent: {fact.word('why')}",
    "tagged": lambda fact: f"Tagged: {fact.listed('tags')}",
    "ticket_filled": lambda fact: fact.listed("fields", "; "),
    "language_changed": lambda fact: f"Spoken from here on: {fact.word('language')}",
    "enqueued": lambda fact: f"Joined the queue {fact.word('queue')}",
    "enqueue_skipped": lambda fact: (
        f"Not let into the queue {fact.word('queue')}: {fact.called('why', QUEUE_LEFT)}"
    ),
    "dequeued": lambda fact: (
        f"Left the queue {fact.word('queue')}{fact.after('waited')}: {fact.called('why', QUEUE_LEFT)}"
    ),
    "agents_rung": lambda fact: f"Rang {fact.word('whom')}",
    "ring_skipped": lambda fact: f"Did not ring {fact.word('whom')}: {fact.called('why', NOT_RUNG)}",
    "ring_ended": lambda fact: f"The ring ended{fact.after('waited')}: {fact.called('why', RING_ENDED)}",
    "recording_erased": lambda fact: f"The {_of(fact)} was erased after {fact.word('days')} days",
    "queue_timed_out": lambda fact: f"The longest wait in the queue {fact.word('queue')} passed",
    "dialled": lambda fact: f"{fact.agent} called {fact.number('number')} from {fact.number('line')}",
    "dial_answered": lambda fact: f"The customer answered{fact.after('waited')}",
    "dial_failed": lambda fact: f"The customer was not reached: {fact.word('why', 'no reason')}",
    "let_go": lambda fact: "Nobody came back; the customer heard an apology",
    "callback_offered": lambda fact: "The caller heard at which number we would call back",
    "callback_asked": lambda fact: (
        f"Wants to be called back at {fact.number('number')}, in the queue {fact.word('queue')}"
    ),
    "callback_refused": lambda fact: "The number is none that may be called",
    "callback_due": lambda fact: f"To be called back: in line in {fact.word('queue')}",
    "callback_rested": lambda fact: f"The queue {fact.word('queue')} closed before the callback",
    "callback_attempted": lambda fact: f"{fact.agent} took the callback, attempt {fact.word('attempt')}",
    "callback_put_back": lambda fact: f"Not reached: {fact.word('why')}; another attempt will follow",
    "callback_done": lambda fact: f"Called back by {fact.agent}",
    "callback_failed": lambda fact: f"Could not be called back: {fact.word('why')}",
    "callback_cancelled": lambda fact: f"{fact.word('by', 'Somebody')} took the callback off the list",
    "callback_held": lambda fact: "Called again before the callback and waits on the line",
    "callback_moved": lambda fact: (
        f"To be called back at {fact.number('number')} instead, with the same place"
    ),
    "callback_replaced": lambda fact: (
        "Not called back: the caller talked to an agent, or chose another way, on the line"
    ),
    "place_resumed": lambda fact: "Has the place of before",
    "offered": lambda fact: f"Offered to {fact.agent}",
    "declined": lambda fact: f"{fact.agent} declined",
    "rang_out": lambda fact: f"{fact.agent} let it ring",
    "undelivered": lambda fact: f"{fact.agent}’s desk was not open",
    "unacknowledged": lambda fact: f"{fact.agent}’s desk did not answer",
    "withdrawn": lambda fact: f"The ring at {fact.agent}’s desk was taken back",
    "accepted": lambda fact: f"{fact.agent} took the call",
    "connect_failed": lambda fact: (
        f"{fact.agent} and the caller could not be connected: {fact.word('why', 'no reason')}"
    ),
    "answered": lambda fact: f"{fact.agent} answered{fact.after('waited')}",
    "sent_on": lambda fact: f"{fact.agent} sent the caller on to {_target(fact)}",
    "sent_back": lambda fact: f"Nobody took the caller, who comes back to {fact.agent}",
    "consult_asked": lambda fact: f"{fact.agent} put the caller on hold and asked {fact.word('target')}",
    "consult_began": lambda fact: f"{_asked(fact)} was asked; the caller hears music",
    "consult_joined": lambda fact: "All three talk",
    "consult_ended": lambda fact: f"{_asked(fact)} was let go{fact.word('why') and ': ' + fact.word('why')}",
    "handed_over": lambda fact: f"{_asked(fact)} has the caller now",
    "phone_not_rung": lambda fact: f"{fact.agent}’s phone was not rung: {fact.word('why')}",
    "coaching_began": lambda fact: (
        f"{fact.word('name', 'A supervisor')} coached the agent, unheard by the caller"
    ),
    "barged_in": lambda fact: f"{fact.word('name', 'A supervisor')} spoke to both",
    "pulled": lambda fact: f"A supervisor gave the caller to {fact.agent}",
    "hold_started": lambda fact: f"{fact.agent} put the caller on hold",
    "hold_ended": lambda fact: f"{fact.agent} took the caller off hold{fact.after('held')}",
    "agent_vanished": lambda fact: f"{fact.agent}’s phone was lost; the caller hears music",
    "agent_rejoined": lambda fact: f"{fact.agent} came back",
    "requeued": lambda fact: f"Back at the head of the queue {fact.word('queue')}",
    "talk_ended": lambda fact: f"The talk with {_asked(fact)} ended{fact.after('talked')}",
    "voicemail_offered": lambda fact: "The caller was asked to leave a message",
    "voicemail_recorded": lambda fact: f"The caller left a message{fact.after('seconds', 'of')}",
    "forwarded": lambda fact: f"Forwarded to {fact.number('number')}",
    "forward_refused": lambda fact: f"Not forwarded to {fact.number('number')}: {fact.word('why')}",
    "forward_ended": lambda fact: "The forwarded call ended",
    "flow_failed": lambda fact: "The call flow met a fault and went to its fallback",
    "abandoned": lambda fact: f"The caller hung up while waiting{fact.after('waited')}",
    "call_ended": _ended,
    "recording_absent": lambda fact: "The carrier made no recording",
    "recording_stored": lambda fact: f"The {_of(fact)}{fact.after('seconds', 'of')} was stored",
    "ticket_opened": lambda fact: f"Ticket {fact.word('number')} was opened",
}

# What another line tells as well, or what is about the agent's desk rather than about the caller.
SILENT: Final = frozenset({
    "ringing", "phone_rung", "number_asked", "ending_triggered", "wrap_up_started", "wrap_up_ended", "recording_started", "recording_completed",
    "listening_began", "supervisor_left", "agent_state_changed", "variables_set", "branched", "module_entered", "split", "survey_asked", "text_sent", "system_asked", "looped",
})  # fmt: skip
