"""Conferences: who is in, who hears whom, and the events told about it (twilio.com/docs/voice/twiml/conference).

The first participant fixes the callback and its events. A conference starts with two participants of whom one may
start it; it ends when the last one, or one with endConferenceOnExit, leaves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from simulator.account import Account
from simulator.conference_events import Events
from simulator.hearing import Sound
from simulator.interpreter import CONFERENCE_SOUND, Goto, Scene, perform
from simulator.legs import Callback, Interrupted, Leg
from simulator.recordings import Order
from simulator.room import MOST_PARTICIPANTS, Conference, ConferenceStatus, Expected, Seat, Terms
from simulator.twiml.document import DocumentFailed

if TYPE_CHECKING:
    from simulator.world import World

__all__ = [
    "MOST_PARTICIPANTS",
    "Conference",
    "ConferenceStatus",
    "Conferences",
    "Expected",
    "Seat",
    "Terms",
]


class SoundStopped(Interrupted):
    """The wait, hold or announcement document of a participant is to stop."""


class Conferences:
    """All conferences of the world, and everything that changes one."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._events = Events(world)
        self.all: dict[str, Conference] = {}
        self._open: dict[tuple[str, str], Conference] = {}

    def open(self, account: Account, name: str) -> Conference | None:
        return self._open.get((account.sid, name))

    def join(self, scene: Scene, name: str, terms: Terms) -> Seat | None:
        """The leg's seat; None when the conference is full or the label taken (the call goes on)."""
        leg = scene.leg
        conference = self.open(leg.account, name) or self._create(leg.account, name, terms)
        if len(conference.seats) >= min(terms.most, MOST_PARTICIPANTS):
            scene.error(16020, f"conference {name} is full")
            return None
        if terms.label and conference.seat(terms.label):
            scene.error(16025, f"the label {terms.label!r} is in use in conference {name}")
            return None
        now = self._world.now
        seat = Seat(leg, conference, terms, now, now, scene.document, muted=terms.muted, ends=terms.ends)
        seat.beep_on_exit = terms.beep in ("true", "onExit")
        seat.coaches, seat.coaching = terms.coaches, bool(terms.coaches)
        conference.seats[leg.sid] = seat
        conference.expected.pop(leg.sid, None)
        leg.place = seat
        self._world.ledger.write("conference.joined", conference=conference.sid, name=name, call=leg.sid)
        if terms.beep in ("true", "onEnter"):
            self._beep(conference)
        self._events.tell(conference, "join", "participant-join", seat)
        self._maybe_start(conference)
        self._refresh(conference)
        self._world.recordings.conference_joined(conference, leg)
        return seat

    def expect(self, account: Account, name: str, leg: Leg, terms: Terms) -> Conference:
        """A participant is being called: the room exists from now on, until nobody comes any more."""
        conference = self.open(account, name) or self._create(account, name, terms)
        conference.expected[leg.sid] = Expected(leg, terms)

        def gone() -> None:
            conference.expected.pop(leg.sid, None)
            if not conference.seats and not conference.expected:
                self._end(conference, "last-participant-left", None, "")

        leg.ended.listen(gone)
        return conference

    def leave(self, seat: Seat, reason: str) -> None:
        """Out of the room, by whatever way; ends the conference when its rules say so."""
        conference = seat.conference
        if conference.seats.get(seat.leg.sid) is not seat:
            return
        self._remove(seat, reason)
        kicked = reason == "participant_updated_via_api"
        if seat.ends:
            way = "kicked" if kicked else "left"
            self._end(
                conference,
                f"participant-with-end-conference-on-exit-{way}",
                seat,
                "moderator_ended_conference",
            )
        elif not conference.seats and not conference.expected:
            self._end(conference, "last-participant-kicked" if kicked else "last-participant-left", seat, "")
        else:
            if seat.beep_on_exit:
                self._beep(conference)
            self._refresh(conference)

    def end(self, conference: Conference) -> None:
        """Through REST: everybody leaves and goes on with what follows."""
        self._end(conference, "conference-ended-via-api", None, "conference_ended_via_api")

    def mute(self, seat: Seat, muted: bool) -> None:
        if seat.muted != muted:
            seat.muted = muted
            self._changed(seat, "mute", "participant-mute" if muted else "participant-unmute")

    def hold(self, seat: Seat, hold: bool, document: Callback | None) -> None:
        """On hold a participant hears the document (default: music) and is heard by nobody."""
        if seat.hold == hold and not (hold and document):
            return
        was = seat.hold
        seat.hold = hold
        self._stop_sound(seat)
        if hold:
            self._play(
                seat, Goto(document.url, document.method, purpose="hold") if document else None, music=True
            )
        if was != hold:
            self._changed(seat, "hold", "participant-hold" if hold else "participant-unhold")

    def set_end_on_exit(self, seat: Seat, ends: bool) -> None:
        """On hold the change is accepted and has no effect, as Twilio does."""
        if not seat.hold and seat.ends != ends:
            seat.ends = ends
            self._changed(seat, "modify", "participant-modify")

    def coach(self, seat: Seat, coaching: bool, call_sid: str) -> None:
        seat.coaching, seat.coaches = coaching, call_sid if coaching else ""
        self._changed(seat, "modify", "participant-modify")

    def set_beep_on_exit(self, seat: Seat, beep: bool) -> None:
        seat.beep_on_exit = beep
        self._changed(seat, "modify", "participant-modify")

    def set_wait(self, seat: Seat, document: Callback | None) -> None:
        self._stop_sound(seat)
        seat.hearing = None
        if document is not None and seat.conference.status is ConferenceStatus.INIT:
            self._play(seat, Goto(document.url, document.method, purpose="wait"), music=False)
        self._changed(seat, "modify", "participant-modify")

    def announce(self, seats: list[Seat], document: Callback, *, to_one: bool = False) -> None:
        """Participants hear the announcement instead of the others while it lasts; its end is told once."""
        told = False

        def done(seat: Seat, failure: DocumentFailed | None) -> None:
            nonlocal told
            if told:
                return
            told = True
            extra = {"AnnounceUrl": document.url}
            if failure is not None:
                extra["ReasonAnnouncementFailed"] = failure.message
            name = "announcement-end" if failure is None else "announcement-fail"
            self._events.tell(seat.conference, "announcement", name, seat if to_one else None, extra)

        for seat in seats:
            self._stop_sound(seat)
            target = Goto(document.url, document.method, purpose="announce")
            self._play(seat, target, music=False, done=done)

    def spoke(self, leg: Leg, seconds: float) -> None:
        """Somebody in a room speaks: told to who asked for `speaker` events."""
        seat = leg.place
        if not isinstance(seat, Seat) or seat.conference.status is not ConferenceStatus.IN_PROGRESS:
            return
        room = seat.conference
        if room.callback is None or "speaker" not in room.callback.events:
            return
        self._events.tell(room, "speaker", "participant-speech-start", seat)

        def stop() -> None:
            if room.seats.get(leg.sid) is seat:
                self._events.tell(room, "speaker", "participant-speech-stop", seat)

        self._world.kernel.after(seconds, stop)

    def _create(self, account: Account, name: str, terms: Terms) -> Conference:
        now = self._world.now
        conference = Conference(self._world.mint.sid("CF"), account, name, now, now, terms.callback)
        self.all[conference.sid] = conference
        self._open[account.sid, name] = conference
        return conference

    def _maybe_start(self, conference: Conference) -> None:
        if conference.status is not ConferenceStatus.INIT or len(conference.seats) < 2:
            return
        if not any(seat.terms.starts for seat in conference.seats.values()):
            return
        conference.status = ConferenceStatus.IN_PROGRESS
        conference.updated_at = self._world.now
        self._world.ledger.write("conference.started", conference=conference.sid)
        for seat in conference.seats.values():
            if not seat.hold:
                self._stop_sound(seat)
        self._events.tell(conference, "start", "conference-start", None)
        if conference.to_record is not None:
            self._world.recordings.record_room(conference, conference.to_record)

    def record(self, conference: Conference, order: Order) -> None:
        """The first participant that asks for it has the room recorded, from its start on."""
        if conference.to_record is None:
            conference.to_record = order
            if conference.status is ConferenceStatus.IN_PROGRESS:
                self._world.recordings.record_room(conference, order)

    def _remove(self, seat: Seat, reason: str) -> None:
        conference = seat.conference
        self._stop_sound(seat)
        del conference.seats[seat.leg.sid]
        seat.leg.place = None
        seat.leg.ear.end()
        seat.leg.mouth.chat(False)
        self._world.ledger.write(
            "conference.left", conference=conference.sid, call=seat.leg.sid, reason=reason
        )
        status = "completed" if seat.leg.is_over else str(seat.leg.status)
        extra = {"ParticipantCallStatus": status, "ReasonParticipantLeft": reason}
        self._events.tell(conference, "leave", "participant-leave", seat, extra)
        seat.left.fire(reason)

    def _end(self, conference: Conference, reason: str, by: Seat | None, others: str) -> None:
        if conference.is_over:
            return
        conference.status = ConferenceStatus.COMPLETED
        conference.updated_at = self._world.now
        conference.ended_reason = reason
        conference.ended_by = by.leg.sid if by else None
        self._open.pop((conference.account.sid, conference.friendly_name), None)
        for seat in list(conference.seats.values()):
            self._remove(seat, others)
        self._world.ledger.write("conference.ended", conference=conference.sid, reason=reason)
        extra = {"ReasonConferenceEnded": reason, "Reason": reason.replace("-", " ").capitalize()}
        if by is not None:
            extra["CallSidEndingConference"] = by.leg.sid
            if by.terms.label:
                extra["ParticipantLabelEndingConference"] = by.terms.label
        self._events.tell(conference, "end", "conference-end", None, extra)
        self._world.recordings.conference_ended(conference)
        self._world.forgetting.room_ended(conference)

    def _changed(self, seat: Seat, event: str, name: str) -> None:
        seat.updated_at = self._world.now
        self._world.ledger.write(
            "conference." + name.removeprefix("participant-"),
            conference=seat.conference.sid,
            call=seat.leg.sid,
        )
        self._events.tell(seat.conference, event, name, seat)
        self._refresh(seat.conference)

    def _refresh(self, conference: Conference) -> None:
        """Everybody hears what the rules say now; who hears the same as before hears no seam."""
        for seat in list(conference.seats.values()):
            seat.leg.mouth.chat(bool(conference.listeners(seat)))
            if seat.hold:
                seat.hearing = None
                continue
            if conference.status is ConferenceStatus.INIT:
                self._wait_sound(seat)
                continue
            voices = conference.voices(seat)
            if voices != seat.hearing and seat.sound is None:
                seat.hearing = voices
                self._world.hears(seat.leg, voices)

    def _wait_sound(self, seat: Seat) -> None:
        if seat.hearing is not None or seat.sound is not None:
            return
        seat.hearing = ()
        wait = seat.terms.wait
        if wait is not None:
            self._play(seat, Goto(wait.url, wait.method, purpose="wait"), music=False)
        else:
            seat.leg.ear.begin(Sound.MUSIC if seat.terms.waits_with_music else Sound.SILENCE)

    def _play(
        self,
        seat: Seat,
        target: Goto | None,
        *,
        music: bool,
        done: Callable[[Seat, DocumentFailed | None], None] | None = None,
    ) -> None:
        """Runs a sound document beside the leg's own; it is not repeated (assumed: hold-once)."""
        if target is None:
            seat.leg.ear.begin(Sound.MUSIC if music else Sound.SILENCE)
            return
        scene = Scene(self._world, seat.leg, CONFERENCE_SOUND, uses_fallback=False, document=seat.document)

        def run() -> Any:
            failed: DocumentFailed | None = None
            try:
                yield from perform(scene, target)
            except DocumentFailed as failure:
                failed = failure
            except SoundStopped:
                return
            seat.sound = None
            if done is not None:
                done(seat, failed)
            if failed and target.purpose == "wait":
                self.leave(seat, "participant_add_failed")
                return
            waits = seat.conference.status is ConferenceStatus.INIT
            seat.hearing = () if waits else None
            if waits or seat.hold:
                seat.leg.ear.begin(Sound.SILENCE)
            else:
                self._refresh(seat.conference)

        seat.sound = self._world.kernel.start(run(), f"{target.purpose} {seat.leg.sid}")

    def _stop_sound(self, seat: Seat) -> None:
        task, seat.sound = seat.sound, None
        seat.hearing = None
        if task is not None:
            task.interrupt(SoundStopped())

    def _beep(self, conference: Conference) -> None:
        for seat in conference.seats.values():
            seat.leg.ear.note(Sound.BEEP, "", 0.3)
