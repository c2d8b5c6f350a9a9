"""Does what the kernel commands: legs, what they hear and say, rooms, recordings."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import assert_never

from simulator.sound import protocol as p
from simulator.sound.clips import Clips
from simulator.sound.leg import Leg
from simulator.sound.mixer import Mixer
from simulator.sound.mulaw import FRAME_SECONDS
from simulator.sound.playing import Playing
from simulator.sound.recording import Recording
from simulator.sound.room import Room
from simulator.sound.speaking import SpeechWatch
from simulator.sound.switchboard import Switchboard
from simulator.sound.tokens import Gate

log = logging.getLogger(__name__)


class Studio:
    """The media process' heart: one mixer, one switchboard, and the sounds played into them."""

    def __init__(self, emit: Callable[[p.Event], None]) -> None:
        self.gate = Gate()
        self.mixer = Mixer(lambda leg, speaking: emit(p.Spoke(leg.name, speaking)))
        self.switchboard = Switchboard(self.gate, self.mixer, self._happened)
        self.clips = Clips()
        self._emit = emit
        self._recordings: dict[str, Recording] = {}
        self._finishing: set[asyncio.Task[None]] = set()

    async def obey(self, command: p.Command) -> None:
        """Do one thing; what a leg that has ended should do is left undone."""
        match command:
            case p.Account(account_sid, keys):
                self.gate.admit(account_sid, keys)
            case p.Take(invite, leg):
                self.switchboard.take(invite, leg)
            case p.Refuse(invite, code, message):
                self.switchboard.refuse(invite, code, message)
            case p.Ring(leg, identity, parameters):
                await self.switchboard.ring(leg, identity, parameters)
            case p.Open(leg):
                self.mixer.legs[leg] = Leg(leg)
            case p.Announce():
                self._announce(command)
            case p.RecordRoom():
                self._record_room(command)
            case p.PauseRecording(recording, paused, skip):
                if running := self._recordings.get(recording):
                    running.paused, running.skipping = paused, skip
            case p.StopRecording(recording):
                self._stop_recording(recording)
            case p.HangUp(name, code, message):
                self._hang_up(name, code, message)
            case _:
                if leg_there := self.mixer.legs.get(command.leg):
                    self._change_leg(leg_there, command)

    async def close(self) -> None:
        """End everything; recordings are finished first."""
        for recording in list(self._recordings):
            self._stop_recording(recording)
        await self.switchboard.close()
        await self.clips.close()
        if self._finishing:
            await asyncio.gather(*self._finishing, return_exceptions=True)

    def _change_leg(
        self,
        leg: Leg,
        command: p.Answer
        | p.Say
        | p.Hear
        | p.Hush
        | p.Join
        | p.Part
        | p.Mute
        | p.Hold
        | p.Record
        | p.Listen
        | p.Tell,
    ) -> None:
        match command:
            case p.Answer():
                if line := self.switchboard.lines.get(leg.name):
                    self.switchboard.answer(line)
            case p.Say(sounds=sounds):
                if leg.saying is None:
                    leg.saying = Playing([])
                leg.saying.add(self._clips(leg.name, sounds))
            case p.Hear(cue=cue, sounds=sounds, loop=loop):
                leg.hearing = self._playing(leg.name, cue, sounds, loop=loop)
            case p.Hush():
                leg.hearing = None
            case p.Join(room=room, muted=muted, coaching=coaching):
                self.mixer.join(leg, room)
                leg.muted, leg.held, leg.coaching = muted, False, coaching
            case p.Part():
                self.mixer.part(leg)
                leg.muted, leg.held, leg.coaching = False, False, ""
            case p.Mute(muted=muted):
                leg.muted = muted
            case p.Hold(held=held):
                leg.held = held
                if not held:
                    leg.hearing = None
            case p.Record():
                self._record(leg, command)
            case p.Listen(on=on):
                leg.watch = SpeechWatch() if on else None
            case p.Tell():
                self._tell(leg, command)
            case _:
                assert_never(command)

    def _happened(self, event: p.Event) -> None:
        """Events of the phones: keys become audible, and a leg that ended leaves the mixer."""
        if isinstance(event, p.Pressed) and (leg := self.mixer.legs.get(event.leg)):
            if leg.key_tones is None:
                leg.key_tones = Playing([])
            leg.key_tones.add(self._clips(leg.name, (p.Keys(event.digits),)))
        if isinstance(event, p.Ended):
            self._drop(event.leg)
        self._emit(event)

    def _hang_up(self, name: str, code: int, message: str) -> None:
        if line := self.switchboard.lines.get(name):
            self.switchboard.hang_up(line, code, message)
        self._drop(name)

    def _drop(self, name: str) -> None:
        leg = self.mixer.legs.pop(name, None)
        if leg is None:
            return
        self.mixer.part(leg)
        for recording in list(leg.recordings):
            self._stop_recording(recording.name)

    def _clips(self, leg: str, sounds: Sequence[p.Audible]) -> "list[asyncio.Future[bytes]]":
        return self.clips.row(sounds, lambda source, reason: self._emit(p.Unplayable(leg, source, reason)))

    def _playing(self, leg: str, cue: str, sounds: Sequence[p.Audible], *, loop: bool = False) -> Playing:
        def done(seconds: float) -> None:
            self._emit(p.Played(leg, cue, seconds))

        return Playing(self._clips(leg, sounds), loop=loop, when_done=done)

    def _announce(self, command: p.Announce) -> None:
        if room := self.mixer.rooms.get(command.room):
            room.announcing = self._playing(command.room, command.cue, command.sounds)

    def _record(self, leg: Leg, command: p.Record) -> None:
        recording = Recording(
            command.recording, Path(command.path), command.channels, said_only=command.said_only
        )
        self._recordings[recording.name] = recording
        leg.recordings.append(recording)

    def _record_room(self, command: p.RecordRoom) -> None:
        room = self.mixer.rooms.setdefault(command.room, Room(command.room))
        room.recording = Recording(command.recording, Path(command.path), 1)
        self._recordings[command.recording] = room.recording

    def _stop_recording(self, name: str) -> None:
        recording = self._recordings.pop(name, None)
        if recording is None:
            return
        for leg in self.mixer.legs.values():
            if recording in leg.recordings:
                leg.recordings.remove(recording)
        for room in list(self.mixer.rooms.values()):
            if room.recording is recording:
                room.recording = None
                if not room.legs:
                    del self.mixer.rooms[room.name]
        recording.close()
        task = asyncio.ensure_future(self._finish(recording))
        self._finishing.add(task)
        task.add_done_callback(self._finishing.discard)

    async def _finish(self, recording: Recording) -> None:
        await asyncio.get_running_loop().run_in_executor(None, recording.finish)
        self._emit(
            p.Recorded(
                recording.name, str(recording.path), recording.frames * FRAME_SECONDS, recording.channels
            )
        )

    def _tell(self, leg: Leg, command: p.Tell) -> None:
        line = self.switchboard.lines.get(leg.name)
        if line is not None and line.phone is not None:
            line.phone.tell(
                "message",
                {
                    "callsid": leg.name,
                    "content": command.content,
                    "contenttype": command.content_type,
                    "messagetype": command.message_type,
                },
            )
