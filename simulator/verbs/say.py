"""<Say>: text is spoken (twilio.com/docs/voice/twiml/say)."""

from __future__ import annotations

from simulator.hearing import Sound
from simulator.interpreter import Scene, Step
from simulator.kernel import Run
from simulator.twiml.attributes import Attributes

MOST_CHARACTERS = 4096


def say(scene: Scene, attributes: Attributes) -> Run[Step]:
    text = attributes.text
    if not text:
        scene.warn(13520, "<Say> has no text")
        return None
    if len(text) > MOST_CHARACTERS:
        scene.warn(13521, f"<Say> has {len(text)} characters, more than {MOST_CHARACTERS}")
        return None
    loop = attributes.whole("loop", 1, 13510)
    language = attributes.get("language") or "en-US"
    seconds = yield from scene.world.witness.speech_seconds(text, language)
    spoken = 0
    while loop == 0 or spoken < loop:
        if (yield from scene.hear(Sound.SAY, text, seconds + _breaks(attributes), language)):
            break
        spoken += 1
    return None


def _breaks(attributes: Attributes) -> float:
    total = 0.0
    for element in attributes.element.iter("break"):
        time = element.get("time", "")
        number = time.rstrip("ms")
        if number.replace(".", "", 1).isdigit():
            total += float(number) / (1000 if time.endswith("ms") else 1)
    return total
