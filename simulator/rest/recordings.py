"""Recordings, of the account, of a call and of a conference (twilio.com/docs/voice/api/recording)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.params import API_VERSION, rfc2822
from simulator.recordings import Recording, RecordingStatus
from simulator.rest import calls
from simulator.rest.answer import Request, RestError, not_found
from simulator.rest.filters import by_day, by_value
from simulator.rest.paging import page

FORTY_DAYS = 40 * 86_400


def index(request: Request) -> tuple[int, Any]:
    found = _all(request)
    found = by_value(request, "CallSid", found, lambda recording: recording.call_sid or "")
    found = by_value(request, "ConferenceSid", found, lambda recording: recording.conference_sid or "")
    found = by_day(request, "DateCreated", found, lambda recording: recording.created_at)
    return page(request, "recordings", found[::-1], render)


def fetch(request: Request) -> tuple[int, Any]:
    return 200, render(find(request))


def delete(request: Request) -> tuple[int, Any]:
    recording = find(request)
    if recording.is_running:
        raise RestError(400, 20009, "Cannot delete this resource before it is complete")
    request.world.recordings.delete(recording)
    return 204, None


def index_of_call(request: Request) -> tuple[int, Any]:
    found = [recording for recording in _all(request) if recording.call_sid == request.path["call"]]
    found = by_day(request, "DateCreated", found, lambda recording: recording.created_at)
    return page(request, "recordings", found[::-1], render_of_call)


def fetch_of_call(request: Request) -> tuple[int, Any]:
    return 200, render_of_call(_find_of_call(request))


def create(request: Request) -> tuple[int, Any]:
    """Starts recording a live call; one at a time."""
    leg = calls.find(request)
    if not leg.is_up:
        raise RestError(400, 21220, "Requested resource is not eligible for recording")
    if any(recording.is_running for recording in leg.recordings):
        raise RestError(400, 16108, "Voice Recording: Request failed due to concurrent recordings")
    order = calls.record_order(
        request, source="StartCallRecordingAPI", trims=request.one("Trim") == "trim-silence"
    )
    return 201, render_of_call(request.world.recordings.start(leg, order))


def update(request: Request) -> tuple[int, Any]:
    """Status paused (PauseBehavior skip or silence), in-progress or stopped; Twilio.CURRENT is the running one."""
    return _change(request, _find_of_call(request), render_of_call)


def index_of_room(request: Request) -> tuple[int, Any]:
    found = [one for one in _all(request) if one.conference_sid == request.path["conference"]]
    found = by_day(request, "DateCreated", found, lambda recording: recording.created_at)
    return page(request, "recordings", found[::-1], render_of_room)


def fetch_of_room(request: Request) -> tuple[int, Any]:
    return 200, render_of_room(_find_of_room(request))


def update_of_room(request: Request) -> tuple[int, Any]:
    return _change(request, _find_of_room(request), render_of_room)


def _change(
    request: Request, recording: Recording, shown: Callable[[Recording], dict[str, Any]]
) -> tuple[int, Any]:
    status = request.one("Status")
    if not recording.is_running:
        raise RestError(400, 21220, "Recording is not in-progress. Cannot update.")
    match status:
        case "paused":
            request.world.recordings.pause(recording, skips=request.one("PauseBehavior") == "skip")
        case "in-progress":
            request.world.recordings.resume(recording)
        case "stopped":
            request.world.recordings.stop(recording)
        case _:
            raise RestError(400, 20422, f"Status must be paused, in-progress or stopped, not {status!r}")
    return 200, shown(recording)


def find(request: Request) -> Recording:
    recording = request.world.recordings.all.get(request.path["recording"])
    if recording is None or recording.account is not request.account:
        raise not_found(request.url)
    if recording.deleted_at is not None and not _shows_deleted(request, recording):
        raise not_found(request.url)
    return recording


def render(recording: Recording) -> dict[str, Any]:
    base = f"/{API_VERSION}/Accounts/{recording.account.sid}/Recordings/{recording.sid}"
    return {
        **_common(recording),
        "price": None,
        "uri": base + ".json",
        "subresource_uris": {
            "add_on_results": base + "/AddOnResults.json",
            "transcriptions": base + "/Transcriptions.json",
        },
        "media_url": recording.url,
    }


def render_of_call(recording: Recording) -> dict[str, Any]:
    base = f"/{API_VERSION}/Accounts/{recording.account.sid}/Calls/{recording.call_sid}/Recordings/{recording.sid}"
    return {**_common(recording), "price": None, "uri": base + ".json", "track": recording.order.track}


def render_of_room(recording: Recording) -> dict[str, Any]:
    account = recording.account.sid
    uri = f"/{API_VERSION}/Accounts/{account}/Conferences/{recording.conference_sid}/Recordings/{recording.sid}.json"
    return {**_common(recording), "price": None, "uri": uri}


def _common(recording: Recording) -> dict[str, Any]:
    done = recording.status in (RecordingStatus.COMPLETED, RecordingStatus.DELETED)
    return {
        "account_sid": recording.account.sid,
        "api_version": API_VERSION,
        "call_sid": recording.call_sid,
        "conference_sid": recording.conference_sid,
        "date_created": rfc2822(recording.created_at),
        "date_updated": rfc2822(recording.updated_at),
        "start_time": rfc2822(recording.started_at),
        "duration": str(recording.whole_seconds) if done else None,
        "sid": recording.sid,
        "price_unit": "USD",
        "status": str(recording.status),
        "channels": recording.order.channels,
        "source": recording.order.source,
        "error_code": recording.error_code,
        "encryption_details": None,
    }


def _all(request: Request) -> list[Recording]:
    return [
        recording
        for recording in request.world.recordings.all.values()
        if recording.account is request.account
        and (recording.deleted_at is None or _shows_deleted(request, recording))
    ]


def _find_of_call(request: Request) -> Recording:
    return _named(request, lambda recording: recording.call_sid == request.path["call"])


def _find_of_room(request: Request) -> Recording:
    return _named(request, lambda recording: recording.conference_sid == request.path["conference"])


def _named(request: Request, belongs: Callable[[Recording], bool]) -> Recording:
    """By its sid, or the one that runs as Twilio.CURRENT."""
    wanted = request.path["recording"]
    for recording in reversed(_all(request)):
        found = recording.sid == wanted or (wanted == "Twilio.CURRENT" and recording.is_running)
        if found and belongs(recording):
            return recording
    raise not_found(request.url)


def _shows_deleted(request: Request, recording: Recording) -> bool:
    """Metadata of a deleted recording is kept for 40 days."""
    deleted_at = recording.deleted_at or 0.0
    return bool(request.flag("IncludeSoftDeleted")) and request.world.now - deleted_at < FORTY_DAYS
