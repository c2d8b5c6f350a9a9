"""<Say>: text is spoken (twilio.com/docs/voice/twiml/say)."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from simulator.hearing import Sound
from simulator.interpreter import Scene, Step
from simulator.kernel import Run
from simulator.twiml.attributes import Attributes

MOST_CHARACTERS = 4096
MOST_CHARACTERS_OF_POLLY = 3000
VOICE = re.compile(r"^(man|woman|alice|(Polly|Google|Amazon|ElevenLabs)\.\S+)$")
LANGUAGE = re.compile(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")
SECONDS_OF_STRENGTH = {
    "none": 0.0,
    "x-weak": 0.1,
    "weak": 0.25,
    "medium": 0.5,
    "strong": 0.75,
    "x-strong": 1.0,
}
LONGEST_BREAK_SECONDS = 10.0


def say(scene: Scene, attributes: Attributes) -> Run[Step]:
    nested = scene.barge is not None
    text = _spoken(attributes.element)
    voice = attributes.matching("voice", VOICE, "", 13321 if nested else 13511, "a voice of Twilio's")
    if not text:
        scene.warn(13520, "<Say> has no text")
        return None
    most = MOST_CHARACTERS_OF_POLLY if voice.startswith("Polly.") else MOST_CHARACTERS
    if len(text) > most:
        scene.warn(13521, f"<Say> has {len(text)} characters, more than {most}")
        return None
    loop = attributes.whole("loop", 1, 13322 if nested else 13510)
    language = attributes.matching("language", LANGUAGE, "en-US", 13512, "a language such as en-US")
    seconds = yield from scene.world.witness.speech_seconds(text, language)
    spoken = 0
    while loop == 0 or spoken < loop:
        if (yield from scene.hear(Sound.SAY, text, seconds + _breaks(attributes.element), language)):
            break
        spoken += 1
    return None


def _spoken(element: ET.Element) -> str:
    """The words, with what <sub alias> puts in place of its own."""
    return " ".join("".join(_words(element)).split())


def _words(element: ET.Element) -> list[str]:
    words = [element.text or ""]
    for child in element:
        alias = child.get("alias") if child.tag == "sub" else None
        words += [alias] if alias is not None else _words(child)
        words.append(child.tail or "")
    return words


def _breaks(element: ET.Element) -> float:
    return sum(min(LONGEST_BREAK_SECONDS, _break_seconds(found)) for found in element.iter("break"))


def _break_seconds(element: ET.Element) -> float:
    time = element.get("time")
    if time is None:
        return SECONDS_OF_STRENGTH.get(element.get("strength", "medium"), 0.5)
    number = time.rstrip("ms")
    if not number.replace(".", "", 1).isdecimal():
        return 0.0
    return float(number) / (1000 if time.endswith("ms") else 1)
