"""Recordings, of the account, of a call and of a conference (twilio.com/docs/voice/api/recording)."""

from __future__ import annotations

from typing import Any

from simulator.legs import Callback
from simulator.params import API_VERSION, rfc2822
from simulator.recordings import RECORDING_EVENTS, Order, Recording, RecordingStatus
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
    callback = calls.callback_of(request, "RecordingStatusCallback", "RecordingStatusCallbackMethod")
    if callback is not None:
        events = frozenset(
            word for text in request.many("RecordingStatusCallbackEvent") for word in text.split()
        )
        callback = Callback(
            callback.url, callback.method, events & RECORDING_EVENTS or frozenset({"completed"})
        )
    channels = 2 if request.one("RecordingChannels") == "dual" else 1
    order = Order(
        "StartCallRecordingAPI", channels, request.one("RecordingTrack") or "both", callback=callback
    )
    return 201, render_of_call(request.world.recordings.start(leg, order))


def update(request: Request) -> tuple[int, Any]:
    """Status paused (PauseBehavior skip or silence), in-progress or stopped; Twilio.CURRENT is the running one."""
    recording = _find_of_call(request)
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
    return 200, render_of_call(recording)


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
        "error_code": 16101 if recording.status is RecordingStatus.ABSENT else None,
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
    wanted = request.path["recording"]
    for recording in reversed(_all(request)):
        if recording.call_sid == request.path["call"] and (
            recording.sid == wanted or (wanted == "Twilio.CURRENT" and recording.is_running)
        ):
            return recording
    raise not_found(request.url)


def _shows_deleted(request: Request, recording: Recording) -> bool:
    """Metadata of a deleted recording is kept for 40 days."""
    deleted_at = recording.deleted_at or 0.0
    return bool(request.flag("IncludeSoftDeleted")) and request.world.now - deleted_at < FORTY_DAYS
