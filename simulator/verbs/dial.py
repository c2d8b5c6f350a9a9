"""<Dial>: the leg is connected with others (twilio.com/docs/voice/twiml/dial)."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.interpreter import Scene, Step, answer_inbound
from simulator.kernel import Run
from simulator.recordings import RECORDING_EVENTS, Order
from simulator.twiml.attributes import Attributes
from simulator.verbs.dial_conference import dial_conference
from simulator.verbs.dial_party import dial_parties
from simulator.verbs.dial_queue import dial_queue
from simulator.verbs.dialling import Dialling

RECORD_WORDS = (
    "do-not-record",
    "record-from-answer",
    "record-from-ringing",
    "record-from-answer-dual",
    "record-from-ringing-dual",
    "true",
    "false",
)


RING_TONES = (
    "automatic", "at", "au", "bg", "br", "be", "ch", "cl", "cn", "cz", "de", "dk", "ee", "es", "fi", "fr", "gr", "hu",
    "il", "in", "it", "lt", "jp", "mx", "my", "nl", "no", "nz", "ph", "pl", "pt", "ru", "se", "sg", "th", "uk", "us",
    "us-old", "tw", "ve", "za",
)  # fmt: skip


def dial(scene: Scene, attributes: Attributes) -> Run[Step]:
    nouns = [scene.read(element) for element in attributes.element]
    conferences = [noun for noun in nouns if noun.tag == "Conference"]
    if conferences and len(nouns) > 1:
        scene.warn(13000, "<Conference> cannot be mixed with other nouns in <Dial>")
        nouns = conferences[:1]
    dialling = Dialling(
        timeout=attributes.whole("timeout", 30, 13212, low=5, high=600),
        time_limit=attributes.whole("timeLimit", 14_400, 13216, low=1, high=86_400),
        hangup_on_star=attributes.flag("hangupOnStar", False, 13213),
        answer_on_bridge=attributes.flag("answerOnBridge", False, 13219),
        sequential=attributes.flag("sequential", False, 13218),
        caller_id=attributes.get("callerId") or "",
        record=_record_order(scene, attributes),
    )
    attributes.choice("ringTone", RING_TONES, "automatic", 13220)
    attributes.method(13210, "referMethod")
    queues = [noun for noun in nouns if noun.tag == "Queue"]
    if queues or conferences:
        answer_inbound(scene)
    if queues:
        result = yield from dial_queue(scene, dialling, queues[0])
    elif conferences:
        result = yield from dial_conference(scene, dialling, nouns[0])
    else:
        number = (attributes.element.text or "").strip()
        result = yield from dial_parties(scene, dialling, nouns, number)
    return _after(scene, attributes, result)


def _after(scene: Scene, attributes: Attributes, extra: Mapping[str, str]) -> Step:
    """With an action nothing after Dial is reachable; without one the next verb follows."""
    if not attributes.has("action"):
        return None
    return scene.action(attributes, 13210, extra, "dial")


def _record_order(scene: Scene, attributes: Attributes) -> Order | None:
    word = attributes.choice("record", RECORD_WORDS, "do-not-record", 13217)
    if word in ("do-not-record", "false"):
        return None
    callback = scene.callback(attributes, "recordingStatusCallback", RECORDING_EVENTS, (13256, 13256, 13621))
    return Order(
        source="DialVerb",
        channels=2 if word.endswith("dual") else 1,
        from_ringing="ringing" in word,
        track=attributes.choice("recordingTrack", ("inbound", "outbound", "both"), "both", 13217),
        callback=callback,
        trims=attributes.choice("trim", ("trim-silence", "do-not-trim"), "do-not-trim", 13699)
        == "trim-silence",
    )
