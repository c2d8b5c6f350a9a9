"""<Gather>: keys are collected while prompts are heard (twilio.com/docs/voice/twiml/gather)."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.interpreter import Goto, Scene, Step
from simulator.kernel import Run, Wait
from simulator.legs import KeyPad
from simulator.twiml.attributes import Attributes


@dataclass(frozen=True)
class Wanted:
    """What ends the collecting: timeout is seconds of silence after the prompts or the latest key."""

    timeout: int
    finish_key: str
    digits: int | None


@dataclass(frozen=True)
class Collected:
    digits: str
    finished_by: str = ""


def gather(scene: Scene, attributes: Attributes) -> Run[Step]:
    wanted = Wanted(
        timeout=attributes.whole("timeout", 5, 13313),
        finish_key=attributes.keys("finishOnKey", "#", 13310),
        digits=attributes.whole("numDigits", 0, 13314, low=1) or None,
    )
    kinds = (attributes.get("input") or "dtmf").split()
    if not kinds or set(kinds) - {"dtmf", "speech"}:
        attributes.choice("input", ("dtmf", "speech", "dtmf speech"), "dtmf", 13326)
    even_when_empty = attributes.flag("actionOnEmptyResult", False, 13338)
    pad = KeyPad()
    scene.leg.on_key.append(pad.press)
    try:
        yield from _prompts(scene, attributes, pad)
        got = yield from _collect(scene, pad, wanted)
    finally:
        scene.leg.on_key.remove(pad.press)
        scene.barge = None
    if not got.digits and not even_when_empty:
        return None
    extra = {"Digits": got.digits}
    if got.finished_by:
        extra["FinishedOnKey"] = got.finished_by
    scene.world.ledger.write("gathered", call=scene.leg.sid, digits=got.digits)
    action: Goto = scene.action(attributes, 13312, extra, "gather")
    return action


def _prompts(scene: Scene, attributes: Attributes, pad: KeyPad) -> Run[None]:
    """Any key stops the prompts, this one and those to come."""
    from simulator.verbs import VERBS

    scene.barge = pad.pressed
    for element in attributes.element:
        if pad.keys:
            return
        if element.tag not in ("Say", "Play", "Pause"):
            scene.warn(13320, f"<{element.tag}> may not be nested in <Gather>")
            continue
        yield from VERBS[str(element.tag)](scene, scene.read(element))


def _collect(scene: Scene, pad: KeyPad, wanted: Wanted) -> Run[Collected]:
    seen = 0
    digits = ""
    while True:
        while seen < len(pad.keys):
            key = pad.keys[seen]
            seen += 1
            if key in wanted.finish_key:
                return Collected(digits, key)
            digits += key
            if wanted.digits is not None and len(digits) >= wanted.digits:
                return Collected(digits)
        if (yield Wait((pad.pressed,), wanted.timeout)) is None:
            return Collected(digits)
