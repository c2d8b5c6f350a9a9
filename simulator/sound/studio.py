"""Does what the kernel commands: legs, what they hear and say, rooms, recordings."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, assert_never

from simulator.sound import audible as a
from simulator.sound import mulaw
from simulator.sound import protocol as p
from simulator.sound.clips import Clips
from simulator.sound.leg import Leg
from simulator.sound.mixer import Mixer
from simulator.sound.playing import Playing
from simulator.sound.recording import Cut, Recording
from simulator.sound.speaking import SpeechWatch
from simulator.sound.switchboard import Switchboard
from simulator.sound.tokens import Gate

log = logging.getLogger(__name__)

LegCommand = p.Answer | p.Say | p.Chat | p.Hear | p.Talk | p.Hush | p.Over | p.Record | p.Listen | p.Tell


class Studio:
    """The media process' heart: one mixer, one switchboard, and the sounds played into them."""

    def __init__(self, emit: Callable[[p.Event], None]) -> None:
        self.gate = Gate()
        self.mixer = Mixer(lambda leg, speaking: emit(p.Spoke(leg.name, speaking)))
        self.switchboard = Switchboard(self.gate, self.mixer, self._happened)
        self.clips = Clips()
        self._emit = emit
        self._recordings: dict[str, Recording] = {}
        self._tasks: set[asyncio.Task[None]] = set()

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
            case p.Measure(question, sounds):
                self._spawn(self._measure(question, sounds))
            case p.Count(question):
                self._count(question)
            case p.RecordTogether():
                self._record_together(command)
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
        if self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _change_leg(self, leg: Leg, command: LegCommand) -> None:
        match command:
            case p.Answer():
                if line := self.switchboard.lines.get(leg.name):
                    self.switchboard.answer(line)
            case p.Say(sounds=sounds):
                if leg.saying is None:
                    leg.saying = Playing([])
                leg.saying.add(self._clips(leg.name, sounds))
            case p.Chat(sounds=sounds):
                leg.chatting = Playing(self._clips(leg.name, sounds), loop=True) if sounds else None
            case p.Hear():
                leg.voices, leg.hearing = (), self._playing(command)
            case p.Talk(voices=voices):
                leg.voices, leg.hearing = voices, None
            case p.Hush():
                leg.voices, leg.hearing = (), None
            case p.Over(sounds=sounds):
                leg.over = Playing(self._clips(leg.name, sounds))
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
            leg.key_tones.add(self._clips(leg.name, (a.Keys(event.digits),)))
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
        for recording in list(leg.recordings):
            self._stop_recording(recording.name)

    def _clips(self, leg: str, sounds: Sequence[a.Audible]) -> "list[asyncio.Future[bytes]]":
        return self.clips.row(sounds, lambda source, reason: self._emit(p.Unplayable(leg, source, reason)))

    def _playing(self, command: p.Hear) -> Playing:
        def done(seconds: float) -> None:
            self._emit(p.Played(command.leg, command.cue, seconds))

        return Playing(self._clips(command.leg, command.sounds), loop=command.loop, when_done=done)

    def _count(self, question: str) -> None:
        mixer = self.mixer
        frames = sum(leg.inbox.received for leg in mixer.legs.values() if leg.inbox is not None)
        self._emit(p.Counted(question, mixer.ticks, mixer.late_ticks, len(mixer.legs), frames))

    async def _measure(self, question: str, sounds: Sequence[a.Audible]) -> None:
        made = await asyncio.gather(*self._clips("", sounds), return_exceptions=True)
        length = sum(len(clip) for clip in made if isinstance(clip, bytes))
        self._emit(p.Measured(question, length / mulaw.RATE))

    def _record(self, leg: Leg, command: p.Record) -> None:
        cut = Cut(command.channels, command.said_only, command.trim)
        recording = Recording(command.recording, Path(command.path), cut)
        self._recordings[recording.name] = recording
        leg.recordings.append(recording)

    def _record_together(self, command: p.RecordTogether) -> None:
        recording = self._recordings.get(command.recording)
        if recording is None:
            recording = Recording(command.recording, Path(command.path), Cut(1, said_only=True))
            self._recordings[recording.name] = recording
        self.mixer.together[recording] = command.legs

    def _stop_recording(self, name: str) -> None:
        recording = self._recordings.pop(name, None)
        if recording is None:
            return
        for leg in self.mixer.legs.values():
            if recording in leg.recordings:
                leg.recordings.remove(recording)
        self.mixer.together.pop(recording, None)
        recording.close()
        self._spawn(self._finish(recording))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _finish(self, recording: Recording) -> None:
        await asyncio.get_running_loop().run_in_executor(None, recording.finish)
        self._emit(p.Recorded(recording.name, str(recording.path), recording.seconds, recording.cut.channels))

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
