"""Participants of a conference (twilio.com/docs/voice/api/conference-participant-resource)."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

from simulator.conferences import Conference, Expected, Seat, Terms
from simulator.legs import Callback, Status
from simulator.params import API_VERSION, rfc2822
from simulator.rest import conferences
from simulator.rest.answer import Request, RestError, not_found
from simulator.rest.calls import begin, check_numbers, originate, wishes_of
from simulator.rest.paging import page
from simulator.twiml.document import Document

CALLED = {Status.QUEUED: "queued", Status.INITIATED: "connecting", Status.RINGING: "ringing"}
LONGEST_LABEL = 128
ROOM_WORDS = {
    "Muted": "muted",
    "Beep": "beep",
    "StartConferenceOnEnter": "startConferenceOnEnter",
    "EndConferenceOnExit": "endConferenceOnExit",
    "WaitUrl": "waitUrl",
    "WaitMethod": "waitMethod",
    "MaxParticipants": "maxParticipants",
    "ConferenceRecord": "record",
    "ConferenceTrim": "trim",
    "Region": "region",
    "JitterBufferSize": "jitterBufferSize",
    "Label": "participantLabel",
    "ConferenceStatusCallback": "statusCallback",
    "ConferenceStatusCallbackMethod": "statusCallbackMethod",
    "ConferenceRecordingStatusCallback": "recordingStatusCallback",
    "ConferenceRecordingStatusCallbackMethod": "recordingStatusCallbackMethod",
}
EVENT_WORDS = {
    "ConferenceStatusCallback": ("ConferenceStatusCallbackEvent", "statusCallbackEvent", "start end"),
    "ConferenceRecordingStatusCallback": (
        "ConferenceRecordingStatusCallbackEvent",
        "recordingStatusCallbackEvent",
        "completed",
    ),
}


def create(request: Request) -> tuple[int, Any]:
    """Calls somebody into a room: by its Sid while it lives, or by a name, which makes it when it is new."""
    to = request.need("To", 21201, "No 'To' number is specified")
    from_ = request.need("From", 21213, "'From' phone number is required")
    check_numbers(request, to, from_)
    wanted = request.path["conference"]
    room = request.world.conferences.all.get(wanted)
    if wanted.startswith("CF") and len(wanted) == 34 and (room is None or room.is_over):
        raise not_found(request.url)
    name = room.friendly_name if room is not None else wanted
    terms = _terms(request)
    document = _document(request, name, terms)
    wishes = wishes_of(request, shortest_timeout=5)
    leg = originate(request, to, from_, wishes)
    room = request.world.conferences.expect(request.account, name, leg, terms)
    begin(request.world, leg, document, wishes)
    return 201, _render_expected(room, Expected(leg, terms))


def index(request: Request) -> tuple[int, Any]:
    seats = list(conferences.find(request).seats.values())
    for name, value in (("Muted", "muted"), ("Hold", "hold"), ("Coaching", "coaching")):
        wanted = request.flag(name)
        seats = [seat for seat in seats if wanted is None or getattr(seat, value) is wanted]
    return page(request, "participants", seats, render)


def fetch(request: Request) -> tuple[int, Any]:
    expected = _expected(request)
    if expected is not None:
        return 200, _render_expected(conferences.find(request), expected)
    return 200, render(find(request))


def update(request: Request) -> tuple[int, Any]:
    seat = find(request)
    hold_at = _document_at(request, "HoldUrl", "HoldMethod", "GET")
    wait_at = _document_at(request, "WaitUrl", "WaitMethod", "POST")
    announce = _document_at(request, "AnnounceUrl", "AnnounceMethod", "POST")
    coached = _coached(request, seat)
    rooms = request.world.conferences
    ends = request.flag("EndConferenceOnExit")
    if ends is not None:
        rooms.set_end_on_exit(seat, ends)
    muted = request.flag("Muted")
    if muted is not None:
        rooms.mute(seat, muted)
    hold = request.flag("Hold")
    if hold is not None:
        rooms.hold(seat, hold, hold_at)
    beep = request.flag("BeepOnExit")
    if beep is not None:
        rooms.set_beep_on_exit(seat, beep)
    if request.one("WaitUrl") is not None:
        rooms.set_wait(seat, wait_at)
    if announce is not None:
        rooms.announce([seat], announce, to_one=True)
    if coached is not None:
        rooms.coach(seat, bool(coached), coached)
    return 200, render(seat)


def delete(request: Request) -> tuple[int, Any]:
    """A kicked participant's call goes on with its Dial action or next verb; one who is still called is not any more."""
    expected = _expected(request)
    if expected is not None:
        request.world.exchange.end(expected.leg, Status.CANCELED, "kicked before the answer")
        return 204, None
    request.world.conferences.leave(find(request), "participant_updated_via_api")
    return 204, None


def find(request: Request) -> Seat:
    seat = conferences.find(request).seat(request.path["participant"])
    if seat is None:
        raise not_found(request.url)
    return seat


def render(seat: Seat) -> dict[str, Any]:
    room = seat.conference
    return {
        "account_sid": room.account.sid,
        "call_sid": seat.leg.sid,
        "label": seat.terms.label or None,
        "call_sid_to_coach": seat.coaches or None,
        "coaching": seat.coaching,
        "conference_sid": room.sid,
        "date_created": rfc2822(seat.joined_at),
        "date_updated": rfc2822(seat.updated_at),
        "end_conference_on_exit": seat.ends,
        "muted": seat.muted,
        "hold": seat.hold,
        "start_conference_on_enter": seat.terms.starts,
        "status": "connected",
        "queue_time": str(round(seat.leg.queue_seconds * 1000)),
        "uri": f"/{API_VERSION}/Accounts/{room.account.sid}/Conferences/{room.sid}/Participants/{seat.leg.sid}.json",
    }


def _expected(request: Request) -> Expected | None:
    wanted = request.path["participant"]
    for expected in conferences.find(request).expected.values():
        if not expected.leg.is_up and wanted in (expected.leg.sid, expected.terms.label):
            return expected
    return None


def _render_expected(room: Conference, expected: Expected) -> dict[str, Any]:
    leg, terms = expected.leg, expected.terms
    return {
        "account_sid": room.account.sid,
        "call_sid": leg.sid,
        "label": terms.label or None,
        "call_sid_to_coach": terms.coaches or None,
        "coaching": bool(terms.coaches),
        "conference_sid": room.sid,
        "date_created": rfc2822(leg.created_at),
        "date_updated": rfc2822(leg.updated_at),
        "end_conference_on_exit": terms.ends,
        "muted": terms.muted,
        "hold": False,
        "start_conference_on_enter": terms.starts,
        "status": CALLED[leg.status],
        "queue_time": str(round(leg.queue_seconds * 1000)),
        "uri": f"/{API_VERSION}/Accounts/{room.account.sid}/Conferences/{room.sid}/Participants/{leg.sid}.json",
    }


def _terms(request: Request) -> Terms:
    """How the called participant takes part, as far as it is shown before it does."""
    label = request.one("Label") or ""
    if len(label) > LONGEST_LABEL or "/" in label or (label.startswith("CA") and len(label) == 34):
        raise RestError(400, 16024, "Invalid participant label: at most 128 characters, no CallSid, no /")
    url = request.one("ConferenceStatusCallback")
    events = " ".join(request.many("ConferenceStatusCallbackEvent")) or "start end"
    callback = None
    if url:
        method = request.method_of("ConferenceStatusCallbackMethod")
        callback = Callback(url, method, frozenset(events.split()))
    return Terms(
        label=label,
        muted=bool(request.flag("Muted")),
        starts=request.flag("StartConferenceOnEnter") is not False,
        ends=bool(request.flag("EndConferenceOnExit")),
        coaches=_to_coach(request),
        callback=callback,
    )


def _to_coach(request: Request) -> str:
    """Whom a participant who is called will coach; Coaching is true unless it is said that it is not."""
    coaching, call_sid = request.flag("Coaching"), request.one("CallSidToCoach") or ""
    if coaching and not call_sid:
        raise RestError(400, 16028, "Participant to be whispered is not present in the conference")
    return "" if coaching is False else call_sid


def _document_at(request: Request, url_name: str, method_name: str, default: str) -> Callback | None:
    url = request.one(url_name)
    return Callback(url, request.method_of(method_name, default)) if url else None


def _coached(request: Request, seat: Seat) -> str | None:
    """The sid of who is to be coached from now on; "" for nobody, None when nothing is said of it."""
    coaching, call_sid = request.flag("Coaching"), request.one("CallSidToCoach")
    if coaching is None and not call_sid:
        return None
    if coaching is False:
        return ""
    coached = seat.conference.seat(call_sid or seat.coaches)
    if coached is None:
        raise RestError(400, 16028, "Participant to be whispered is not present in the conference")
    if coached.hold:
        raise RestError(400, 16027, "Participant to be whispered is on hold")
    return coached.leg.sid


def _document(request: Request, name: str, terms: Terms) -> Document:
    """The document that a called participant runs: nothing but the room."""
    dial = ET.Element("Dial")
    room = ET.SubElement(dial, "Conference")
    room.text = name
    for parameter, attribute in ROOM_WORDS.items():
        value = request.one(parameter)
        if value is not None:
            room.set(attribute, value)
    if terms.coaches:
        room.set("coach", terms.coaches)
    for callback, (parameter, attribute, default) in EVENT_WORDS.items():
        if request.one(callback):
            room.set(attribute, " ".join(request.many(parameter)) or default)
    return Document("", (dial,))
