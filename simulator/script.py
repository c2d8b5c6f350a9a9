"""Scripted callers: what somebody does at which second of the call."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from simulator.hearing import Line, Sound

if TYPE_CHECKING:
    from simulator.legs import Leg
    from simulator.world import World

DURATION = re.compile(r"^(\d+(?:\.\d+)?)(ms|s|m)?$")
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, None: 1.0}
KEYS = frozenset("0123456789*#")
SECONDS_BETWEEN_KEYS = 0.25


class BadScript(ValueError):
    """A step that cannot be understood; the message names it."""


@dataclass(frozen=True)
class Press:
    """Keys, at that second of the call."""

    keys: str
    at: float


@dataclass(frozen=True)
class Speak:
    """Words for so many seconds; at None: as soon as somebody listens (a person, or the beep of a recording).

    With sound the file is what is heard.
    """

    words: str
    seconds: float
    at: float | None = None
    file: str = ""


@dataclass(frozen=True)
class Script:
    """Everything one caller does; hangup None waits for the other side to end the call."""

    presses: tuple[Press, ...] = ()
    speaks: tuple[Speak, ...] = ()
    hangup: float | None = None


def read_seconds(text: str) -> float:
    """40s, 1.5s, 2m, 500ms or plain seconds."""
    match = DURATION.match(text.strip())
    if match is None:
        raise BadScript(f"{text!r} is no duration; write it like 3s, 1.5s, 500ms or 2m")
    return float(match[1]) * UNITS[match[2]]


def read_press(text: str) -> Press:
    """1@3s: the key 1 at the third second."""
    keys, at, moment = text.partition("@")
    if not keys or set(keys) - KEYS or not at:
        raise BadScript(f"{text!r} is no key press; write keys and moment like 1@3s or 42#@10s")
    return Press(keys, read_seconds(moment))


def script_from(data: dict[str, Any]) -> Script:
    """From the JSON of POST /sim/calls: press ["1@3s"], say [{words, seconds, at}], hangup "40s"."""
    presses = data.get("press") or []
    if isinstance(presses, str):
        presses = [part for part in presses.split(",") if part]
    speaks = data.get("say") or []
    if isinstance(speaks, dict):
        speaks = [speaks]
    hangup = data.get("hangup")
    return Script(
        presses=tuple(read_press(str(text)) for text in presses),
        speaks=tuple(_speak(step) for step in speaks),
        hangup=None if hangup is None else read_seconds(str(hangup)),
    )


def play(world: World, leg: Leg, script: Script) -> None:
    """Puts the script's moments into the future of the call."""
    for press in script.presses:
        for index, key in enumerate(press.keys):
            moment = press.at + index * SECONDS_BETWEEN_KEYS
            world.kernel.after(moment, partial(_press, leg, key))
    for speak in script.speaks:
        if speak.at is not None:
            world.kernel.after(speak.at, partial(_speak_now, world, leg, speak))
        else:
            _speak_when_heard(world, leg, speak)
    if script.hangup is not None:
        world.kernel.after(script.hangup, lambda: world.exchange.hang_up(leg, "the caller hung up"))


def _press(leg: Leg, key: str) -> None:
    if not leg.is_over:
        leg.press(key)


def _speak_now(world: World, leg: Leg, speak: Speak) -> None:
    if not leg.is_over:
        world.speak(leg, speak.words, speak.seconds, speak.file)


def _speak_when_heard(world: World, leg: Leg, speak: Speak) -> None:
    spoken = False

    def heard(line: Line) -> None:
        nonlocal spoken
        if not spoken and line.kind in (Sound.TALK, Sound.BEEP):
            spoken = True
            world.kernel.after(1.0, lambda: _speak_now(world, leg, speak))

    leg.ear.watchers.append(heard)


def _speak(step: object) -> Speak:
    if not isinstance(step, dict) or not isinstance(step.get("words"), str):
        raise BadScript(f"{step!r} is nothing to say; write {{'words': ..., 'seconds': ..., 'at': '5s'}}")
    at = step.get("at")
    seconds = step.get("seconds")
    return Speak(
        step["words"],
        read_seconds(str(seconds)) if seconds is not None else max(0.5, len(step["words"]) / 15),
        None if at is None else read_seconds(str(at)),
        str(step.get("file") or ""),
    )
