"""Transcriptions of recordings (twilio.com/docs/voice/api/recording-transcription)."""

from __future__ import annotations

from typing import Any

from simulator.params import API_VERSION, rfc2822
from simulator.rest import recordings
from simulator.rest.answer import Request, not_found
from simulator.rest.paging import page
from simulator.transcriptions import Transcription


def index(request: Request) -> tuple[int, Any]:
    found = request.world.transcriptions.of(recordings.find(request))
    return page(request, "transcriptions", found[::-1], render)


def fetch(request: Request) -> tuple[int, Any]:
    return 200, render(_find(request))


def delete(request: Request) -> tuple[int, Any]:
    del request.world.transcriptions.all[_find(request).sid]
    return 204, None


def render(made: Transcription) -> dict[str, Any]:
    account = made.recording.account.sid
    return {
        "account_sid": account,
        "api_version": API_VERSION,
        "date_created": rfc2822(made.created_at),
        "date_updated": rfc2822(made.updated_at),
        "duration": str(made.recording.whole_seconds),
        "price": None,
        "price_unit": "USD",
        "recording_sid": made.recording.sid,
        "sid": made.sid,
        "status": made.status,
        "transcription_text": made.text,
        "type": "fast",
        "uri": f"/{API_VERSION}/Accounts/{account}/Transcriptions/{made.sid}.json",
    }


def _find(request: Request) -> Transcription:
    made = request.world.transcriptions.all.get(request.path["transcription"])
    if made is None or made.recording.account is not request.account:
        raise not_found(request.url)
    if request.path.get("recording", made.recording.sid) != made.recording.sid:
        raise not_found(request.url)
    return made
