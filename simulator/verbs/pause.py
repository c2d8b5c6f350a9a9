"""<Pause>: silence; as the first verb it delays the answer (twilio.com/docs/voice/twiml/pause)."""

from __future__ import annotations

from simulator.hearing import Sound
from simulator.interpreter import Scene, Step
from simulator.kernel import Run
from simulator.legs import Status
from simulator.twiml.attributes import Attributes


def pause(scene: Scene, attributes: Attributes) -> Run[Step]:
    seconds = attributes.whole("length", 1, 13910, low=1)
    if scene.leg.status is Status.RINGING:
        yield from scene.stay(seconds)
    else:
        yield from scene.hear(Sound.SILENCE, "", seconds)
    return None
