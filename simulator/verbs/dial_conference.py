"""<Dial><Conference>: the leg takes a seat in a room until it leaves or the room ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from simulator.conference_events import EVENTS
from simulator.conferences import MOST_PARTICIPANTS, Terms
from simulator.interpreter import Scene
from simulator.kernel import Run, Signal, Wait
from simulator.legs import Callback, HungUp, Interrupted
from simulator.recordings import RECORDING_EVENTS, Order
from simulator.twiml.attributes import Attributes
from simulator.verbs.dialling import Dialling

LONGEST_LABEL = 128
REGIONS = ("us1", "us2", "ie1", "de1", "sg1", "br1", "au1", "jp1")


def dial_conference(scene: Scene, dialling: Dialling, noun: Attributes) -> Run[dict[str, str]]:
    """The fields for the Dial action."""
    world = scene.world
    name = noun.text
    terms = _terms(scene, noun)
    if not name or terms is None:
        if not name:
            scene.warn(13237, "<Conference> has no name")
        return {"DialCallStatus": "failed", "DialBridged": "false"}
    if terms.coaches:
        conference = world.conferences.open(scene.leg.account, name)
        if conference is None or conference.seat(terms.coaches) is None:
            scene.error(13240, f"<Conference coach={terms.coaches!r}>: that call is not in conference {name}")
            return {"DialCallStatus": "failed", "DialBridged": "false"}
    seat = world.conferences.join(scene, name, terms)
    if seat is None:
        return {"DialCallStatus": "failed", "DialBridged": "false"}
    order = _room_recording(scene, noun)
    if order is not None:
        world.conferences.record(seat.conference, order)
    recording = world.recordings.start(scene.leg, dialling.record) if dialling.record else None
    star: Signal[None] = Signal()
    listener = _star_listener(star)
    if dialling.hangup_on_star:
        scene.leg.on_key.append(listener)
    try:
        fired = yield Wait((seat.left, star), dialling.time_limit)
        if fired is not seat.left:
            world.conferences.leave(seat, "participant_hung_up")
    except Interrupted as stop:
        gone = isinstance(stop, HungUp)
        world.conferences.leave(seat, "participant_hung_up" if gone else "participant_updated_via_api")
        raise
    finally:
        if dialling.hangup_on_star:
            scene.leg.on_key.remove(listener)
        if recording is not None:
            world.recordings.stop(recording)
    result = {"DialCallStatus": "answered", "DialBridged": "true"}
    if recording is not None:
        result["RecordingUrl"] = recording.url
    return result


def _star_listener(star: Signal[None]) -> Callable[[str], None]:
    return lambda key: star.fire(None) if key == "*" else None


def _terms(scene: Scene, noun: Attributes) -> Terms | None:
    label = noun.get("participantLabel") or ""
    if len(label) > LONGEST_LABEL or "/" in label or (label.startswith("CA") and len(label) == 34):
        scene.error(16023, f"<Conference participantLabel={label!r}> is too long, a CallSid, or has a /")
        return None
    noun.choice("jitterBufferSize", ("off", "small", "medium", "large"), "large", 12200)
    noun.choice("region", REGIONS, "us1", 12200)
    wait_url = noun.get("waitUrl")
    terms = Terms(
        label=label,
        muted=noun.flag("muted", False, 13230),
        beep=noun.choice("beep", ("true", "false", "onEnter", "onExit"), "true", 13235),
        starts=noun.flag("startConferenceOnEnter", True, 13232),
        ends=noun.flag("endConferenceOnExit", False, 13231),
        coaches=noun.get("coach") or "",
        most=noun.whole("maxParticipants", MOST_PARTICIPANTS, 12200, low=1, high=MOST_PARTICIPANTS),
        callback=scene.callback(noun, "statusCallback", EVENTS, (12200, 12200, 12200)),
        waits_with_music=wait_url is None,
    )
    address, method = scene.address(noun, "waitUrl", 13233), noun.method(13234, "waitMethod")
    if wait_url and not address:
        return replace(terms, waits_with_music=True)
    return replace(terms, wait=Callback(address, method)) if address else terms


def _room_recording(scene: Scene, noun: Attributes) -> Order | None:
    word = noun.choice(
        "record", ("do-not-record", "record-from-start", "true", "false"), "do-not-record", 12200
    )
    if word in ("do-not-record", "false"):
        return None
    callback = scene.callback(noun, "recordingStatusCallback", RECORDING_EVENTS, (13256, 13256, 13621))
    trim = noun.choice("trim", ("trim-silence", "do-not-trim"), "trim-silence", 13239)
    return Order(source="Conference", channels=1, callback=callback, trims=trim == "trim-silence")
