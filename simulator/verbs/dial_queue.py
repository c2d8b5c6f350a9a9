"""<Dial><Queue>: the leg takes the first caller of a queue (twilio.com/docs/voice/twiml/queue).

The dialling leg raises a `TakenOut` into the waiting one; that one leaves its queue, hears the whisper document, and
says that it is ready. From then on both are bridged until one of them goes.
"""

from __future__ import annotations

import contextlib

from simulator.hearing import Sound
from simulator.interpreter import WHISPER, Goto, Scene, perform
from simulator.kernel import Run, Signal, Wait
from simulator.legs import Interrupted, Leg, Status
from simulator.queues import LONGEST_NAME, Member, Queue
from simulator.twiml.attributes import Attributes
from simulator.twiml.document import DocumentFailed
from simulator.verbs.dialling import Bridge, Dialling

FAILED = {"DialCallStatus": "failed", "DialBridged": "false", "QueueResult": "error"}


class TakenOut(Interrupted):
    """Somebody takes this caller out of the queue; `ready` and `over` are fired by the two sides."""

    def __init__(self, by: Leg, whisper: Goto | None) -> None:
        super().__init__()
        self.by = by
        self.whisper = whisper
        self.ready: Signal[None] = Signal()
        self.over: Signal[None] = Signal()


def dial_queue(scene: Scene, dialling: Dialling, noun: Attributes) -> Run[dict[str, str]]:
    """The fields for the Dial action."""
    name = noun.text
    if not 1 <= len(name) <= LONGEST_NAME:
        scene.error(
            14212 if not name else 14213, f"<Queue>: the name must have 1 to {LONGEST_NAME} characters"
        )
        return FAILED
    queue = scene.world.find_queue(scene.leg.account, name)
    if queue is None:
        return FAILED
    if noun.has("reservationSid"):
        scene.error(14219, "<Queue reservationSid>: there is no TaskRouter here")
        return FAILED
    url, method = scene.address(noun, "url", 14211), noun.method(14210)
    whisper = Goto(url, method, purpose="whisper") if url else None
    member = yield from _first(scene, queue, dialling.timeout)
    if member is None:
        return {"DialCallStatus": "no-answer", "DialBridged": "false"}
    fields = {
        "QueueSid": queue.sid,
        "QueueTime": str(member.waited(scene.world.now)),
        "DequeingCallSid": scene.leg.sid,
    }
    talked = yield from _talk(scene, dialling, member.leg, TakenOut(scene.leg, whisper))
    return {**fields, **talked, "DialCallSid": member.leg.sid}


def be_taken(scene: Scene, taken: TakenOut, fields: dict[str, str]) -> Run[None]:
    """The waiting caller's side: the whisper, then the talk, until it is over or the leg is called away."""
    extra = {**fields, "DequeingCallSid": taken.by.sid}
    if taken.whisper is not None:
        room = Scene(
            scene.world, scene.leg, WHISPER, lambda: extra, uses_fallback=False, document=scene.document
        )
        with contextlib.suppress(DocumentFailed):
            yield from perform(room, taken.whisper)
    taken.ready.fire(None)
    try:
        yield Wait((taken.over,))
    finally:
        taken.over.fire(None)


def _first(scene: Scene, queue: Queue, timeout: int) -> Run[Member | None]:
    """The caller at the front; an empty queue is waited for until the timeout."""
    deadline = scene.world.now + timeout
    scene.leg.ear.begin(Sound.RINGING)
    try:
        while not queue.members:
            left = deadline - scene.world.now
            if left <= 0:
                return None
            yield Wait((queue.joined,), left)
    finally:
        scene.leg.ear.end()
    return queue.members[0]


def _talk(scene: Scene, dialling: Dialling, caller: Leg, taken: TakenOut) -> Run[dict[str, str]]:
    world = scene.world
    if caller.task is not None:
        caller.task.interrupt(taken)
    recording = None
    bridge = Bridge((scene.leg, caller))
    began = world.now
    try:
        yield Wait((taken.ready, taken.over, caller.ended))
        if not taken.ready.fired:
            return {"DialCallStatus": "failed", "DialBridged": "false"}
        began = world.now
        world.bridge(bridge.legs, bridge)
        if dialling.record is not None:
            recording = world.recordings.start(scene.leg, dialling.record)
        yield Wait((taken.over, caller.ended), dialling.time_limit)
    finally:
        world.unbridge(bridge.legs, bridge)
        if recording is not None:
            world.recordings.stop(recording)
        taken.over.fire(None)
    result = {
        "DialCallStatus": str(Status.COMPLETED),
        "DialBridged": "true",
        "DialCallDuration": str(round(world.now - began)),
    }
    if recording is not None:
        result["RecordingUrl"] = recording.url
    return result
