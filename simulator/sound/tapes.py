"""Recordings of what was really said: the kernel's rules, the media process' files."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from simulator.conferences import Conference
from simulator.legs import Leg
from simulator.recordings import Order, Recording, Recordings, RecordingStatus
from simulator.sound import protocol as p
from simulator.sound.ears import Send

if TYPE_CHECKING:
    from simulator.world import World

LOOK_AGAIN_SECONDS: Final = 0.1
FILE_SECONDS: Final = 20.0  # a file that is not whole by then is lost


class Tapes(Recordings):
    """Starts and stops the media process' recorders with the kernel's recordings."""

    def __init__(self, world: "World", folder: Path, send: Send) -> None:
        super().__init__(world)
        self._folder = folder
        self._send = send
        self._lengths: dict[str, float] = {}
        self._rooms: dict[str, Recording] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def start(self, leg: Leg, order: Order) -> Recording:
        recording = super().start(leg, order)
        recording.file = self._folder / f"{recording.sid}.wav"
        voicemail = order.source == "RecordVerb"
        said_only = voicemail or (order.channels == 1 and order.track == "inbound")
        self._send(
            p.Record(
                recording.sid,
                leg.sid,
                str(recording.file),
                order.channels,
                said_only=said_only,
                trim=order.trims,
            )
        )
        if voicemail:
            self._send(p.Listen(leg.sid, on=True))
        return recording

    def record_room(self, conference: Conference, order: Order) -> None:
        known = set(self.all)
        super().record_room(conference, order)
        for sid in set(self.all) - known:
            self._rooms[conference.sid] = self.all[sid]
            self.all[sid].file = self._folder / f"{sid}.wav"
        self.room_changed(conference)

    def room_changed(self, conference: Conference) -> None:
        """Record whoever may be heard in the room now, if it is recorded."""
        recording = self._rooms.get(conference.sid)
        if recording is not None and recording.is_running:
            seats = conference.seats.values()
            heard = tuple(seat.leg.sid for seat in seats if not seat.muted and not seat.hold)
            self._send(p.RecordTogether(recording.sid, heard, str(recording.file)))

    def stop(self, recording: Recording) -> None:
        if not recording.is_running:
            return
        super().stop(recording)
        self._send(p.StopRecording(recording.sid))
        if recording.order.source == "RecordVerb":
            for leg in recording.legs:
                self._send(p.Listen(leg.sid, on=False))

    def pause(self, recording: Recording, *, skips: bool) -> None:
        super().pause(recording, skips=skips)
        self._send(p.PauseRecording(recording.sid, paused=True, skip=skips))

    def resume(self, recording: Recording) -> None:
        super().resume(recording)
        self._send(p.PauseRecording(recording.sid, paused=False))

    def delete(self, recording: Recording) -> None:
        super().delete(recording)
        if recording.file is not None:
            recording.file.unlink(missing_ok=True)

    def whole(self, sid: str, seconds: float) -> None:
        """The media process finished a file."""
        self._lengths[sid] = seconds

    def lost(self) -> None:
        """The media process died: recordings whose files were not whole come to nothing."""
        for recording in self.all.values():
            unfinished = recording.is_running or recording.status is RecordingStatus.PROCESSING
            if unfinished and recording.file is not None:
                self._lengths.setdefault(recording.sid, 0.0)
                recording.file.with_name(recording.file.name + ".raw").unlink(missing_ok=True)

    def _ready(self, recording: Recording) -> None:
        """As soon as the file is whole; its length is the recording's."""
        if recording.status is not RecordingStatus.PROCESSING or recording.ended_at is None:
            return
        if recording.sid not in self._lengths and self._world.now < recording.ended_at + FILE_SECONDS:
            self._world.kernel.after(LOOK_AGAIN_SECONDS, lambda: self._ready(recording))
            return
        length = self._lengths.pop(recording.sid, 0.0)
        recording.trimmed_seconds = 0.0
        recording.trimmed_seconds = recording.seconds - length
        super()._ready(recording)
