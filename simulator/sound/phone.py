"""One browser's Device: a web socket that speaks the Voice SDK's signalling."""

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import WSMsgType, web

from simulator.sound.tokens import Grant

log = logging.getLogger(__name__)

VERSION: Final = "1.6"
HEARTBEAT_SECONDS: Final = 5.0  # the SDK drops a socket that was silent for 15 s
DEAF_SECONDS: Final = 20.0  # the SDK echoes heartbeats, so one that says nothing this long is gone
GOODBYE_SECONDS: Final = 3.0  # one that was told `close` has so long to do it


@dataclass(frozen=True)
class Message:
    """One message of the SDK; payload fields are as in its protocol."""

    kind: str
    payload: Mapping[str, Any]


class Phone:
    """What we know of one Device, and a way to tell it things in order without waiting."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self.grant: Grant | None = None
        self.reconnect_seconds = 0.0
        self.gone = False
        self.closing = False
        self._socket = socket
        self._outbox: asyncio.Queue[str] = asyncio.Queue()

    def tell(self, kind: str, payload: Mapping[str, Any] | None = None) -> None:
        """Send a message after those before it; to a phone that is gone nothing is sent."""
        message: dict[str, Any] = {"type": kind, "version": VERSION}
        if payload is not None:
            message["payload"] = payload
        self._outbox.put_nowait(json.dumps(message))

    def close(self) -> None:
        """Heed it no more. The SDK closes the socket when it is told `close`; closing it under the message that says
        so would lose the message.
        """
        self.closing = True

    async def write(self) -> None:
        """Send what is told, and a heartbeat whenever there was nothing for a while."""
        while True:
            try:
                line = await asyncio.wait_for(self._outbox.get(), HEARTBEAT_SECONDS)
            except TimeoutError:
                line = "\n"
            try:
                await self._socket.send_str(line)
            except ConnectionError:
                return

    async def next_message(self) -> Message | None:
        """The SDK's next message, or None when the socket is gone. What is no message is left out."""
        while True:
            try:
                frame = await self._socket.receive(timeout=GOODBYE_SECONDS if self.closing else DEAF_SECONDS)
            except TimeoutError:
                return None
            if frame.type is not WSMsgType.TEXT:
                return None
            if not self.closing and frame.data.strip() and (message := _read(frame.data)):
                return message


def _read(text: str) -> Message | None:
    try:
        message = json.loads(text)
    except ValueError:
        message = None
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        log.warning("a phone sent no message: %.80r", text)
        return None
    payload = message.get("payload")
    return Message(message["type"], payload if isinstance(payload, dict) else {})
