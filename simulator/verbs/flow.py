"""<Redirect>, <Reject>, <Hangup>: where the call goes next (twilio.com/docs/voice/twiml)."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from simulator.interpreter import Ending, Goto, Scene, Step
from simulator.legs import Direction, Status
from simulator.twiml.attributes import Attributes


def redirect(scene: Scene, attributes: Attributes) -> Generator[Any, Any, Step]:
    """Everything after it is unreachable; without text it asks for the current document again."""
    yield from ()
    return Goto(scene.resolve(attributes.text), attributes.method(13710), purpose="redirect")


def reject(scene: Scene, attributes: Attributes) -> Generator[Any, Any, Step]:
    """Only as the first verb of an incoming call; nothing is billed."""
    yield from ()
    reason = attributes.choice("reason", ("rejected", "busy"), "rejected", 13810)
    if scene.leg.status is not Status.RINGING or scene.leg.direction is not Direction.INBOUND:
        scene.warn(12200, "<Reject> has to be the first verb of an incoming call")
        return None
    status = Status.BUSY if reason == "busy" else Status.NO_ANSWER
    scene.world.exchange.end(scene.leg, status, f"rejected: {reason}")
    return Ending.HANGUP


def hangup(scene: Scene, attributes: Attributes) -> Generator[Any, Any, Step]:
    yield from ()
    return Ending.HANGUP


def refer(scene: Scene, attributes: Attributes) -> Generator[Any, Any, Step]:
    """Only a SIP leg can be referred elsewhere, and none comes in here."""
    yield from ()
    scene.error(13801, "<Refer> is not allowed on a leg that is not SIP")
    return None
