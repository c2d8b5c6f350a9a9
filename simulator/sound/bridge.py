"""Kernel and media process together: every leg of the kernel sounds, every browser is a leg of the kernel."""

import hashlib
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final, assert_never
from urllib.parse import urlencode, urlsplit

from simulator.conferences import Seat
from simulator.exchange import RINGS_OUT, Plan
from simulator.kernel import Run, Signal, until
from simulator.legs import Direction, Leg, Status
from simulator.sound import audible as a
from simulator.sound import protocol as p
from simulator.sound.ears import RealMouth, ScriptedMouth, SoundingEar
from simulator.sound.link import MediaProcess
from simulator.sound.tapes import Tapes
from simulator.witness import Witness
from simulator.world import World

log = logging.getLogger(__name__)

START_SECONDS: Final = 20.0
MEASURE_SECONDS: Final = 3.0
LAST_FRAME_SECONDS: Final = 0.04  # so that the end of a sentence is not cut off by the next verb
BUSY, DECLINED, NOT_FOUND = 31486, 31603, 31404  # the SDK's codes
LOST: Final = 53405  # Twilio: media connection failed or media activity ceased


class NoSound(RuntimeError):
    """The media process did not start; its own words are on the terminal."""


@dataclass(frozen=True)
class Wiring:
    """`post` carries an action to the kernel's thread; `folder` keeps recordings and fetched sounds."""

    post: Callable[[Callable[[], None]], None]
    folder: Path
    options: Sequence[str] = ()


class Bridge(Witness):
    """Everything but `start` and `stop` happens on the kernel's thread."""

    def __init__(self, world: World, wiring: Wiring) -> None:
        self._world = world
        self._wiring = wiring
        self._files: dict[str, Path] = {}
        self._lengths: dict[tuple[str, str], float] = {}
        self._asked: dict[str, Signal[float]] = {}
        self._questions = count(1)
        self._claim: str | None = None
        self._real: dict[str, Leg] = {}
        self._parties: dict[str, Callable[[Leg], Plan] | None] = {}
        self._ready = threading.Event()
        self._stopping = False
        self._media: MediaProcess | None = None
        self.port = 0
        self.tapes = Tapes(world, wiring.folder / "recordings", self._send)
        world.recordings = self.tapes
        world.witness = self

    def start(self) -> None:
        """Start the media process and wait until browsers can reach it. Raises NoSound."""
        self._ready.clear()
        self._media = MediaProcess(self._receive, self._wiring.options)
        if not self.is_ready(START_SECONDS):
            self.stop()
            raise NoSound("the media process did not start")
        for account in self._world.accounts.values():
            self._send(p.Account(account.sid, account.api_keys))

    def is_ready(self, within_seconds: float = 0.0) -> bool:
        """Whether browsers can reach the media process, by then."""
        return self._ready.wait(within_seconds) and self.port != 0

    @property
    def media_pid(self) -> int:
        """The media process, for those who look after it."""
        return self._media.process.pid if self._media is not None else 0

    def stop(self) -> None:
        """End the media process; it finishes its recordings."""
        self._stopping = True
        if self._media is not None:
            self._media.stop()

    # ---- what the kernel tells -------------------------------------------------------------------------

    def leg_made(self, leg: Leg) -> None:
        leg.ear = SoundingEar(leg.now, leg.sid, self._send, self._files)
        leg.ear.watchers.append(lambda line: self._room_changed(leg))
        leg.answered.listen(lambda: self._send(p.Answer(leg.sid)))
        leg.ended.listen(lambda: self._over(leg))
        if self._claim is not None:
            leg.mouth = RealMouth(leg.now)
            self._real[leg.sid] = leg
            self._send(p.Take(self._claim, leg.sid))
            self._claim = None
        elif leg.direction is not Direction.INBOUND and _party_of(leg) in self._parties:
            leg.mouth = RealMouth(leg.now)
            self._real[leg.sid] = leg
        else:
            leg.mouth = ScriptedMouth(leg.now, leg.sid, self._send)
            leg.on_key.append(lambda key: self._send(p.Say(leg.sid, (a.Keys(key),))))
            self._send(p.Open(leg.sid))

    def spoken(self, leg: Leg, words: str, file: str) -> None:
        if leg.sid not in self._real:
            self._send(p.Say(leg.sid, (a.Sound(file) if file else a.Speech(words),)))

    def fetched(self, url: str, sound: bytes) -> None:
        folder = self._wiring.folder / "sounds"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / (hashlib.sha256(sound).hexdigest()[:32] + Path(urlsplit(url).path).suffix[:5])
        if not path.exists():
            path.write_bytes(sound)
        self._files[url] = path
        self._send(p.Measure("", (a.Sound(str(path)),)))  # read now, it begins without delay

    def speech_seconds(self, text: str, language: str) -> Run[float]:
        known = self._lengths.get((text, language))
        if known is None:
            question, answer = str(next(self._questions)), Signal[float]()
            self._asked[question] = answer
            self._send(p.Measure(question, (a.Speech(text, language),)))
            known = yield from until(answer, MEASURE_SECONDS)
            self._asked.pop(question, None)
        if not known:
            return (yield from super().speech_seconds(text, language))
        self._lengths[text, language] = known
        return known + LAST_FRAME_SECONDS

    def _room_changed(self, leg: Leg) -> None:
        if isinstance(leg.place, Seat):
            self.tapes.room_changed(leg.place.conference)

    def _over(self, leg: Leg) -> None:
        code = 0
        if leg.answered_at is None and leg.direction is Direction.INBOUND:
            code = BUSY if leg.status is Status.BUSY else DECLINED
        self._send(p.HangUp(leg.sid, code, str(leg.status) if code else ""))
        self._real.pop(leg.sid, None)

    def _send(self, command: p.Command) -> None:
        if self._media is None or self._stopping:
            return
        try:
            self._media.send(command)
        except OSError as error:
            log.warning("the media process does not listen: %s", error)

    # ---- what the media process tells ------------------------------------------------------------------

    def _receive(self, event: p.Event | None) -> None:
        """On the link's thread: all but the process' own beginning and end is the kernel's business."""
        if isinstance(event, p.Ready):
            self.port = event.port
        if event is None or isinstance(event, p.Ready):
            self._ready.set()
        self._wiring.post(lambda: self._heed(event))

    def _heed(self, event: p.Event | None) -> None:
        match event:
            case None:
                self._lost()
            case p.Ready():
                pass
            case p.Registered():
                self._registered(event)
            case p.CameIn():
                self._came_in(event)
            case p.Answered(sid):
                if leg := self._real.get(sid):
                    self._world.exchange.answer(leg)
            case p.Ended(sid, why):
                if leg := self._real.get(sid):
                    self._ended(leg, why)
            case p.Pressed(sid, digits):
                if (leg := self._real.get(sid)) and not leg.is_over:
                    leg.press(digits)
            case p.Spoke(sid, speaking):
                if (leg := self._real.get(sid)) and isinstance(leg.mouth, RealMouth):
                    leg.mouth.noticed(speaking)
            case p.Measured(question, seconds):
                if asked := self._asked.get(question):
                    asked.fire(seconds)
            case p.Recorded(sid, _, seconds):
                self.tapes.whole(sid, seconds)
            case p.Unplayable(sid, source, reason):
                self._world.debugger.warn(
                    13423, f"{source} cannot be played: {reason}", call_sid=sid, url=source
                )
            case p.Told(sid, content):
                self._world.ledger.write("message", call=sid, content=content)
            case p.Played() | p.Counted():
                pass
            case _:
                assert_never(event)

    def _came_in(self, event: p.CameIn) -> None:
        self._claim = event.invite
        try:
            self._originate(event)
        except LookupError as error:
            self._send(p.Refuse(event.invite, NOT_FOUND, str(error.args[0])))
        finally:
            self._claim = None

    def _originate(self, event: p.CameIn) -> None:
        exchange = self._world.exchange
        if event.phone:
            to = event.params.get("To", "")
            account = next(
                (one for one in self._world.accounts.values() if one.number(to)),
                next(iter(self._world.accounts.values())),
            )
            exchange.incoming(account, to, event.phone, event.params.get("Name"), "")
            return
        account = self._world.accounts[event.account_sid]
        if event.app_sid not in account.applications:
            raise LookupError(f"the token names no application of this account: {event.app_sid or 'none'}")
        exchange.from_client(account, event.identity, event.app_sid, event.params)

    def _registered(self, event: p.Registered) -> None:
        """A customer's phone is dialled by its number, a browser by its identity."""
        name = event.phone or f"client:{event.identity}"
        parties = self._world.parties
        if not event.on:
            self._forget(name)
            return
        self._parties.setdefault(name, parties.get(name))
        parties[name] = lambda leg: self._ring(leg, event.identity)

    def _forget(self, name: str) -> None:
        """Who was there before the browser is dialled again."""
        parties = self._world.parties
        before = self._parties.pop(name, None)
        if before is not None:
            parties[name] = before
        else:
            parties.pop(name, None)

    def _ring(self, leg: Leg, identity: str) -> Plan:
        """Rings the browsers of an identity; they answer, or the time runs out."""
        params = "&".join(filter(None, (leg.to.partition("?")[2], urlencode(leg.parameters))))
        parameters = {
            "CallSid": leg.sid,
            "AccountSid": leg.account.sid,
            "ApiVersion": "2010-04-01",
            "From": leg.from_,
            "To": leg.to.partition("?")[0],
        }
        if params:
            parameters["Params"] = params
        self._send(p.Ring(leg.sid, identity, parameters))
        return RINGS_OUT

    def _ended(self, leg: Leg, why: str) -> None:
        exchange = self._world.exchange
        match why:
            case "declined":
                exchange.end(leg, Status.BUSY, "the browser declined")
            case "unreachable":
                log.info("nobody is there to ring for call=%s", leg.sid)
            case "vanished":
                exchange.hang_up(leg, "the browser vanished")
            case _:
                exchange.hang_up(leg, "the browser hung up")

    def _lost(self) -> None:
        """The media process is gone: so are all browsers, and the sound of every call. A new one takes its place."""
        if self._stopping or not self.port:
            return
        log.error("the media process ended; starting another")
        self.port = 0
        self._ready.clear()
        self.tapes.lost()
        for leg in [leg for leg in self._world.legs.values() if not leg.is_over]:
            self._world.debugger.error(
                LOST, "the sound of this call was lost: the media process ended", call_sid=leg.sid
            )
            self._world.exchange.hang_up(leg, "the media process ended")
        for name in list(self._parties):
            self._forget(name)
        threading.Thread(target=self._start_again, name="restart media", daemon=True).start()

    def _start_again(self) -> None:
        if self._media is not None:
            self._media.stop()
        self.start()


def _party_of(leg: Leg) -> str:
    return leg.to.partition("?")[0]
