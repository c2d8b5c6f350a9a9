"""The sound of a recording, as WAV or MP3 (twilio.com/docs/voice/api/recording#fetch-a-recording-media-file)."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from simulator.audio import mp3_of, wav_of
from simulator.recordings import RecordingStatus
from simulator.rest import recordings
from simulator.rest.answer import Answer, Request, RestError, not_found


def wav(request: Request) -> tuple[int, Any]:
    return _sound(request, "audio/x-wav")


def mp3(request: Request) -> tuple[int, Any]:
    return _sound(request, "audio/mpeg")


def _sound(request: Request, kind: str) -> tuple[int, Any]:
    """404 until the recording is completed, and after it was deleted."""
    recording = recordings.find(request)
    if recording.status is not RecordingStatus.COMPLETED:
        raise not_found(request.url)
    channels = request.whole("RequestedChannels", recording.order.channels, 1, 2, 20422)
    if channels > recording.order.channels:
        raise RestError(400, 16113, "Cannot download a dual-channel presentation of a mono recording")
    sound = wav_of(recording, channels) if kind == "audio/x-wav" else mp3_of(recording, channels)
    request.world.ledger.write(
        "recording.fetched",
        recording=recording.sid,
        call=recording.call_sid,
        channels=channels,
        type=kind,
        sha256=sha256(sound).hexdigest(),
    )
    return 200, Answer(200, {"Content-Type": kind, "Content-Length": str(len(sound))}, sound)
