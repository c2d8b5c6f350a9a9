"""<Play>: a sound file or keys are played (twilio.com/docs/voice/twiml/play)."""

from __future__ import annotations

from urllib.parse import urldefrag, urlsplit

from simulator.hearing import Sound
from simulator.http import HttpReply
from simulator.interpreter import Scene, Step
from simulator.kernel import Run
from simulator.media import sound_seconds
from simulator.twiml.attributes import Attributes

SECONDS_A_KEY = 0.25
SECONDS_A_WAIT = {"w": 0.5, "W": 1.0}


def play(scene: Scene, attributes: Attributes) -> Run[Step]:
    digits = attributes.get("digits")
    if digits is not None:
        return (yield from _keys(scene, digits))
    loop = attributes.whole("loop", 1, 13410)
    url = scene.resolve(attributes.text)
    not_sound = 13325 if scene.barge is not None else 13420
    seconds = yield from scene.world.media.seconds_of(scene.leg, url, not_sound)
    played = 0
    while loop == 0 or played < loop:
        if (yield from scene.hear(Sound.PLAY, _name(url), max(seconds, 0.02), url)):
            break
        played += 1
    return None


def play_whole(scene: Scene, sound: HttpReply) -> Run[None]:
    """A document that is itself a sound is played, and that is all of it."""
    scene.world.witness.fetched(scene.document.url, sound.body)
    yield from scene.hear(
        Sound.PLAY, _name(scene.document.url), sound_seconds(sound.body), scene.document.url
    )


def _keys(scene: Scene, digits: str) -> Run[Step]:
    if set(digits) - set("0123456789ABCDabcd*#wW"):
        scene.warn(13430, f"<Play digits={digits!r}> holds what is no key")
        return None
    yield from scene.hear(Sound.KEYS, digits, seconds_of_keys(digits))
    return None


def seconds_of_keys(digits: str) -> float:
    """`w` waits half a second, `W` a whole one."""
    return sum(SECONDS_A_WAIT.get(key, SECONDS_A_KEY) for key in digits)


def _name(url: str) -> str:
    """Host and query say nothing to a listener."""
    return urlsplit(urldefrag(url).url).path
