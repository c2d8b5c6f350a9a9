"""What every field of a webhook may look like, and why a signature alone is not enough.

Twilio signs names and values glued together, so {"a": "1b2"} and {"a": "1", "b": "2"} carry the same signature.
Whoever replays a request could cut its fields anew. Therefore every field that we read has a shape, and
`read_fields` refuses what shapes cannot see: a value that swallowed the next field, or an unknown field that is a
known one cut at another place.

Source of names and values: Twilio's documentation of TwiML for Voice, Call, Conference, Queue and Recording.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple


class Shape(NamedTuple):
    """`fits` tells whether a value is right; a loose shape admits words, so it could hide another field's name.

    `pattern` says the same of a value without NUL, as part of a longer expression (layouts.py).
    """

    fits: Callable[[str], object]
    pattern: str
    loose: bool = False


def _tight(pattern: str) -> Shape:
    return Shape(re.compile(pattern, re.ASCII).fullmatch, pattern)


def _one_of(words: str) -> Shape:
    return Shape(frozenset(words.split()).__contains__, "|".join(map(re.escape, words.split())))


def _loose(pattern: str) -> Shape:
    return Shape(re.compile(pattern, re.DOTALL).fullmatch, pattern, loose=True)


def _sid(prefix: str) -> Shape:
    return _tight(prefix + "[0-9a-f]{32}")


CALL, NUMBER, FLAG = _sid("CA"), _tight("-?[0-9]{1,10}"), _one_of("true false")
WORDS = Shape(lambda _value: True, r"[^\0]*+", loose=True)
TOKEN = _loose(r"[A-Za-z0-9_.:~-]{1,128}")
ADDRESS = _loose(r"https?://[!-~]{1,2000}")
MOMENT = _tight(
    r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:[+-]\d{4}|GMT)"  # RFC 2822
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)"
)
CALL_STATUS = _one_of("queued initiated ringing in-progress completed busy failed no-answer canceled")

# The fields that hear.py reads. An empty value stands for an absent one, except for Digits.
READ: dict[str, Shape] = {
    "AccountSid": _sid("AC"),
    "CallSid": CALL,
    "ParentCallSid": CALL,
    "CallStatus": CALL_STATUS,
    "Direction": _one_of("inbound outbound-api outbound-dial"),
    "From": WORDS,
    "To": WORDS,
    "ForwardedFrom": WORDS,
    "CallerName": WORDS,
    "StirVerstat": TOKEN,
    "AnsweredBy": TOKEN,
    "ErrorCode": NUMBER,
    "offer": _tight("[a-z0-9_]{1,64}"),
    "Digits": _tight("[0-9*#A-Dw]{0,128}|hangup"),
    "FinishedOnKey": _tight("[0-9*#]"),
    "SpeechResult": WORDS,
    "Confidence": _tight(r"[01](?:\.[0-9]{1,20})?"),
    "DialCallStatus": _one_of("completed answered busy no-answer failed canceled"),
    "DialCallSid": CALL,
    "DialCallDuration": NUMBER,
    "DialBridged": FLAG,
    "QueueResult": _one_of(
        "bridged bridging-in-process error hangup leave redirected redirected-from-bridged queue-full system-error"
    ),
    "QueueSid": _sid("QU"),
    "QueueTime": NUMBER,
    "QueuePosition": NUMBER,
    "AvgQueueTime": NUMBER,
    "CurrentQueueSize": NUMBER,
    "MaxQueueSize": NUMBER,
    "ConferenceSid": _sid("CF"),
    "FriendlyName": TOKEN,
    "StatusCallbackEvent": _one_of(
        "conference-start conference-end participant-join participant-leave participant-mute participant-unmute "
        "participant-hold participant-unhold participant-modify participant-speech-start participant-speech-stop "
        "announcement-end announcement-fail"
    ),
    "SequenceNumber": NUMBER,
    "Timestamp": MOMENT,
    "Muted": FLAG,
    "Hold": FLAG,
    "Coaching": FLAG,
    "EndConferenceOnExit": FLAG,
    "StartConferenceOnEnter": FLAG,
    "ParticipantLabel": TOKEN,
    "ParticipantCallStatus": CALL_STATUS,
    "CallSidEndingConference": CALL,
    "ReasonConferenceEnded": TOKEN,
    "ReasonParticipantLeft": TOKEN,
    "CallDuration": NUMBER,
    "SipResponseCode": NUMBER,
    "RecordingSid": _sid("RE"),
    "RecordingUrl": ADDRESS,
    "RecordingStatus": _one_of("in-progress completed absent failed"),
    "RecordingDuration": NUMBER,
    "RecordingChannels": NUMBER,
    "RecordingStartTime": MOMENT,
    "RecordingSource": TOKEN,
    "RecordingTrack": _one_of("inbound outbound both"),
}

# What Twilio also sends and nobody here reads: known only so that no value can hide it.
_UNREAD_WORDS = (
    "AddOns ApiVersion ApplicationSid Called CalledCity CalledCountry CalledState CalledVia CalledZip Caller "
    "CallerCity CallerCountry CallerState CallerZip CallToken CallbackSource DequeingCallSid Duration ErrorUrl "
    "FromCity FromCountry FromState FromZip MachineDetectionDuration ParticipantLabelEndingConference Reason "
    "ReasonAnnouncementFailed AnnounceUrl RecordingStartedBy ReferTransferTarget SipCallId SipDomain StirStatus "
    "StirPassportToken ToCity ToCountry ToState ToZip msg"
)
UNREAD = frozenset(_UNREAD_WORDS.split())
_NAMES = sorted(READ.keys() | UNREAD)
KNOWN: dict[str, Shape] = dict.fromkeys(UNREAD, WORDS) | READ
BEFORE_ALL, AFTER_ALL = "", "\U0010ffff"
_MAYBE_NAME = re.compile("[A-Z][a-z]").search

# Names that Twilio prolongs: a FromCarrier of tomorrow is no From whose value slipped into the name.
_FAMILIES = UNREAD | {"From", "To"}


class Misshapen(ValueError):
    """A signed request that Twilio would not have sent like this; the text names the field."""


def read_fields(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The fields that we read, out of sorted pairs; empty ones are left out, but for Digits; raises Misshapen.

    From one known field to the next, its value and all unknown names and values are one text, as in the signature:
    a known name that would be sorted in between must not occur in it.
    """
    fields: dict[str, str] = {}
    holder, held, text = BEFORE_ALL, "", ""
    for name, value in pairs:
        shape = KNOWN.get(name)
        if shape is None:
            text = (text or held) + _without_family(name, value)
            continue
        if text:
            _refuse_hidden(holder, text, name)
        repeated = name == holder
        holder, held = name, value if shape.loose else ""
        text = held if _MAYBE_NAME(held) else ""
        if name in READ:
            if repeated:
                raise Misshapen(f"{name} is there twice")
            if value:
                if not shape.fits(value):
                    raise Misshapen(f"{name} has a wrong shape")
                fields[name] = value
            elif name == "Digits":
                fields[name] = ""
    if text:
        _refuse_hidden(holder, text, AFTER_ALL)
    return fields


def _refuse_hidden(holder: str, text: str, next_name: str) -> None:
    for hidden in between(holder, next_name):
        if hidden in text:
            raise Misshapen(f"a field is hidden in or after {holder}")


@lru_cache(maxsize=1024)
def between(holder: str, next_name: str) -> list[str]:
    """The known names that would be sorted between two known ones."""
    return _NAMES[bisect_right(_NAMES, holder) : bisect_left(_NAMES, next_name)]


def _without_family(name: str, value: str) -> str:
    """An unknown field as text, without the known name at its head if it is a new name of that family."""
    text = name + value
    known = max((known for known in _NAMES if text.startswith(known)), key=len, default="")
    is_new_name = known in _FAMILIES and name.isalpha() and name[len(known) :][:1].isupper() and value
    return text.removeprefix(known) if is_new_name else text
