"""Conferences (twilio.com/docs/voice/api/conference-resource)."""

from __future__ import annotations

from typing import Any

from simulator.conferences import Conference
from simulator.legs import Callback
from simulator.params import API_VERSION, rfc2822
from simulator.rest.answer import Request, RestError, not_found
from simulator.rest.filters import by_day, by_value
from simulator.rest.paging import page


def index(request: Request) -> tuple[int, Any]:
    rooms = [room for room in request.world.conferences.all.values() if room.account is request.account]
    rooms = by_value(request, "FriendlyName", rooms, lambda room: room.friendly_name)
    rooms = by_value(request, "Status", rooms, lambda room: str(room.status))
    rooms = by_day(request, "DateCreated", rooms, lambda room: room.created_at)
    rooms = by_day(request, "DateUpdated", rooms, lambda room: room.updated_at)
    return page(request, "conferences", rooms[::-1], render)


def fetch(request: Request) -> tuple[int, Any]:
    return 200, render(find(request))


def update(request: Request) -> tuple[int, Any]:
    room = find(request)
    status = request.one("Status")
    if status is not None and status != "completed":
        raise RestError(400, 20422, f"Status can only become completed, not {status!r}")
    if status is not None:
        request.world.conferences.end(room)
    announce = request.one("AnnounceUrl")
    if announce and not room.is_over:
        document = Callback(announce, request.method_of("AnnounceMethod"))
        request.world.conferences.announce(list(room.seats.values()), document)
    return 200, render(room)


def find(request: Request) -> Conference:
    room = request.world.conferences.all.get(request.path["conference"])
    if room is None or room.account is not request.account:
        raise not_found(request.url)
    return room


def render(room: Conference) -> dict[str, Any]:
    uri = f"/{API_VERSION}/Accounts/{room.account.sid}/Conferences/{room.sid}"
    return {
        "account_sid": room.account.sid,
        "date_created": rfc2822(room.created_at),
        "date_updated": rfc2822(room.updated_at),
        "api_version": API_VERSION,
        "friendly_name": room.friendly_name,
        "region": room.region,
        "sid": room.sid,
        "status": str(room.status),
        "uri": uri + ".json",
        "subresource_uris": {
            "participants": uri + "/Participants.json",
            "recordings": uri + "/Recordings.json",
        },
        "reason_conference_ended": room.ended_reason,
        "call_sid_ending_conference": room.ended_by,
    }
