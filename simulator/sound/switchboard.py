"""The signalling side: phones that register, call, are rung, drop and come back (Voice SDK 2.x, protocol 1.6)."""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from simulator.sound.leg import Leg
from simulator.sound.line import Line, LineState
from simulator.sound.mixer import Mixer
from simulator.sound.phone import Message, Phone
from simulator.sound.protocol import Answered, CameIn, Ended, Event, Pressed, Told
from simulator.sound.registry import Registry
from simulator.sound.tokens import Gate, Grant

log = logging.getLogger(__name__)

KEY_WAIT_SECONDS: Final = 0.5  # a `w` in digits sent as a message


class Switchboard:
    """All phones and their calls. What happens is told to `emit`; what to do comes as method calls."""

    def __init__(self, gate: Gate, mixer: Mixer, emit: Callable[[Event], None]) -> None:
        self.registry = Registry(gate, emit)
        self.lines: dict[str, Line] = {}
        self._mixer = mixer
        self._emit = emit
        self._tasks: set[asyncio.Task[None]] = set()

    # ---- what a phone says -----------------------------------------------------------------------------

    async def serve(self, phone: Phone) -> None:
        """Listen to one phone until its socket is gone."""
        writer = asyncio.create_task(phone.write())
        self.registry.came(phone)
        try:
            while (message := await phone.next_message()) is not None:
                await self._heed(phone, message)
        finally:
            self.registry.left(phone)
            self._lost(phone)
            writer.cancel()

    async def _heed(self, phone: Phone, message: Message) -> None:
        payload = message.payload
        if message.kind == "listen":
            self.registry.listen(phone, payload)
            return
        if phone.grant is None:
            phone.tell("error", {"error": {"code": 31204, "message": "listen first, with a valid token"}})
            return
        line = self._line_of(phone.grant, payload)
        match message.kind:
            case "register":
                self.registry.register(phone, on=bool(_part(payload, "media").get("audio")))
            case "invite" if "reconnect" in payload:
                await self._come_back(phone, payload)
            case "invite":
                await self._call(phone, phone.grant, payload)
            case "answer" if line is not None:
                await self._answered(phone, line, str(payload.get("sdp", "")))
            case "reinvite" if line is not None:
                await self._renew(phone, line, str(payload.get("sdp", "")))
            case "hangup" if line is not None:
                self._hung_up(phone, line)
            case "reject" if line is not None:
                self._rejected(phone, line)
            case "dtmf" if line is not None:
                self._spawn(self._keys_by_message(line, str(payload.get("dtmf", ""))))
            case "message" if line is not None:
                self._told(phone, line, payload)
            case other:
                log.info("a phone said something that fits nothing: %.40r", other)

    async def _call(self, phone: Phone, grant: Grant, payload: Any) -> None:
        invite = str(payload.get("callsid", ""))
        if invite in self.lines:
            log.warning("a phone called twice by one id: %.60r", invite)
            return
        params = dict(parse_qsl(str(_part(payload, "twilio").get("params", "")), keep_blank_values=True))
        line = self._new_line(invite, grant.identity, LineState.CALLING)
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

    async def _answered(self, phone: Phone, line: Line, sdp: str) -> None:
        if line.state is not LineState.RINGING or phone not in line.ringing:
            return
        peer = line.ringing.pop(phone)
        self._open(line, phone, peer)
        await peer.accept(sdp)

    def _open(self, line: Line, phone: Phone, peer: Any) -> None:
        line.state, line.phone = LineState.OPEN, phone
        if phone.grant is not None:
            line.identity = phone.grant.identity
        line.take_peer(peer)
        self._stop_ringing(line)
        self._emit(Answered(line.name))

    async def _renew(self, phone: Phone, line: Line, offer: str) -> None:
        """The sound was lost: a fresh connection takes its place (aiortc cannot restart ICE)."""
        if line.state is not LineState.OPEN:
            return
        peer = line.new_peer()
        sdp = await peer.answer(offer)
        before = line.take_peer(peer)
        line.phone, line.socket_lost_at = phone, None
        phone.tell("answer", {"callsid": line.name, "sdp": sdp})
        if before is not None:
            await before.close()

    def _hung_up(self, phone: Phone, line: Line) -> None:
        if line.phone is phone:
            self._end(line)
            self._emit(Ended(line.name, "hung_up"))

    def _rejected(self, phone: Phone, line: Line) -> None:
        if (peer := line.ringing.pop(phone, None)) is None:
            return
        self._spawn(peer.close())
        if not line.ringing:
            self._end(line)
            self._emit(Ended(line.name, "declined"))

    async def _keys_by_message(self, line: Line, digits: str) -> None:
        for digit in digits:
            if digit == "w":
                await asyncio.sleep(KEY_WAIT_SECONDS)
            elif line.state is LineState.OPEN:
                line.pressed(digit)

    def _told(self, phone: Phone, line: Line, payload: Any) -> None:
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
        phones = self.registry.of(identity)
        if not phones:
            self._emit(Ended(name, "unreachable"))
            return
        line = self._new_line(name, identity, LineState.RINGING)
        line.parameters = parameters
        self._mixer.legs[name] = line.leg
        for phone in phones:
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
        self.registry.expire({line.phone for line in self.lines.values()})

    async def close(self) -> None:
        """Hang everything up and free all sockets."""
        for line in list(self.lines.values()):
            self.hang_up(line)
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    # ---- both ------------------------------------------------------------------------------------------

    def _new_line(self, name: str, identity: str, state: LineState) -> Line:
        line = Line(name, identity, Leg(name), state, pressed=lambda key: self._pressed(line, key))
        self.lines[name] = line
        return line

    def _pressed(self, line: Line, key: str) -> None:
        self._emit(Pressed(line.name, key))

    def _line_of(self, grant: Grant, payload: Any) -> Line | None:
        """The call that a message is about; nobody touches a call of another identity."""
        line = self.lines.get(str(payload.get("callsid", "")))
        return line if line is not None and line.identity == grant.identity else None

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


def _part(payload: Any, name: str) -> Mapping[str, Any]:
    """A part of a message that should be an object; nothing when it is none."""
    part = payload.get(name)
    return part if isinstance(part, dict) else {}
