"""The world at a glance: what the console shows, as JSON values; moments are epoch seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from simulator.conferences import Conference, Seat
from simulator.debugger import Alert
from simulator.legs import Leg, Status
from simulator.queues import Member, Queue
from simulator.recordings import Recording, RecordingStatus
from simulator.wire.legible import Veil

if TYPE_CHECKING:
    from simulator.world import World

MOST_ENDED_CALLS = 6
MOST_ALERTS = 200
MOST_RECORDINGS = 100
ERROR_PAGE = "https://www.twilio.com/docs/errors/"


def glance(world: World, veil: Veil) -> dict[str, Any]:
    legs = list(world.legs.values())
    ended = [leg for leg in legs if leg.is_over]
    waiting = {member.leg.sid: member for queue in world.queues.values() for member in queue.members}
    latest = sorted(ended, key=lambda leg: leg.ended_at or 0.0)[-MOST_ENDED_CALLS:]
    recordings = list(world.recordings.all.values())[-MOST_RECORDINGS:]
    return {
        "now": world.now,
        "calls": [_call(leg, waiting.get(leg.sid), veil) for leg in legs if not leg.is_over],
        "ended": [_call(leg, None, veil) for leg in reversed(latest)],
        "queues": [_queue(queue) for queue in world.queues.values()],
        "conferences": [_conference(room) for room in world.conferences.all.values() if not room.is_over],
        "recordings": [_recording(one) for one in reversed(recordings)],
        "alerts": _alerts(list(world.debugger), veil),
    }


def _call(leg: Leg, member: Member | None, veil: Veil) -> dict[str, Any]:
    return {
        "id": leg.sid,
        "from": leg.from_,
        "to": leg.to,
        "name": leg.caller_name or "",
        "direction": str(leg.direction),
        "status": str(leg.status),
        "parent": leg.parent.sid if leg.parent else "",
        "since": leg.created_at,
        "answered": leg.answered_at,
        "ended": leg.ended_at,
        "places": [] if leg.is_over else _places(leg, member, veil),
        "hears": None if leg.is_over else _hears(leg),
    }


def _places(leg: Leg, member: Member | None, veil: Veil) -> list[dict[str, Any]]:
    """Where the call is: in a queue, a conference, with somebody, or in a document; and whether it is recorded."""
    places: list[dict[str, Any]] = []
    if member is not None:
        text = f"{member.queue.friendly_name}, place {member.position}"
        places.append({"kind": "queue", "text": text, "since": member.enqueued_at})
    elif isinstance(leg.place, Seat):
        places.append(
            {"kind": "conference", "text": leg.place.conference.friendly_name, **_seat_marks(leg.place)}
        )
    elif leg.place is not None:
        places.append({"kind": "bridge", "text": ", ".join(other.name for other in leg.place.listeners(leg))})
    elif leg.status in (Status.RINGING, Status.INITIATED, Status.QUEUED) and not leg.document_url:
        places.append({"kind": "ringing", "text": ""})
    if leg.document_url and not isinstance(leg.place, Seat):
        path = veil.text(urlsplit(leg.document_url).path or "/")
        places.append({"kind": "document", "text": path, "verb": leg.verb, "call": leg.sid})
    for recording in leg.recordings:
        if recording.is_running:
            places.append({"kind": "recording", "text": str(recording.status)})
            break
    return places


def _hears(leg: Leg) -> dict[str, str] | None:
    line = leg.ear.current
    return None if line is None else {"kind": str(line.kind), "text": line.text}


def _queue(queue: Queue) -> dict[str, Any]:
    return {
        "id": queue.sid,
        "name": queue.friendly_name,
        "most": queue.max_size,
        "members": [
            {"id": member.leg.sid, "from": member.leg.name, "since": member.enqueued_at}
            for member in queue.members
        ],
    }


def _conference(room: Conference) -> dict[str, Any]:
    return {
        "id": room.sid,
        "name": room.friendly_name,
        "status": str(room.status),
        "since": room.created_at,
        "seats": [
            {
                "id": seat.leg.sid,
                "who": seat.leg.name,
                "label": seat.terms.label,
                "since": seat.joined_at,
                "ends": seat.ends,
                **_seat_marks(seat),
            }
            for seat in room.seats.values()
        ],
    }


def _seat_marks(seat: Seat) -> dict[str, bool]:
    return {"hold": seat.hold, "muted": seat.muted, "coaching": seat.coaching}


def _recording(recording: Recording) -> dict[str, Any]:
    return {
        "id": recording.sid,
        "at": recording.started_at,
        "call": recording.call_sid or "",
        "conference": recording.conference_sid or "",
        "status": str(recording.status),
        "source": recording.order.source,
        "channels": recording.order.channels,
        "seconds": recording.whole_seconds,
        "playable": recording.status is RecordingStatus.COMPLETED,
    }


def _alerts(alerts: list[Alert], veil: Veil) -> list[dict[str, Any]]:
    """The newest first; an id stays the same as long as the alert is remembered."""
    first = max(0, len(alerts) - MOST_ALERTS)
    return [
        {
            "id": f"{number}/{alert.at}",
            "at": alert.at,
            "code": alert.code,
            "level": alert.level,
            "message": veil.text(alert.message),
            "call": alert.call_sid,
            "url": veil.text(alert.url),
            "page": f"{ERROR_PAGE}{alert.code}",
        }
        for number, alert in reversed(list(enumerate(alerts[first:], first)))
    ]
