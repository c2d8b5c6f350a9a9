"""Sound files that documents play: fetched by GET, kept as HTTP caching allows, measured for their length."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from simulator.http import HttpReply
from simulator.kernel import Run
from simulator.twiml.document import AUDIO_TYPES, DocumentFailed
from simulator.webhooks import Ask

if TYPE_CHECKING:
    from simulator.legs import Leg
    from simulator.world import World

MP3_KBITS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
UNKNOWN_SOUND_SECONDS = 5.0


@dataclass(frozen=True)
class _Kept:
    seconds: float
    etag: str
    modified: str
    fresh_until: float


class Media:
    """Knows how long each sound lasts; only GET answers are kept (twilio.com/docs/voice/twiml)."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._kept: dict[str, _Kept] = {}

    def seconds_of(self, leg: Leg, url: str, not_sound: int = 13420) -> Run[float]:
        """The sound's length; raises DocumentFailed when it is missing or no sound."""
        kept = self._kept.get(url)
        if kept is not None and self._world.now < kept.fresh_until:
            return kept.seconds
        headers: tuple[tuple[str, str], ...] = ()
        if kept is not None:
            pairs = (("If-None-Match", kept.etag), ("If-Modified-Since", kept.modified))
            headers = tuple(pair for pair in pairs if pair[1])
        outcome = yield from self._world.webhooks.ask(
            Ask(url, "GET", {}, "play", leg.account, leg, headers=headers)
        )
        reply = outcome.reply
        if kept is not None and reply.status == 304:
            self._kept[url] = replace(kept, fresh_until=self._world.now + _max_age(reply))
            return kept.seconds
        if outcome.code:
            raise DocumentFailed(outcome.code, outcome.message, outcome.url)
        kind = reply.header("Content-Type").split(";", 1)[0].strip().lower()
        if kind not in AUDIO_TYPES:
            raise DocumentFailed(not_sound, f"<Play>: Content-Type {kind or '(none)'} is no sound", url)
        seconds = sound_seconds(reply.body)
        self._world.witness.fetched(url, reply.body)
        self._kept[url] = _Kept(
            seconds, reply.header("ETag"), reply.header("Last-Modified"), self._world.now + _max_age(reply)
        )
        return seconds


def sound_seconds(body: bytes) -> float:
    """The length of a WAV or MP3 file, read from its headers."""
    if body[:4] == b"RIFF" and body[8:12] == b"WAVE":
        return _wav_seconds(body)
    start = 10 + _id3_size(body) if body[:3] == b"ID3" else 0
    if len(body) > start + 4 and body[start] == 0xFF and body[start + 1] & 0xE0 == 0xE0:
        kbits = MP3_KBITS[min(body[start + 2] >> 4, 14)]
        if kbits:
            return (len(body) - start) * 8 / (kbits * 1000)
    return UNKNOWN_SOUND_SECONDS


def _wav_seconds(body: bytes) -> float:
    rate = 0
    at = 12
    while at + 8 <= len(body):
        name, size = struct.unpack_from("<4sI", body, at)
        if name == b"fmt ":
            rate = struct.unpack_from("<I", body, at + 16)[0]
        elif name == b"data" and rate:
            return float(min(size, len(body) - at - 8)) / rate
        at += 8 + size + (size & 1)
    return UNKNOWN_SOUND_SECONDS


def _id3_size(body: bytes) -> int:
    a, b, c, d = body[6:10]
    return a << 21 | b << 14 | c << 7 | d


def _max_age(reply: HttpReply) -> float:
    for part in reply.header("Cache-Control").split(","):
        name, _, value = part.strip().partition("=")
        if name.lower() == "max-age" and value.isdigit():
            return float(value)
    return 0.0
