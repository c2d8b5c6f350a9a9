"""<Enqueue> and <Leave>: a call waits in a queue and hears its waitUrl (twilio.com/docs/voice/twiml/enqueue)."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from simulator.hearing import Sound
from simulator.interpreter import WAITING_ROOM, Ending, Goto, Scene, Step, perform
from simulator.kernel import Run, Wait, sleep
from simulator.legs import HungUp, Interrupted, Status
from simulator.queues import LONGEST_NAME, Member
from simulator.twiml.attributes import Attributes
from simulator.twiml.document import DocumentFailed
from simulator.verbs.dial_queue import TakenOut, be_taken
from simulator.webhooks import Ask

LEAST_SECONDS_A_ROUND = 1.0


def enqueue(scene: Scene, attributes: Attributes) -> Run[Step]:
    name = attributes.text
    if not name or len(name) > LONGEST_NAME:
        code = 14205 if name else 14204
        scene.error(code, f"<Enqueue>: the queue's name must have 1 to {LONGEST_NAME} characters")
        return _after(scene, attributes, {"QueueResult": "error"})
    if attributes.has("workflowSid"):
        scene.error(14226, "<Enqueue workflowSid>: there is no TaskRouter here")
        return _after(scene, attributes, {"QueueResult": "error"})
    wait_url = scene.address(attributes, "waitUrl", 14202)
    if attributes.get("waitUrl") and wait_url is None:
        return _after(scene, attributes, {"QueueResult": "error"})
    world = scene.world
    queue = world.queue(scene.leg.account, name)
    if queue.is_full:
        scene.warn(14207, f"<Enqueue>: queue {name} is full ({queue.max_size})")
        return _after(scene, attributes, {"QueueResult": "queue-full"})
    member = queue.join(scene.leg, world.now)
    world.ledger.write(
        "queue.joined", queue=queue.sid, name=name, call=scene.leg.sid, position=member.position
    )
    try:
        ending = yield from _wait(scene, attributes, member)
    except TakenOut as taken:
        return (yield from _bridged(scene, attributes, member, taken))
    except Interrupted as stop:
        _leave_and_tell(scene, attributes, member, "hangup" if isinstance(stop, HungUp) else "redirected")
        raise
    except DocumentFailed:
        return _after(scene, attributes, _left(scene, member, "error"))
    if ending is Ending.HANGUP:
        if not scene.leg.is_over:
            world.exchange.end(scene.leg, Status.COMPLETED, "the waiting room hung up")
        _leave_and_tell(scene, attributes, member, "hangup")
        return Ending.HANGUP
    return _after(scene, attributes, _left(scene, member, "leave"))


def _bridged(scene: Scene, attributes: Attributes, member: Member, taken: TakenOut) -> Run[Step]:
    """The action is asked once, when the bridged parties part."""
    fields = _left(scene, member, "bridging-in-process")
    scene.leg.ear.end()
    try:
        yield from be_taken(scene, taken, {key: fields[key] for key in ("QueueSid", "QueueTime")})
    except Interrupted as stop:
        result = "bridged" if isinstance(stop, HungUp) else "redirected-from-bridged"
        _tell(scene, attributes, {**fields, "QueueResult": result})
        raise
    return _after(scene, attributes, {**fields, "QueueResult": "bridged"})


def leave(scene: Scene, attributes: Attributes) -> Generator[Any, Any, Step]:
    """Only in a waiting room: on to the Enqueue's action or the next verb."""
    yield from ()
    if scene.rules is not WAITING_ROOM:
        scene.warn(12200, "<Leave> outside of a waiting room does nothing")
        return None
    return Ending.LEAVE


def _wait(scene: Scene, attributes: Attributes, member: Member) -> Run[Ending]:
    """Asks waitUrl again whenever its document has run out, for ever."""
    url = attributes.get("waitUrl")
    if not url:
        scene.leg.ear.begin(Sound.SILENCE if url == "" else Sound.MUSIC)
        yield Wait()
    target = Goto(scene.resolve(url or ""), attributes.method(14206, "waitUrlMethod"), purpose="wait")
    room = Scene(
        scene.world,
        scene.leg,
        WAITING_ROOM,
        lambda: _queue_form(scene, member),
        uses_fallback=False,
        document=scene.document,
    )
    while True:
        began = scene.world.now
        ending = yield from perform(room, target)
        if ending is not Ending.RAN_OUT:
            return ending
        if scene.world.now == began:
            yield from sleep(LEAST_SECONDS_A_ROUND)


def _queue_form(scene: Scene, member: Member) -> dict[str, str]:
    now = scene.world.now
    queue = member.queue
    if member not in queue.members:
        return {}
    return {
        "QueueSid": queue.sid,
        "QueuePosition": str(member.position),
        "QueueTime": str(member.waited(now)),
        "AvgQueueTime": str(queue.average_wait(now)),
        "CurrentQueueSize": str(len(queue.members)),
        "MaxQueueSize": str(queue.max_size),
    }


def _left(scene: Scene, member: Member, result: str) -> dict[str, str]:
    now = scene.world.now
    waited = member.waited(now)
    member.queue.leave(member, now)
    scene.world.ledger.write(
        "queue.left", queue=member.queue.sid, call=scene.leg.sid, result=result, seconds=waited
    )
    return {"QueueResult": result, "QueueSid": member.queue.sid, "QueueTime": str(waited)}


def _after(scene: Scene, attributes: Attributes, extra: dict[str, str]) -> Step:
    if not attributes.has("action"):
        return None
    if attributes.get("action") and scene.address(attributes, "action", 14203) is None:
        return None
    return scene.action(attributes, 14201, extra, "enqueue")


def _leave_and_tell(scene: Scene, attributes: Attributes, member: Member, result: str) -> None:
    """The action is asked at once, but what it answers is not run: the leg is gone or has another document."""
    scene.leg.ear.end()
    _tell(scene, attributes, _left(scene, member, result))


def _tell(scene: Scene, attributes: Attributes, extra: dict[str, str]) -> None:
    step = _after(scene, attributes, extra)
    if isinstance(step, Goto):
        ask = Ask(step.url, step.method, scene.form(extra), step.purpose, scene.leg.account, scene.leg)
        scene.world.webhooks.tell(ask, 11200)
