"""Transcriptions of recordings: the scripted words, after some seconds (twilio.com/docs/voice/twiml/record#transcribe)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.params import standard
from simulator.webhooks import Ask

if TYPE_CHECKING:
    from simulator.recordings import Recording
    from simulator.world import World

SECONDS_TO_TRANSCRIBE = 5.0
SHORTEST_SECONDS, LONGEST_SECONDS = 2, 120


@dataclass(eq=False)
class Transcription:
    """A transcription resource; status is in-progress, completed or failed."""

    sid: str
    recording: Recording
    created_at: float
    updated_at: float
    status: str = "in-progress"
    text: str = ""


class Transcriptions:
    """Only recordings of more than two seconds and less than two minutes are transcribed (13617)."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.all: dict[str, Transcription] = {}

    def begin(self, recording: Recording) -> None:
        now = self._world.now
        made = Transcription(self._world.mint.sid("TR"), recording, now, now)
        self.all[made.sid] = made
        self._world.kernel.after(SECONDS_TO_TRANSCRIBE, lambda: self._finish(made))

    def of(self, recording: Recording) -> list[Transcription]:
        return [made for made in self.all.values() if made.recording is recording]

    def _finish(self, made: Transcription) -> None:
        recording, world = made.recording, self._world
        if SHORTEST_SECONDS < recording.seconds < LONGEST_SECONDS:
            made.status, made.text = "completed", _words(recording)
        else:
            made.status = "failed"
            world.debugger.warn(
                13617,
                f"<Record>: {recording.whole_seconds} s cannot be transcribed",
                call_sid=recording.call_sid or "",
            )
        made.updated_at = world.now
        url = recording.order.transcribe_callback
        if not url:
            return
        form = {
            **standard(recording.legs[0]),
            "TranscriptionSid": made.sid,
            "TranscriptionText": made.text,
            "TranscriptionStatus": made.status,
            "TranscriptionUrl": f"{recording.url}/Transcriptions/{made.sid}",
            "RecordingSid": recording.sid,
            "RecordingUrl": recording.url,
        }
        world.webhooks.tell(Ask(url, "POST", form, "transcription", recording.account), 11200)


def _words(recording: Recording) -> str:
    """What the recorded far end said while the recording ran."""
    end = recording.ended_at or recording.started_at
    said = [spoken for spoken in recording.legs[0].said if recording.started_at <= spoken.at <= end]
    return " ".join(spoken.words for spoken in said)
