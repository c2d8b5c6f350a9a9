"""The only reader of Twilio's parameter names: admitted fields in, values in our words out.

Every function takes the fields of guard.Admitted (known names, right shapes, empty values left out) and raises
NotHeard when one is missing without which the request makes no sense; the edge answers that with 400.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from voice.heard import (
    AgentCall,
    CallStatusHeard,
    DialLeft,
    Fetched,
    Happened,
    Incoming,
    KeysPressed,
    LegStatus,
    MessageTaken,
    NothingPressed,
    QueueLeft,
    RecordingHeard,
    RoomEvent,
    TurnHeard,
    WaitHeard,
)
from voice.legible import legible, party

Fields = Mapping[str, str]
Listener = Callable[[Fields], object]

_CLIENT = "client:"
_STATUSES = {status.value: status for status in LegStatus}  # what else it could be the guard has refused
_ENDS = frozenset({"DialCallStatus", "QueueResult", "RecordingUrl", "RecordingDuration"})
_PRESSED = {key: KeysPressed(key) for key in "0123456789*#"}
_TELLING = ("DialCallStatus", "RecordingDuration", "Digits")


class NotHeard(ValueError):
    """A genuine request lacks a field that its kind always carries."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the request has no {name}")


def incoming(fields: Fields) -> Incoming:
    """A customer's call, as the number's VoiceUrl hears it."""
    forwarded = fields.get("ForwardedFrom")
    return Incoming(
        call_sid=_must(fields, "CallSid"),
        account_sid=_must(fields, "AccountSid"),
        caller=party(fields.get("From", "")),
        dialled=party(_must(fields, "To")),
        caller_name=legible(fields.get("CallerName", "")),
        forwarded_from=legible(forwarded) if forwarded else None,
        verified=fields.get("StirVerstat", ""),
        status=_status(fields),
    )


def turn(fields: Fields) -> TurnHeard:
    """A leg's request for its next document: an action of Gather, Record, Dial, Enqueue, or a redirect or poke."""
    try:
        status = _STATUSES[fields["CallStatus"]]
        return TurnHeard(fields["CallSid"], fields["AccountSid"], _happened(fields), status)
    except KeyError as missing:
        raise NotHeard(missing.args[0]) from None


def telling(fields: Fields) -> dict[str, str]:
    """What of a turn's request tells what happened: with it, a later request can stand for this one."""
    return {name: fields[name] for name in _TELLING if name in fields}


def wait(fields: Fields) -> WaitHeard:
    """A waiting caller's request; `keys` is None unless keys were asked for and the answer is here."""
    return WaitHeard(
        call_sid=_must(fields, "CallSid"),
        account_sid=_must(fields, "AccountSid"),
        position=_number(fields, "QueuePosition"),
        seconds=_number(fields, "QueueTime"),
        queue_size=_number(fields, "CurrentQueueSize"),
        keys=fields.get("Digits"),
    )


def agent_call(fields: Fields) -> AgentCall:
    """An agent's browser leg; the identity is Twilio's word (From=client:...), never the browser's."""
    caller = _must(fields, "From")
    if not caller.startswith(_CLIENT):
        raise NotHeard("client identity in From")
    return AgentCall(
        call_sid=_must(fields, "CallSid"),
        account_sid=_must(fields, "AccountSid"),
        identity=caller.removeprefix(_CLIENT),
        offer=fields.get("offer"),
        status=_status(fields),
    )


def call_status(fields: Fields) -> CallStatusHeard:
    """A call status callback, of a customer's, an agent's or a forwarded leg."""
    return CallStatusHeard(
        call_sid=_must(fields, "CallSid"),
        account_sid=_must(fields, "AccountSid"),
        status=_status(fields),
        sequence=_number(fields, "SequenceNumber"),
        seconds=_number(fields, "CallDuration"),
        parent_call_sid=fields.get("ParentCallSid"),
        sip_code=_number(fields, "SipResponseCode"),
        caller=party(fields.get("From", "")),
        dialled=party(fields.get("To", "")),
        at=_moment(fields, "Timestamp"),
    )


def room_event(fields: Fields) -> RoomEvent:
    """A conference event."""
    leg_status = fields.get("ParticipantCallStatus")
    return RoomEvent(
        kind=_must(fields, "StatusCallbackEvent"),
        room=_must(fields, "FriendlyName"),
        account_sid=_must(fields, "AccountSid"),
        conference_sid=_must(fields, "ConferenceSid"),
        sequence=_number(fields, "SequenceNumber"),
        at=_moment(fields, "Timestamp"),
        call_sid=fields.get("CallSid") or fields.get("CallSidEndingConference"),
        label=fields.get("ParticipantLabel"),
        on_hold=_flag(fields, "Hold"),
        muted=_flag(fields, "Muted"),
        reason=fields.get("ReasonParticipantLeft") or fields.get("ReasonConferenceEnded"),
        leg_status=LegStatus(leg_status) if leg_status else None,
    )


def recording(fields: Fields) -> RecordingHeard:
    """A recording status callback, of a call or of a voicemail."""
    return RecordingHeard(
        recording_sid=_must(fields, "RecordingSid"),
        account_sid=_must(fields, "AccountSid"),
        call_sid=fields.get("CallSid"),
        conference_sid=fields.get("ConferenceSid"),
        status=_must(fields, "RecordingStatus"),
        seconds=_number(fields, "RecordingDuration"),
        channels=_number(fields, "RecordingChannels"),
        source=fields.get("RecordingSource", ""),
        started_at=_moment(fields, "RecordingStartTime"),
        error=_number(fields, "ErrorCode"),
    )


def _happened(fields: Fields) -> Happened:
    if _ENDS.isdisjoint(fields):  # most requests tell of keys or of nothing
        keys = fields.get("Digits")
        if keys is None:
            return Fetched()
        return _PRESSED.get(keys) or (KeysPressed(keys) if keys else NothingPressed())
    # A recording Dial also sends RecordingUrl, so Dial and Enqueue are asked first.
    if "DialCallStatus" in fields:
        return DialLeft(
            outcome=fields["DialCallStatus"],
            seconds=_number(fields, "DialCallDuration"),
            bridged=_flag(fields, "DialBridged"),
            other_call_sid=fields.get("DialCallSid"),
        )
    if "QueueResult" in fields:
        return QueueLeft(fields["QueueResult"], _number(fields, "QueueTime"))
    ended_by = fields.get("Digits", "")
    hung_up = ended_by == "hangup"
    return MessageTaken(
        seconds=_number(fields, "RecordingDuration") or 0,
        ended_by_key=None if hung_up else ended_by or None,
        caller_hung_up=hung_up,
        recording_sid=fields.get("RecordingSid"),
    )


def _must(fields: Fields, name: str) -> str:
    try:
        return fields[name]
    except KeyError:
        raise NotHeard(name) from None


def _status(fields: Fields) -> LegStatus:
    return _STATUSES[_must(fields, "CallStatus")]


def _number(fields: Fields, name: str) -> int | None:
    value = fields.get(name)
    return None if value is None else int(value)


def _flag(fields: Fields, name: str) -> bool | None:
    value = fields.get(name)
    return None if value is None else value == "true"


def _moment(fields: Fields, name: str) -> float | None:
    """Twilio writes RFC 2822; transcription and some newer callbacks write ISO 8601. No such day: None."""
    value = fields.get(name)
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value) if value[0].isdigit() else parsedate_to_datetime(value)
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
