"""<Dial> of numbers and clients: child legs ring, the first to answer is bridged."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from simulator.hearing import Sound
from simulator.interpreter import SCREENING, Ending, Goto, Scene, answer_inbound, perform
from simulator.kernel import Run, Signal, Wait
from simulator.legs import Callback, HungUp, Interrupted, Leg, Status
from simulator.twiml.attributes import Attributes
from simulator.twiml.document import DocumentFailed
from simulator.verbs.dialling import Bridge, Dialling
from simulator.verbs.play import seconds_of_keys

CALL_EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})
MOST_NOUNS = 10
METHOD_CODES = {"Number": 13221, "Client": 13210, "Sip": 13241}
SIP_ADDRESS = re.compile(r"^sips?:[^@\s<>]+@[^@\s<>]+$")


@dataclass(frozen=True)
class Target:
    """One party to ring, its callback and its screening document."""

    to: str
    callback: Callback | None = None
    screening: Goto | None = None
    send_digits: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


def dial_parties(
    scene: Scene, dialling: Dialling, nouns: list[Attributes], number: str
) -> Run[dict[str, str]]:
    """The fields for the Dial action: of the bridged child, or of the last one that failed."""
    targets = _targets(scene, nouns, number)
    caller_id = _caller_id(scene, dialling)
    if not targets or caller_id is None:
        return {"DialCallStatus": "failed", "DialBridged": "false"}
    rounds = [[target] for target in targets] if dialling.sequential else [targets]
    result = {"DialCallStatus": "failed", "DialBridged": "false"}
    for together in rounds:
        result = yield from _ring(scene, dialling, together, caller_id)
        if result["DialBridged"] == "true" or result["DialCallStatus"] == "completed":
            break
    return result


def _ring(scene: Scene, dialling: Dialling, targets: list[Target], caller_id: str) -> Run[dict[str, str]]:
    world = scene.world
    recording = None
    scene.leg.ear.begin(Sound.RINGING)
    children = [_child(scene, target, caller_id) for target in targets]
    answered: Signal[Leg] = Signal()
    star: Signal[None] = Signal()
    listener = _on_star(star)
    if dialling.hangup_on_star:
        scene.leg.on_key.append(listener)
    try:
        for child, target in zip(children, targets, strict=True):
            world.kernel.start(_lead_in(scene, child, target, answered), f"ring {child.sid}")
            world.exchange.dial(child, dialling.timeout)
        if dialling.record is not None and dialling.record.from_ringing:
            recording = world.recordings.start(scene.leg, dialling.record)
        winner = yield from _first(children, answered, star)
        scene.leg.ear.end()
        if winner is None:
            result = _nobody(children)
            _call_off(scene, children)
            return result
        for child in children:
            if child is not winner:
                world.exchange.end(
                    child, Status.CANCELED if not child.is_up else Status.COMPLETED, "another answered"
                )
        answer_inbound(scene)
        if dialling.record is not None and recording is None:
            recording = world.recordings.start(scene.leg, dialling.record)
        redirected = yield from _talk(scene, winner, dialling.time_limit, star)
        result = {"DialCallStatus": "completed", "DialCallSid": winner.sid, "DialBridged": "true"}
        if not redirected:
            result["DialCallDuration"] = str(winner.seconds)
        if recording is not None:
            result["RecordingUrl"] = recording.url
        return result
    except Interrupted as stop:
        why = "the caller hung up" if isinstance(stop, HungUp) else "the caller was redirected"
        _call_off(scene, children, why)
        raise
    finally:
        if dialling.hangup_on_star:
            scene.leg.on_key.remove(listener)
        if recording is not None:
            world.recordings.stop(recording)


def _call_off(scene: Scene, children: list[Leg], why: str = "the caller pressed the star") -> None:
    """Whoever still rings, or has answered in vain, is let go."""
    for child in children:
        scene.world.exchange.end(child, Status.COMPLETED if child.is_up else Status.CANCELED, why)


def _first(children: list[Leg], answered: Signal[Leg], star: Signal[None]) -> Run[Leg | None]:
    """The child that may be bridged, or None when all have ended or the caller pressed the star."""
    while not answered.fired:
        alive = [child.ended for child in children if not child.is_over]
        if not alive:
            return None
        fired = yield Wait((answered, star, *alive))
        if fired is star:
            return None
    return answered.value


def _talk(scene: Scene, child: Leg, time_limit: int, star: Signal[None]) -> Run[bool]:
    """Until one of them leaves; True when REST took the child elsewhere."""
    world = scene.world
    bridge = Bridge((scene.leg, child))
    world.bridge(bridge.legs, bridge)
    freed = child.freed
    try:
        fired = yield Wait((child.ended, freed, star), time_limit)
    finally:
        world.unbridge(bridge.legs, bridge)
    if fired is not child.ended and fired is not freed:
        world.exchange.end(child, Status.COMPLETED, "the dial ended")
    return fired is freed


def _lead_in(scene: Scene, child: Leg, target: Target, answered: Signal[Leg]) -> Run[None]:
    """From the child's answer, through its screening document, to the bridge."""
    yield Wait((child.answered, child.ended))
    if child.is_over:
        return
    if target.send_digits:
        line = Scene(scene.world, child, SCREENING, uses_fallback=False, document=scene.document)
        yield from line.hear(Sound.KEYS, target.send_digits, seconds_of_keys(target.send_digits))
        if child.is_over:
            return
    if target.screening is not None:
        screening = Scene(scene.world, child, SCREENING, uses_fallback=False, document=scene.document)
        try:
            ending = yield from perform(screening, target.screening)
        except DocumentFailed:
            ending = Ending.HANGUP
        if child.is_over:
            return
        if ending is Ending.HANGUP:
            scene.world.exchange.end(child, Status.COMPLETED, "the screening document hung up")
            return
    answered.fire(child)


def _nobody(children: list[Leg]) -> dict[str, str]:
    last = children[-1]
    status = "canceled" if not last.is_over else str(last.status)
    return {"DialCallStatus": status, "DialCallSid": last.sid, "DialBridged": "false"}


def _child(scene: Scene, target: Target, caller_id: str) -> Leg:
    child = scene.world.exchange.outgoing(scene.leg.account, caller_id, target.to, parent=scene.leg)
    child.status_callback = target.callback
    child.parameters = dict(target.parameters)
    return child


def _targets(scene: Scene, nouns: list[Attributes], number: str) -> list[Target]:
    found = [Target(number)] if number and _is_number(scene, number) else []
    for noun in nouns:
        if noun.tag not in METHOD_CODES:
            code = 13258 if noun.tag == "Sim" else 12400
            scene.error(code, f"the simulator does not dial <{noun.tag}>")
            continue
        target = _target(scene, noun)
        if _can_be_dialled(scene, noun.tag, target.to):
            found.append(target)
    return found[:MOST_NOUNS]


def _target(scene: Scene, noun: Attributes) -> Target:
    callback = scene.callback(noun, "statusCallback", CALL_EVENTS, (12200, 12200, 12200))
    screening, method = scene.address(noun, "url", 11100), noun.method(METHOD_CODES[noun.tag])
    goto = Goto(screening, method, purpose="screening") if screening else None
    return Target(_name(noun), callback, goto, _send_digits(scene, noun), _parameters(noun))


def _name(noun: Attributes) -> str:
    if noun.tag == "Client":
        nested = noun.element.find("Identity")
        return "client:" + ((nested.text if nested is not None else noun.element.text) or "").strip()
    return (noun.element.text or "").strip()


def _send_digits(scene: Scene, noun: Attributes) -> str:
    """Keys for a switchboard, pressed before the parties are connected."""
    digits = noun.get("sendDigits") or ""
    if set(digits) - set("0123456789*#wW"):
        scene.warn(13222, f"<Number sendDigits={digits!r}> holds what is no key")
        return ""
    return digits


def _parameters(noun: Attributes) -> dict[str, str]:
    """What a browser gets as the call's custom parameters."""
    return {nested.get("name", ""): nested.get("value", "") for nested in noun.element.findall("Parameter")}


def _can_be_dialled(scene: Scene, tag: str, name: str) -> bool:
    if tag == "Number":
        return _is_number(scene, name)
    if tag == "Sip" and not SIP_ADDRESS.match(name):
        scene.warn(13243, f"<Dial>: {name!r} is no SIP address")
        return False
    return True


def _is_number(scene: Scene, number: str) -> bool:
    if number.startswith("+") and number[1:].isdecimal() and 7 <= len(number) <= 16:
        return True
    scene.warn(13223, f"<Dial>: {number!r} is no phone number in the form +15550100199")
    return False


def _caller_id(scene: Scene, dialling: Dialling) -> str | None:
    """The call's From or To, or an own number; a browser's call must name one."""
    leg, wanted = scene.leg, dialling.caller_id
    if not wanted:
        if leg.from_.startswith("client:"):
            scene.error(13247, "<Dial> from a client needs a callerId")
            return None
        return leg.from_
    if wanted in (leg.from_, leg.to) or wanted.startswith("client:") or leg.account.number(wanted):
        return wanted
    scene.warn(13214, f"<Dial callerId={wanted!r}> is no number of this account or call")
    return None


def _on_star(star: Signal[None]) -> Callable[[str], None]:
    return lambda key: star.fire(None) if key == "*" else None
