"""Recordings: when they run, what they hold, and the callbacks about them (twilio.com/docs/voice/api/recording).

What was recorded is kept as the lines and spells of the legs; the sound is made when somebody asks for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.account import Account
from simulator.hearing import Sound
from simulator.legs import Callback, Leg
from simulator.params import rfc2822
from simulator.webhooks import Ask

if TYPE_CHECKING:
    from simulator.conferences import Conference
    from simulator.world import World

RECORDING_EVENTS = frozenset(
    ["in-progress", "completed", "absent", "failed", "started", "paused", "resumed", "stopped"]
)
SECONDS_UNTIL_READY = 2.0
SHORTEST_SECONDS = 0.1
NO_SOUND = frozenset({Sound.SILENCE, Sound.RINGING})


class RecordingStatus(StrEnum):
    IN_PROGRESS = "in-progress"
    PAUSED = "paused"
    STOPPED = "stopped"
    PROCESSING = "processing"
    COMPLETED = "completed"
    ABSENT = "absent"
    DELETED = "deleted"


@dataclass(frozen=True)
class Order:
    """What is to be recorded and whom to tell; source is Twilio's RecordingSource."""

    source: str
    channels: int = 1
    track: str = "both"
    from_ringing: bool = False
    callback: Callback | None = None
    trims: bool = False
    transcribes: bool = False
    transcribe_callback: str = ""


@dataclass
class Gap:
    """A pause; a skipped one is cut out, else it is silence."""

    at: float
    skips: bool
    until: float | None = None


@dataclass(eq=False)
class Recording:
    """A recording resource; seconds are true length, pauses that are skipped taken out."""

    sid: str
    account: Account
    order: Order
    call_sid: str | None
    conference_sid: str | None
    started_at: float
    created_at: float
    updated_at: float
    base_url: str
    legs: tuple[Leg, ...] = ()
    status: RecordingStatus = RecordingStatus.IN_PROGRESS
    ended_at: float | None = None
    trimmed_seconds: float = 0.0
    gaps: list[Gap] = field(default_factory=list)
    deleted_at: float | None = None
    file: Path | None = None
    is_lost: bool = False

    @property
    def url(self) -> str:
        return f"{self.base_url}/2010-04-01/Accounts/{self.account.sid}/Recordings/{self.sid}"

    @property
    def is_running(self) -> bool:
        return self.status in (RecordingStatus.IN_PROGRESS, RecordingStatus.PAUSED)

    @property
    def seconds(self) -> float:
        if self.ended_at is None:
            return 0.0
        skipped = sum((gap.until or self.ended_at) - gap.at for gap in self.gaps if gap.skips)
        return max(0.0, self.ended_at - self.started_at - skipped - self.trimmed_seconds)

    @property
    def error_code(self) -> int | None:
        """Why it is absent: nothing was to be heard, or it was too short."""
        if self.status is not RecordingStatus.ABSENT:
            return None
        return 16102 if self.order.trims and self.gaps else 16101

    @property
    def whole_seconds(self) -> int:
        return round(self.seconds)


class Recordings:
    """Starts and stops recordings and reports them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.all: dict[str, Recording] = {}
        self.seconds_until_ready = SECONDS_UNTIL_READY
        self.absent = False

    def start(self, leg: Leg, order: Order) -> Recording:
        """Of a leg: channel 1 is what its far end says, channel 2 what it hears; CallSid is the parent's."""
        call_sid = (leg.parent or leg).sid
        recording = self._new(leg.account, order, call_sid, None, (leg,))
        leg.recordings.append(recording)
        if leg.parent is not None:
            leg.parent.recordings.append(recording)
        self._tell(recording, RecordingStatus.IN_PROGRESS)
        return recording

    def record_room(self, conference: Conference, order: Order) -> None:
        """Of a whole conference, from its start to its end."""
        legs = tuple(seat.leg for seat in conference.seats.values())
        recording = self._new(conference.account, order, None, conference.sid, legs)
        self._tell(recording, RecordingStatus.IN_PROGRESS)

    def conference_joined(self, conference: Conference, leg: Leg) -> None:
        for recording in self._of_room(conference):
            if leg not in recording.legs:
                recording.legs += (leg,)

    def stop(self, recording: Recording) -> None:
        """The sound ends here; the file is ready some seconds later."""
        if not recording.is_running:
            return
        now = self._world.now
        for gap in recording.gaps:
            gap.until = gap.until if gap.until is not None else now
        recording.ended_at = now
        recording.updated_at = now
        if recording.order.trims:
            _trim(recording, now)
        recording.status = RecordingStatus.PROCESSING
        self._world.ledger.write("recording.stopped", recording=recording.sid, call=recording.call_sid)
        fault = self._world.faults.for_recording()
        late = fault.seconds if fault is not None and fault.harm == "late" else 0.0
        recording.is_lost = fault is not None and fault.harm == "absent"
        self._world.kernel.after(self.seconds_until_ready + late, lambda: self._ready(recording))

    def pause(self, recording: Recording, *, skips: bool) -> None:
        if recording.status is RecordingStatus.IN_PROGRESS:
            recording.status = RecordingStatus.PAUSED
            recording.gaps.append(Gap(self._world.now, skips))
            self._changed(recording)

    def resume(self, recording: Recording) -> None:
        if recording.status is RecordingStatus.PAUSED:
            recording.status = RecordingStatus.IN_PROGRESS
            recording.gaps[-1].until = self._world.now
            self._changed(recording)

    def delete(self, recording: Recording) -> None:
        """Soft, as Twilio's: the sound is gone at once."""
        recording.status = RecordingStatus.DELETED
        recording.deleted_at = self._world.now
        self._changed(recording)

    def leg_ended(self, leg: Leg) -> None:
        for recording in leg.recordings:
            if leg in recording.legs:
                self.stop(recording)

    def conference_ended(self, conference: Conference) -> None:
        for recording in self._of_room(conference):
            self.stop(recording)

    def for_status_callback(self, leg: Leg) -> dict[str, str]:
        """The terminal status callback names the recording of the call's Dial or of its REST creation."""
        if not leg.recordings:
            return {}
        latest = leg.recordings[-1]
        return {
            "RecordingUrl": latest.url,
            "RecordingSid": latest.sid,
            "RecordingDuration": str(latest.whole_seconds),
        }

    def _of_room(self, conference: Conference) -> list[Recording]:
        if conference.to_record is None:
            return []
        return [recording for recording in self.all.values() if recording.conference_sid == conference.sid]

    def _new(
        self,
        account: Account,
        order: Order,
        call_sid: str | None,
        conference_sid: str | None,
        legs: tuple[Leg, ...],
    ) -> Recording:
        now = self._world.now
        recording = Recording(
            self._world.mint.sid("RE"),
            account,
            order,
            call_sid,
            conference_sid,
            now,
            now,
            now,
            self._world.base_url,
            legs,
        )
        self.all[recording.sid] = recording
        self._world.ledger.write(
            "recording.started",
            recording=recording.sid,
            call=call_sid,
            conference=conference_sid,
            source=order.source,
            channels=order.channels,
        )
        return recording

    def _ready(self, recording: Recording) -> None:
        if recording.status is not RecordingStatus.PROCESSING:
            return
        if recording.seconds < SHORTEST_SECONDS or self.absent or recording.is_lost:
            recording.status = RecordingStatus.ABSENT
            self._changed(recording)
            self._tell(recording, RecordingStatus.ABSENT)
            return
        recording.status = RecordingStatus.COMPLETED
        self._changed(recording)
        self._tell(recording, RecordingStatus.COMPLETED)
        if recording.order.transcribes:
            self._world.transcriptions.begin(recording)

    def _changed(self, recording: Recording) -> None:
        recording.updated_at = self._world.now
        self._world.ledger.write(
            "recording." + recording.status,
            recording=recording.sid,
            call=recording.call_sid,
            seconds=recording.whole_seconds,
        )

    def _tell(self, recording: Recording, status: RecordingStatus) -> None:
        callback = recording.order.callback
        if callback is None or status not in (callback.events or {"completed"}):
            return
        form = {
            "AccountSid": recording.account.sid,
            "RecordingSid": recording.sid,
            "RecordingUrl": recording.url,
            "RecordingStatus": str(status),
            "RecordingChannels": str(recording.order.channels),
            "RecordingStartTime": rfc2822(recording.started_at),
            "RecordingSource": recording.order.source,
            "RecordingTrack": recording.order.track,
            "ErrorCode": str(recording.error_code or 0),
        }
        if recording.call_sid is not None:
            form["CallSid"] = recording.call_sid
        if recording.conference_sid is not None:
            form["ConferenceSid"] = recording.conference_sid
        if status is RecordingStatus.COMPLETED:
            form["RecordingDuration"] = str(recording.whole_seconds)
        self._world.webhooks.tell(
            Ask(callback.url, callback.method, form, "recording", recording.account), 11200
        )


def _trim(recording: Recording, now: float) -> None:
    """Cuts the silence before the first sound and after the last."""
    sounds = [
        (max(at, recording.started_at), now if until is None else min(until, now))
        for leg in recording.legs
        for at, until in _sounds(leg, recording)
        if until is None or until > recording.started_at
    ]
    first = min((at for at, _ in sounds), default=now)
    last = max((until for _, until in sounds), default=now)
    recording.gaps.insert(0, Gap(recording.started_at, skips=True, until=first))
    if sounds:
        recording.gaps.append(Gap(last, skips=True, until=now))


def _sounds(leg: Leg, recording: Recording) -> list[tuple[float, float | None]]:
    """When the far end spoke and, but for a message that is left, when it heard something."""
    spoken = [(spell.at, spell.until) for spell in leg.mouth.spells]
    if recording.order.source in ("RecordVerb", "Conference"):
        return spoken
    return spoken + [(line.at, line.until) for line in leg.ear.lines if line.kind not in NO_SOUND]
