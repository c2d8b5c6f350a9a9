"""The carrier's side of the wire, as thin as it can be: legs, one waiting room, rooms, and the webhooks that tell of them.

It obeys the product's documents and requests, and asks its doors for the next ones; no HTTP, no signature and no sound.
That makes a life ten times cheaper than with the simulator, which the journeys use: only so can thousands be lived.
"""

import random
from collections.abc import Callable
from functools import partial
from xml.etree import ElementTree

from simulator.kernel import Kernel
from tests.machine.legs import Harm, Leg, Place, door_of
from voice.books import Account
from voice.carrier import Carrier
from voice.carrier_faults import CarrierAway, CarrierGone
from voice.heard import CallStatusHeard, RecordingHeard

PIECE_SECONDS = 20.0  # of music
SILENCE_SECONDS = 5.0  # after which a menu goes on without a key
RING_SECONDS = 50.0  # after which a phone that we dial has not been answered

Knock = Callable[[str, dict[str, str], str], bytes | None]


class Exchange(Carrier):
    """What the product takes for its carrier. Every request and webhook is under way for a moment drawn by lot."""

    def __init__(self, kernel: Kernel, knock: Knock, lots: random.Random, account_sid: str) -> None:
        self.kernel, self._knock, self._lots, self._account_sid = kernel, knock, lots, account_sid
        self.legs: dict[str, Leg] = {}
        self.rooms: dict[str, str] = {}  # ids by name, of those that live
        self.harms: list[Harm] = []
        self.rest_harms: list[str] = []  # the next requests of ours are lost "before" they arrive, or "after"
        self.told: list[str] = []  # for whoever reads what happened
        self.rung: Callable[[Leg], None] = lambda _leg: None  # somebody's phone rings
        self.each_change: list[Callable[[], None]] = []  # of who hears whom

    # --- what people do -------------------------------------------------------------------------------------------

    def dials(self, from_: str, to: str, door: str, **params: str) -> Leg:
        """A new leg, which asks for its first document."""
        leg = self._new_leg(from_, to, from_)
        self._fetch(leg, f"/voice/{door}", **params)
        return leg

    def _new_leg(self, from_: str, to: str, who: str) -> Leg:
        leg = Leg(f"CA{len(self.legs):032x}", from_, to, who=who)
        self.legs[leg.sid] = leg
        return leg

    def picks_up(self, leg: Leg) -> None:
        """Somebody answers a phone that rings."""
        if leg.place is Place.RINGING:
            self.note(f"{leg.who} picks up")
            leg.turn += 1
            leg.place = Place.FLOW
            self._tell(*door_of(leg.told), leg, CallStatus="in-progress", SequenceNumber="2")
            self._fetch(leg, leg.first)

    def presses(self, leg: Leg, key: str) -> None:
        """A key at a menu or in the waiting room; elsewhere nobody listens."""
        if leg.keys_to:
            leg.turn += 1
            url, leg.keys_to = leg.keys_to, ""
            self._fetch(leg, url, Digits=key, **self._of_queue(leg))

    def hangs_up(self, leg: Leg, why: str = "hung up", how: str = "") -> None:
        """The leg is over; whoever is to hear of it is told, each by its own way. `how`: the carrier's word for it."""
        if leg.place is Place.GONE:
            return
        self.note(f"{leg.who} {why}")
        action, room = leg.action, leg.room or leg.place is Place.ELSEWHERE
        how = how or ("no-answer" if leg.place is Place.RINGING else "completed")
        self._out_of_room(leg, "participant_hung_up", is_final=True)
        leg.turn += 1
        leg.place, leg.ended_at, leg.action, leg.keys_to = Place.GONE, self.kernel.now, "", ""
        if room and action:
            self._tell(*door_of(action), leg, CallStatus="completed", DialCallStatus="completed")
        door, rest = door_of(leg.told) if leg.told else ("status", "")
        self._tell(door, rest, leg, CallStatus=how, SequenceNumber="3", CallDuration="1")

    # --- what the product asks of its carrier ---------------------------------------------------------------------

    def move_leg(self, account: Account, call_sid: str, url: str) -> None:
        self._obey(lambda: self._moved(call_sid, url))

    def dial(self, account: Account, to: str, from_: str, url: str, status_url: str) -> str:
        made: list[Leg] = []
        self._obey(lambda: made.append(self._dialled(to, from_, url, status_url)))
        return made[0].sid

    def end_leg(self, account: Account, call_sid: str) -> None:
        def ends() -> None:
            leg = self._live(call_sid)
            self.hangs_up(leg, "was hung up", "canceled" if leg.place is Place.RINGING else "")

        self._obey(ends)

    def find_room(self, account: Account, room: str) -> str | None:
        return self.rooms.get(room)

    def end_room(self, account: Account, room_sid: str) -> None:
        self._obey(lambda: self._ends(room_sid))

    def hold(self, account: Account, room_sid: str, call_sid: str, url: str) -> None:
        self._obey(lambda: self._holds(room_sid, call_sid, True))

    def unhold(self, account: Account, room_sid: str, call_sid: str) -> None:
        self._obey(lambda: self._holds(room_sid, call_sid, False))

    def silence(self, account: Account, room_sid: str, call_sid: str) -> None:
        self._obey(lambda: self._is_heard(room_sid, call_sid, is_muted=True))

    def coach(self, account: Account, room_sid: str, call_sid: str, agent_sid: str) -> None:
        self._obey(lambda: self._is_heard(room_sid, call_sid, coaches=agent_sid))
        self._obey(lambda: self._is_heard(room_sid, call_sid, is_muted=False))

    def let_speak(self, account: Account, room_sid: str, call_sid: str) -> None:
        self._obey(lambda: self._is_heard(room_sid, call_sid, is_muted=False, coaches=""))

    def unfinished_legs(self, account: Account) -> frozenset[str]:
        return frozenset(leg.sid for leg in self.legs.values() if leg.place is not Place.GONE)

    def legs_ended(self, account: Account, since: float) -> tuple[CallStatusHeard, ...]:
        return ()  # what is open here and over there is asked for one by one, as for any leg that Twilio has forgotten

    def leg(self, account: Account, call_sid: str) -> CallStatusHeard:
        raise CarrierGone("20404: no such leg")

    def recordings_made(self, account: Account, since: float) -> tuple[RecordingHeard, ...]:
        return ()

    def _obey(self, do: Callable[[], None]) -> None:
        harm = self.rest_harms.pop() if self.rest_harms else ""
        if harm == "before":
            raise CarrierAway("the request is lost")
        do()
        if harm == "after":
            raise CarrierAway("the answer is lost")

    def _live(self, call_sid: str) -> Leg:
        leg = self.legs.get(call_sid)
        if leg is None or leg.place is Place.GONE:
            raise CarrierGone("21220: the call is not in progress")
        return leg

    def _moved(self, call_sid: str, url: str) -> None:
        leg = self._live(call_sid)
        self._out_of_room(leg, "participant_updated_via_api")
        if leg.place is Place.QUEUE:  # Twilio asks, and does not listen
            fields, (door, rest) = self._fields(leg) | {"QueueResult": "redirected"}, door_of(leg.action)
            self._later(0.0, lambda: self._knock(door, fields, rest))
        leg.turn += 1
        leg.place, leg.keys_to, leg.action = Place.FLOW, "", ""
        self._fetch(leg, url)

    def _dialled(self, to: str, from_: str, url: str, status_url: str) -> Leg:
        is_engaged = any(leg.who == to and leg.place is not Place.GONE for leg in self.legs.values())
        leg = self._new_leg(from_, to, to)
        leg.place, leg.first, leg.told = Place.RINGING, url, status_url
        if is_engaged:
            self._unless_moved(leg, 0.6, lambda: self.hangs_up(leg, "is engaged", "busy"))
            return leg

        def rings() -> None:
            self.note(f"{to} rings")
            self._tell(*door_of(status_url), leg, CallStatus="ringing", SequenceNumber="1")
            self.rung(leg)

        self._unless_moved(leg, 0.6, rings)
        self._unless_moved(leg, RING_SECONDS, lambda: self.hangs_up(leg, "does not answer"))
        return leg

    def _is_heard(self, room_sid: str, call_sid: str, **changes: bool | str) -> None:
        leg = self._live(call_sid)
        if self.rooms.get(leg.room) != room_sid:
            raise CarrierGone("20404: the participant is not there")
        for name, value in changes.items():
            setattr(leg, name, value)
        self._changes()

    def _changes(self) -> None:
        for look in self.each_change:
            look()

    def _ends(self, room_sid: str) -> None:
        name = next((name for name, sid in self.rooms.items() if sid == room_sid), "")
        if not name:
            raise CarrierGone("20404: the conference is over")
        self._end_room(name, "conference_ended_via_api")

    def _holds(self, room_sid: str, call_sid: str, is_held: bool) -> None:
        leg = self._live(call_sid)
        if self.rooms.get(leg.room) != room_sid:
            raise CarrierGone("20404: the participant is not there")
        leg.is_held = is_held
        self._changes()
        self._tell_room(leg, leg.room, "participant-hold" if is_held else "participant-unhold")

    # --- documents ------------------------------------------------------------------------------------------------

    def _fetch(self, leg: Leg, url: str, **params: str) -> None:
        """Ask for a document and obey it, unless something has interrupted the leg meanwhile."""
        turn, (door, rest) = leg.turn, door_of(url)
        fields = self._fields(leg) | params
        harm = self._harm(door)
        if harm is not None and harm.kind == "twice":
            self._later(harm.seconds, lambda: self._knock(door, fields, rest))

        def asks() -> None:
            self._asks(door, fields, rest, obeys)

        def obeys(answer: bytes) -> None:
            if turn == leg.turn and leg.place is not Place.GONE:
                self._obeys(leg, answer)

        self._later(0.0 if harm is None else max(harm.seconds, 1.0), asks)

    def _obeys(self, leg: Leg, document: bytes) -> None:
        leg.turn += 1
        in_queue = leg.place is Place.QUEUE
        for verb in ElementTree.fromstring(document):
            match verb.tag:
                case "Gather":
                    leg.keys_to = verb.get("action", "")
                    if not in_queue:
                        self._unless_moved(leg, SILENCE_SECONDS, lambda: self.presses(leg, ""))
                        return
                case "Enqueue":
                    leg.place, leg.action = Place.QUEUE, verb.get("action", "")
                    self._fetch(leg, verb.get("waitUrl", ""), **self._of_queue(leg))
                    leg.wait = verb.get("waitUrl", "")
                    return
                case "Leave":
                    leg.place = Place.FLOW
                    self._fetch(leg, leg.action, QueueResult="leave", QueueTime="1")
                    return
                case "Dial":
                    if verb[0].tag == "Number":
                        self._goes_elsewhere(leg, verb.get("action", ""))
                    else:
                        self._joins(leg, verb[0], verb.get("action", ""))
                    return
                case "Redirect":
                    self._unless_moved(leg, 1.0, partial(self._fetch, leg, verb.text or ""))
                    return
                case "Hangup" | "Record":
                    break
        if in_queue:
            self._unless_moved(leg, PIECE_SECONDS, lambda: self._fetch(leg, leg.wait, **self._of_queue(leg)))
        else:
            self.hangs_up(leg, "was said goodbye")

    def _of_queue(self, leg: Leg) -> dict[str, str]:
        return {"QueuePosition": "1", "QueueTime": "1"} if leg.place is Place.QUEUE else {}

    # --- rooms ----------------------------------------------------------------------------------------------------

    def inside(self, room: str) -> list[Leg]:
        """Who is in a room."""
        return [leg for leg in self.legs.values() if leg.place is Place.ROOM and leg.room == room]

    def _goes_elsewhere(self, leg: Leg, action: str) -> None:
        """Another number is rung for the leg, and may talk to it for a while."""
        leg.place, leg.action = Place.ELSEWHERE, action
        how = self._lots.choice(("busy", "no-answer", "completed"))
        told = {"DialCallStatus": how, "DialCallDuration": "1", "DialCallSid": f"CA{'e' * 32}"}

        def comes_back() -> None:
            leg.place, leg.action = Place.FLOW, ""
            self._fetch(leg, action, **told)

        self._unless_moved(leg, 5.0 if how == "completed" else 2.0, comes_back)

    def _joins(self, leg: Leg, conference: ElementTree.Element, action: str) -> None:
        room = conference.text or ""
        leg.place, leg.room, leg.action, leg.is_held = Place.ROOM, room, action, False
        leg.ends_room = conference.get("endConferenceOnExit") == "true"
        leg.is_muted, leg.coaches = conference.get("muted") == "true", ""
        self.rooms.setdefault(room, f"CF{len(self.told):032x}")
        self.note(f"{leg.who} joins {room}")
        self._changes()
        self._tell_room(leg, room, "participant-join")

    def _out_of_room(self, leg: Leg, reason: str, *, is_final: bool = False) -> None:
        if leg.place is not Place.ROOM:
            return
        room, leg.room, leg.place = leg.room, "", Place.FLOW
        self.note(f"{leg.who} leaves {room}")
        status = "completed" if is_final else "in-progress"
        self._tell_room(
            leg,
            room,
            "participant-leave",
            ReasonParticipantLeft=reason,
            ParticipantCallStatus=status,
            CallStatus=status,
        )
        if leg.ends_room:
            self._end_room(room, "moderator_ended_conference")
        elif not self.inside(room):
            self.rooms.pop(room, None)

    def _end_room(self, room: str, reason: str) -> None:
        left = self.inside(room)
        self.rooms.pop(room, None)
        for leg in left:
            leg.place, leg.room = Place.FLOW, ""
            self.note(f"{leg.who} leaves {room}, which ended")
            leg.turn += 1
            self._tell_room(
                leg,
                room,
                "participant-leave",
                ReasonParticipantLeft=reason,
                ParticipantCallStatus="in-progress",
            )
            self._fetch(leg, leg.action, DialCallStatus="answered", DialCallDuration="1")

    # --- webhooks -------------------------------------------------------------------------------------------------

    def _tell_room(self, leg: Leg, room: str, event: str, **params: str) -> None:
        sid = self.rooms.get(room, "CF" + "0" * 32)
        told = {"StatusCallbackEvent": event, "FriendlyName": room, "ConferenceSid": sid, **params}
        self._tell("room", room, leg, **told)

    def _tell(self, door: str, rest: str, leg: Leg, **params: str) -> None:
        fields = self._fields(leg) | params
        harm = self._harm(door)
        if harm is not None and harm.kind == "lost" and door not in ("status", "dialled", "phone-told"):
            return  # the reconciler's five minutes are another test's
        for more in range(2 if harm is not None and harm.kind == "twice" else 1):
            seconds = more * 0.1 + (harm.seconds if harm is not None else 0.0)
            self._later(seconds, lambda: self._asks(door, fields, rest, lambda _answer: None))

    def _asks(
        self, door: str, fields: dict[str, str], rest: str, take: Callable[[bytes], None], tries: int = 3
    ) -> None:
        """Ask, and again when whoever was asked has died (rc=2: three attempts)."""
        answer = self._knock(door, fields, rest)
        if answer is not None:
            take(answer)
        elif tries > 1:
            self.kernel.after(0.5, lambda: self._asks(door, fields, rest, take, tries - 1))

    def _harm(self, door: str) -> Harm | None:
        for harm in self.harms:
            if door in harm.doors:
                self.harms.remove(harm)
                self.note(f"the webhook to {door} is {harm.kind}")
                return harm
        return None

    def _fields(self, leg: Leg) -> dict[str, str]:
        return {
            "CallSid": leg.sid,
            "AccountSid": self._account_sid,
            "From": leg.from_,
            "To": leg.to,
            "CallStatus": "in-progress",
        }

    def _unless_moved(self, leg: Leg, seconds: float, do: Callable[[], None]) -> None:
        turn = leg.turn
        self.kernel.after(seconds, lambda: do() if turn == leg.turn and leg.place is not Place.GONE else None)

    def _later(self, seconds: float, do: Callable[[], object]) -> None:
        self.kernel.after(seconds + self._lots.choice((0.01, 0.05, 0.2)), lambda: (do(), None)[1])

    def note(self, words: str) -> None:
        """For whoever reads how it came."""
        self.told.append(f"{self.kernel.now % 10_000:9.2f}  {words}")
