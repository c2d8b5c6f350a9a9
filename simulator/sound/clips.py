"""Where clips come from: spoken, read, fetched or computed, each kept so that it is made once."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final, TypeVar, assert_never

import aiohttp

from simulator.sound import files, keys, tones
from simulator.sound.audible import Audible, Beep, Keys, Music, RingBack, Silence, Sound, Speech, Tone
from simulator.sound.speech import Speaker

log = logging.getLogger(__name__)
T = TypeVar("T")

KEPT: Final = 300  # clips; a spoken sentence is about 40 kB
BIGGEST: Final = 20_000_000  # bytes of a fetched file
FETCH_SECONDS: Final = 10.0

Failed = Callable[[str, str], None]
"""Told (source, reason) of a sound that could not be had."""


class Clips:
    """All sound that is not somebody speaking. Speech and reading run in one thread beside the mixer."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="clips")
        self._speaker: Speaker | None = None
        self._kept: OrderedDict[object, asyncio.Future[bytes]] = OrderedDict()
        self._session: aiohttp.ClientSession | None = None

    def row(self, sounds: Sequence[Audible], failed: Failed) -> list[asyncio.Future[bytes]]:
        """The clips of these sounds, in order; they may still be in the making."""
        clips = [self._clip(sound) for sound in sounds]
        for sound, clip in zip(sounds, clips, strict=True):
            clip.add_done_callback(partial(_report, sound, failed=failed))
        return clips

    async def close(self) -> None:
        """Stop fetching and speaking."""
        if self._session is not None:
            await self._session.close()
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _clip(self, sound: Audible) -> asyncio.Future[bytes]:
        kept = self._kept.get(sound)
        if kept is not None and not (kept.done() and (kept.cancelled() or kept.exception())):
            self._kept.move_to_end(sound)
            return kept
        clip = asyncio.ensure_future(self._make(sound))
        self._kept[sound] = clip
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return clip

    async def _make(self, sound: Audible) -> bytes:
        match sound:
            case Speech():
                return await self._in_thread(self._speak, sound)
            case Sound(source):
                data = await self._fetch(source)
                return await self._in_thread(files.telephone_sound, data, source)
            case Silence(seconds):
                return tones.silence(seconds)
            case RingBack(seconds):
                return tones.ring_back(seconds)
            case Music(seconds):
                return await self._in_thread(tones.music, seconds)
            case Beep(seconds):
                return tones.tone(1000, seconds)
            case Keys(digits):
                return keys.tones(digits)
            case Tone(hertz, seconds):
                return tones.tone(hertz, seconds)
            case _:
                assert_never(sound)

    def _speak(self, speech: Speech) -> bytes:
        if self._speaker is None:
            self._speaker = Speaker()
        return self._speaker.speak(speech.text, speech.language, speech.pace)

    async def _fetch(self, source: str) -> bytes:
        if not source.startswith(("http://", "https://")):
            return await self._in_thread(Path(source).read_bytes)
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=FETCH_SECONDS))
        async with self._session.get(source) as reply:
            reply.raise_for_status()
            data = await reply.content.read(BIGGEST + 1)
            while len(data) <= BIGGEST and (more := await reply.content.read(BIGGEST)):
                data += more
        if len(data) > BIGGEST:
            raise files.NotSound(f"{source} is larger than {BIGGEST} bytes")
        return data

    async def _in_thread(self, work: Callable[..., T], *args: object) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, work, *args)


def _report(sound: Audible, done: "asyncio.Future[bytes]", failed: Failed) -> None:
    if done.cancelled() or (error := done.exception()) is None:
        return
    source = sound.source if isinstance(sound, Sound) else type(sound).__name__
    log.warning("cannot play source=%s reason=%s", source, error)
    failed(source, str(error) or type(error).__name__)
