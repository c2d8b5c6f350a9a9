"""The signalling side: phones that register, call, are rung, drop and come back (Voice SDK 2.x, protocol 1.6)."""

import asyncio
import json
import logging
import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qsl

from simulator.sound.leg import Leg
from simulator.sound.line import Line, LineState
from simulator.sound.mixer import Mixer
from simulator.sound.phone import Message, Phone
from simulator.sound.protocol import Answered, CameIn, Ended, Event, Pressed, Registered, Told
from simulator.sound.tokens import BadToken, Gate, Grant

log = logging.getLogger(__name__)

KEY_WAIT_SECONDS: Final = 0.5  # a `w` in digits sent as a message


class Switchboard:
    """All phones and their calls. What happens is told to `emit`; what to do comes as method calls."""

    def __init__(self, gate: Gate, mixer: Mixer, emit: Callable[[Event], None]) -> None:
        self.gate = gate
        self.phones: dict[str, list[Phone]] = {}
        self._connected: set[Phone] = set()
        self.lines: dict[str, Line] = {}
        self._mixer = mixer
        self._emit = emit
        self._tasks: set[asyncio.Task[None]] = set()

    # ---- what a phone says -----------------------------------------------------------------------------

    async def serve(self, phone: Phone) -> None:
        """Listen to one phone until its socket is gone."""
        writer = asyncio.create_task(phone.write())
        self._connected.add(phone)
        try:
            while (message := await phone.next_message()) is not None:
                await self._heed(phone, message)
        finally:
            phone.gone = True
            self._connected.discard(phone)
            writer.cancel()
            self._lost(phone)

    async def _heed(self, phone: Phone, message: Message) -> None:
        payload = message.payload
        if message.kind == "listen":
            self._listen(phone, payload)
            return
        if phone.grant is None:
            phone.tell("error", {"error": {"code": 31204, "message": "listen first, with a valid token"}})
            return
        line = self._line_of(payload)
        match message.kind:
            case "register":
                self._register(phone, on=bool(payload.get("media", {}).get("audio")))
            case "invite" if "reconnect" in payload:
                await self._come_back(phone, payload)
            case "invite":
                await self._call(phone, phone.grant, payload)
            case "answer":
                await self._answered(phone, line, str(payload.get("sdp", "")))
            case "reinvite":
                await self._renew(phone, line, str(payload.get("sdp", "")))
            case "hangup":
                self._hung_up(phone, line)
            case "reject":
                self._rejected(phone, line)
            case "dtmf":
                self._spawn(self._keys_by_message(line, str(payload.get("dtmf", ""))))
            case "message":
                self._told(phone, line, payload)
            case other:
                log.info("a phone said something unknown: %.40r", other)

    def _listen(self, phone: Phone, payload: Any) -> None:
        now = time.time()
        try:
            grant = self.gate.check(str(payload.get("token", "")), now)
        except BadToken as error:
            phone.tell("error", {"error": {"code": error.code, "message": error.message}})
            phone.tell("close")
            phone.close()
            return
        if phone.grant is not None and phone.grant.identity != grant.identity:
            self._register(phone, on=False, quietly=True)
        phone.grant = grant
        phone.reconnect_seconds = float(payload.get("reconnectTimeout") or 0)
        token = {
            "identity": grant.identity,
            "ttl": int(grant.expires_at - now),
            "accountSid": grant.account_sid,
        }
        phone.tell("connected", {"region": "US_EAST_VIRGINIA", "token": token})

    def _register(self, phone: Phone, *, on: bool, quietly: bool = False) -> None:
        if phone.grant is None:
            return
        identity = phone.grant.identity
        phones = self.phones.setdefault(identity, [])
        had_some = bool(phones)
        if on and phone.grant.incoming and phone not in phones:
            phones.append(phone)
        if not on and phone in phones:
            phones.remove(phone)
        phone.registered = on
        if not phones:
            del self.phones[identity]
        if had_some != bool(phones):
            self._emit(Registered(identity, bool(phones), phone.grant.phone))
        if not quietly:
            phone.tell("ready" if on else "offline", {})

    async def _call(self, phone: Phone, grant: Grant, payload: Any) -> None:
        invite = str(payload.get("callsid", ""))
        params = dict(parse_qsl(str(payload.get("twilio", {}).get("params", "")), keep_blank_values=True))
        line = self._new_line(invite, LineState.CALLING)
        line.phone = phone
        peer = line.new_peer()
        try:
            line.answer_sdp = await peer.answer(str(payload.get("sdp", "")))
        except (ValueError, LookupError) as error:
            await peer.close()
            del self.lines[invite]
            phone.tell(
                "hangup", {"callsid": invite, "error": {"code": 31000, "message": f"bad SDP: {error}"}}
            )
            return
        line.take_peer(peer)
        self._emit(CameIn(invite, grant.identity, grant.account_sid, grant.app_sid, params, grant.phone))

    async def _come_back(self, phone: Phone, payload: Any) -> None:
        """A call re-attached after a dropped socket or a new token, or forwarded by connectToken."""
        token = str(payload["reconnect"])
        line = next((line for line in self.lines.values() if line.reconnect == token), None)
        if line is None or line.state is LineState.CALLING:
            error = {"code": 31005, "message": "the call does not exist any more"}
            phone.tell("hangup", {"callsid": payload.get("callsid"), "error": error})
            return
        if line.state is LineState.RINGING:
            await self._forwarded(phone, line, str(payload.get("sdp", "")))
            return
        line.phone, line.socket_lost_at = phone, None
        phone.tell("answer", {"callsid": line.name, "reconnect": line.reconnect})

    async def _forwarded(self, phone: Phone, line: Line, offer: str) -> None:
        peer = line.new_peer()
        sdp = await peer.answer(offer)
        self._open(line, phone, peer)
        phone.tell("answer", {"callsid": line.name, "sdp": sdp, "reconnect": line.reconnect})

    async def _answered(self, phone: Phone, line: Line | None, sdp: str) -> None:
        if line is None or line.state is not LineState.RINGING or phone not in line.ringing:
            return
        peer = line.ringing.pop(phone)
        self._open(line, phone, peer)
        await peer.accept(sdp)

    def _open(self, line: Line, phone: Phone, peer: Any) -> None:
        line.state, line.phone = LineState.OPEN, phone
        line.take_peer(peer)
        self._stop_ringing(line)
        self._emit(Answered(line.name))

    async def _renew(self, phone: Phone, line: Line | None, offer: str) -> None:
        """The sound was lost: a fresh connection takes its place (aiortc cannot restart ICE)."""
        if line is None or line.state is not LineState.OPEN:
            return
        peer = line.new_peer()
        sdp = await peer.answer(offer)
        before = line.take_peer(peer)
        line.phone, line.socket_lost_at = phone, None
        phone.tell("answer", {"callsid": line.name, "sdp": sdp})
        if before is not None:
            await before.close()

    def _hung_up(self, phone: Phone, line: Line | None) -> None:
        if line is not None and line.phone is phone:
            self._end(line)
            self._emit(Ended(line.name, "hung_up"))

    def _rejected(self, phone: Phone, line: Line | None) -> None:
        if line is None or (peer := line.ringing.pop(phone, None)) is None:
            return
        self._spawn(peer.close())
        if not line.ringing:
            self._end(line)
            self._emit(Ended(line.name, "declined"))

    async def _keys_by_message(self, line: Line | None, digits: str) -> None:
        for digit in digits:
            if digit == "w":
                await asyncio.sleep(KEY_WAIT_SECONDS)
            elif line is not None and line.state is LineState.OPEN:
                line.pressed(digit)

    def _told(self, phone: Phone, line: Line | None, payload: Any) -> None:
        if line is None:
            return
        phone.tell(
            "ack",
            {"acktype": "message", "callsid": line.name, "voiceeventsid": payload.get("voiceeventsid")},
        )
        content = payload.get("content")
        text = content if isinstance(content, str) else json.dumps(content)
        self._emit(
            Told(line.name, text, str(payload.get("contenttype", "")), str(payload.get("messagetype", "")))
        )

    def _lost(self, phone: Phone) -> None:
        """The socket is gone: calls wait for the phone to come back, what only rang there does not."""
        if phone.grant is not None:
            self._register(phone, on=False, quietly=True)
        for line in list(self.lines.values()):
            if line.phone is phone:
                line.phone, line.socket_lost_at = None, time.monotonic()
                line.reconnect_seconds = phone.reconnect_seconds
            if phone in line.ringing:
                self._spawn(line.ringing.pop(phone).close())
                if not line.ringing:
                    self._end(line)
                    self._emit(Ended(line.name, "unreachable"))

    # ---- what the kernel wants -------------------------------------------------------------------------

    def take(self, invite: str, name: str) -> None:
        """The browser's call has its name now; the browser is told that it rings."""
        line = self.lines.pop(invite, None)
        if line is None:
            self._emit(Ended(name, "vanished"))
            return
        line.name = line.leg.name = name
        self.lines[name] = line
        self._mixer.legs[name] = line.leg
        if line.phone is not None:
            line.phone.tell("ringing", {"callsid": name})

    def refuse(self, invite: str, code: int, message: str) -> None:
        """The browser's call is not wanted."""
        if line := self.lines.get(invite):
            self.hang_up(line, code, message)

    def answer(self, line: Line) -> None:
        """Let the sound of a browser's call flow."""
        if line.state is not LineState.CALLING:
            return
        line.state = LineState.OPEN
        if line.peer is not None:
            line.peer.heard_at = time.monotonic()
        if line.phone is not None:
            line.phone.tell(
                "answer", {"callsid": line.name, "sdp": line.answer_sdp, "reconnect": line.reconnect}
            )

    async def ring(self, name: str, identity: str, parameters: dict[str, str]) -> None:
        """Ring every registered phone of this identity."""
        phones = self.phones.get(identity, [])
        if not phones:
            self._emit(Ended(name, "unreachable"))
            return
        line = self._new_line(name, LineState.RINGING)
        line.parameters = parameters
        self._mixer.legs[name] = line.leg
        for phone in list(phones):
            peer = line.new_peer()
            line.ringing[phone] = peer
            sdp = await peer.offer()
            if phone.gone or line.state is not LineState.RINGING:
                continue
            phone.tell(
                "invite",
                {"callsid": name, "sdp": sdp, "reconnect": line.reconnect, "parameters": parameters},
            )

    def hang_up(self, line: Line, code: int = 0, message: str = "") -> None:
        """End a browser's call from this side."""
        told: dict[str, Any] = {"callsid": line.name}
        if code:
            told["error"] = {"code": code, "message": message}
        if line.phone is not None:
            line.phone.tell("hangup", told)
        self._end(line)

    def check(self, now: float) -> None:
        """End the calls whose browser is gone, and tell phones whose token has run out (`now` is monotonic)."""
        for line in list(self.lines.values()):
            if line.vanished(now):
                self.hang_up(line)
                self._emit(Ended(line.name, "vanished"))
        in_calls = {line.phone for line in self.lines.values()}
        for phone in self._connected:
            if phone.grant is not None and time.time() >= phone.grant.expires_at and phone not in in_calls:
                phone.tell("error", {"error": {"code": 20104, "message": "Access Token expired"}})
                phone.tell("close")
                phone.close()

    async def close(self) -> None:
        """Hang everything up and free all sockets."""
        for line in list(self.lines.values()):
            self.hang_up(line)
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    # ---- both ------------------------------------------------------------------------------------------

    def _new_line(self, name: str, state: LineState) -> Line:
        line = Line(name, Leg(name), state, pressed=lambda key: self._pressed(line, key))
        self.lines[name] = line
        return line

    def _pressed(self, line: Line, key: str) -> None:
        self._emit(Pressed(line.name, key))

    def _line_of(self, payload: Any) -> Line | None:
        return self.lines.get(str(payload.get("callsid", "")))

    def _stop_ringing(self, line: Line) -> None:
        for phone, peer in line.ringing.items():
            phone.tell("cancel", {"callsid": line.name})
            self._spawn(peer.close())
        line.ringing.clear()

    def _end(self, line: Line) -> None:
        line.state = LineState.ENDED
        self.lines.pop(line.name, None)
        self._stop_ringing(line)
        if line.peer is not None:
            self._spawn(line.peer.close())
        line.leg.send = line.leg.inbox = None

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
