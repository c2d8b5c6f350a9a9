"""One WebRTC connection to a browser: mu-law in and out by aiortc, without its codecs, tracks and threads.

aiortc does ICE, DTLS and SDP. The sound itself goes past it: SRTP straight on aioice's socket costs about 2.6 times
less. That uses private names of aiortc 1.16 and aioice 0.13, so both are pinned; they all stand in this file.
"""

import logging
import struct
import time
from collections.abc import Callable
from typing import Any, Final

import aioice.ice
import aiortc.codecs
import pylibsrtp
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.rtcrtpparameters import RTCRtpCodecParameters

from simulator.sound.inbox import Inbox
from simulator.sound.keys import KeyReader

log = logging.getLogger(__name__)

PCMU: Final = 0
KEYS_TYPE: Final = 101  # telephone-event in our own offers; an answer takes the browser's number
_HEADER: Final = struct.Struct("!BBHII")


def speak_telephone_only(hosts: list[str]) -> None:
    """Tell aiortc once: offer PCMU and keys only, and these host addresses (aioice itself never offers loopback)."""
    aiortc.codecs.CODECS["audio"][:] = [
        RTCRtpCodecParameters(mimeType="audio/PCMU", clockRate=8000, channels=1, payloadType=PCMU),
        RTCRtpCodecParameters(
            mimeType="audio/telephone-event",
            clockRate=8000,
            channels=1,
            payloadType=KEYS_TYPE,
            parameters={"0-16": None},
        ),
    ]
    aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: hosts


async def _nothing(parameters: Any) -> None:
    """Instead of aiortc's own sender and receiver: they would start tasks, a decoder thread and a second stream."""


class Peer:
    """One browser's connection. `send` takes a 20 ms frame; what arrives goes to the inbox, keys to `when_pressed`."""

    def __init__(self, inbox: Inbox, when_pressed: Callable[[str], None]) -> None:
        self.inbox = inbox
        self.heard_at = time.monotonic()
        self._when_pressed = when_pressed
        self._keys = KeyReader()
        self._keys_type = KEYS_TYPE
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._sequence = 1
        self._timestamp = 160
        self._ssrc = 0
        self._dtls: Any = None
        self._pair: Any = None

    async def offer(self) -> str:
        """Our SDP for a browser that is rung."""
        self._connection.addTransceiver("audio", direction="sendrecv")
        self._silence_stock_media()
        await self._connection.setLocalDescription(await self._connection.createOffer())
        return self._connection.localDescription.sdp

    async def accept(self, answer: str) -> None:
        """The browser's SDP in reply to our offer."""
        await self._connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        self._settle(answer)

    async def answer(self, offer: str) -> str:
        """Our SDP in reply to the browser's. ValueError when it is none that telephones can use."""
        await self._connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        transceivers = self._connection.getTransceivers()
        if len(transceivers) != 1 or transceivers[0].kind != "audio":
            raise ValueError("a call needs exactly one audio section in its SDP")
        transceivers[0].direction = "sendrecv"
        self._silence_stock_media()
        await self._connection.setLocalDescription(await self._connection.createAnswer())
        self._settle(offer)
        return self._connection.localDescription.sdp

    async def close(self) -> None:
        """Say goodbye and free the sockets."""
        self._pair = None
        await self._connection.close()

    def send(self, frame: bytes) -> None:
        """Send one frame; nothing happens before the connection stands or after it is gone."""
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._timestamp = (self._timestamp + len(frame)) & 0xFFFFFFFF
        pair = self._pair or self._connected_pair()
        if pair is None or self._dtls.state != "connected":
            return
        packet = _HEADER.pack(0x80, PCMU, self._sequence, self._timestamp, self._ssrc) + frame
        try:
            pair.protocol.transport.sendto(self._dtls._tx_srtp.protect(packet), pair.remote_addr)
        except (pylibsrtp.Error, OSError) as error:
            log.debug("cannot send: %s", error)

    def _silence_stock_media(self) -> None:
        transceiver: Any = self._connection.getTransceivers()[0]
        transceiver.sender.send = _nothing
        transceiver.receiver.receive = _nothing

    def _settle(self, remote_sdp: str) -> None:
        self._keys_type = _keys_type(remote_sdp)
        sender: Any = self._connection.getSenders()[0]
        self._ssrc = sender._ssrc
        self._dtls = sender.transport
        for protocol in self._dtls.transport._connection._protocols:
            self._hook(protocol)

    def _hook(self, protocol: Any) -> None:
        """Take RTP off the socket before aioice would queue it; STUN, DTLS and RTCP pass on."""
        pass_on = protocol.datagram_received

        def datagram_received(data: bytes, addr: Any) -> None:
            if len(data) > 12 and 128 <= data[0] < 192 and not 192 <= data[1] <= 223:
                self._received(data)
            else:
                pass_on(data, addr)

        protocol.datagram_received = datagram_received

    def _received(self, data: bytes) -> None:
        srtp = self._dtls._rx_srtp
        if srtp is None:
            return
        try:
            packet = srtp.unprotect(data)
        except pylibsrtp.Error:
            return
        first, second, sequence, timestamp, _ssrc = _HEADER.unpack_from(packet)
        start = 12 + 4 * (first & 0x0F)
        if first & 0x10:
            start += 4 + 4 * int.from_bytes(packet[start + 2 : start + 4])
        end = len(packet) - (packet[-1] if first & 0x20 else 0)
        self.heard_at = time.monotonic()
        kind = second & 0x7F
        if kind == PCMU:
            self.inbox.put(sequence, packet[start:end])
        elif kind == self._keys_type:
            key = self._keys.read(timestamp, packet[start:end])
            if key:
                self._when_pressed(key)

    def _connected_pair(self) -> Any:
        if self._dtls is None or self._dtls.state != "connected":
            return None
        self._pair = self._dtls.transport._connection._nominated.get(1)
        return self._pair


def _keys_type(sdp: str) -> int:
    """The payload type of telephone-event at 8 kHz; it differs by who offered (101 or 126)."""
    for line in sdp.splitlines():
        if line.startswith("a=rtpmap:") and line.endswith(" telephone-event/8000"):
            return int(line.removeprefix("a=rtpmap:").split()[0])
    return KEYS_TYPE
