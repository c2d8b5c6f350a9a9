"""<Record>: the far end is recorded until silence, a key, the limit, or the hang-up (twilio.com/docs/voice/twiml/record)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.hearing import Sound
from simulator.interpreter import Goto, Scene, Step
from simulator.kernel import Run, Wait
from simulator.legs import HungUp, Interrupted, KeyPad
from simulator.recordings import RECORDING_EVENTS, Order
from simulator.twiml.attributes import Attributes
from simulator.webhooks import Ask

if TYPE_CHECKING:
    from simulator.recordings import Recording

BEEP_SECONDS = 0.5
MOST_SECONDS, MOST_OF_BROWSER, MOST_TRANSCRIBED = 3600, 600, 120


@dataclass(frozen=True)
class Limits:
    """Seconds of silence (0: any) and in all; the keys that end it."""

    silence: int
    longest: int
    keys: str


def record(scene: Scene, attributes: Attributes) -> Run[Step]:
    transcribes = _transcribes(attributes)
    limits = Limits(
        silence=attributes.whole("timeout", 5, 13611),
        longest=_longest(scene, attributes, transcribes),
        keys=attributes.keys("finishOnKey", "1234567890*#", 13613),
    )
    order = _order(scene, attributes, transcribes)
    if attributes.flag("playBeep", True, 13616):
        yield from scene.hear(Sound.BEEP, "", BEEP_SECONDS)
    leg, recordings = scene.leg, scene.world.recordings
    began = scene.world.now
    recording = recordings.start(leg, order)
    pad = KeyPad()
    leg.on_key.append(pad.press)
    leg.ear.begin(Sound.SILENCE)
    try:
        key = yield from _until_done(scene, limits, pad, began)
    except Interrupted as stop:
        recordings.stop(recording)
        if isinstance(stop, HungUp):
            _tell_action(scene, attributes, recording)
        raise
    finally:
        leg.on_key.remove(pad.press)
        leg.ear.end()
    recordings.stop(recording)
    if not leg.mouth.spoke_since(began):
        return None
    return scene.action(attributes, 13610, _fields(recording, key), "record")


def _until_done(scene: Scene, limits: Limits, pad: KeyPad, began: float) -> Run[str]:
    """The key that ended it, or "" when silence or the limit did."""
    leg = scene.leg
    seen = 0
    while True:
        while seen < len(pad.keys):
            key = pad.keys[seen]
            seen += 1
            if key in limits.keys:
                return key
        now = scene.world.now
        left = began + limits.longest - now
        if limits.silence:
            left = min(
                left,
                _silent_at(leg.mouth.is_open, leg.mouth.open_until, leg.mouth.silent_since, began)
                + limits.silence
                - now,
            )
        if left <= 0:
            return ""
        yield Wait((pad.pressed, leg.mouth.changed), None if left == float("inf") else left)


def _silent_at(is_open: bool, open_until: float | None, silent_since: float, began: float) -> float:
    """The moment from which silence counts; never while speech has no end."""
    if is_open:
        return float("inf") if open_until is None else open_until
    return max(silent_since, began)


def _transcribes(attributes: Attributes) -> bool:
    """Asking for the words' callback asks for the words."""
    return attributes.flag("transcribe", attributes.has("transcribeCallback"), 13614)


def _longest(scene: Scene, attributes: Attributes, transcribes: bool) -> int:
    most = MOST_OF_BROWSER if scene.leg.from_.startswith("client:") else MOST_SECONDS
    longest = attributes.whole("maxLength", MOST_TRANSCRIBED if transcribes else most, 13612, low=1)
    if transcribes and longest > MOST_TRANSCRIBED:
        scene.warn(13615, f"<Record maxLength={longest}> is too long to be transcribed ({MOST_TRANSCRIBED})")
        return MOST_TRANSCRIBED
    return min(longest, most)


def _order(scene: Scene, attributes: Attributes, transcribes: bool) -> Order:
    callback = scene.callback(attributes, "recordingStatusCallback", RECORDING_EVENTS, (13256, 13256, 13621))
    trim = attributes.choice("trim", ("trim-silence", "do-not-trim"), "trim-silence", 13699)
    words_url = scene.address(attributes, "transcribeCallback", 13257)
    return Order(
        source="RecordVerb",
        channels=1,
        callback=callback,
        trims=trim == "trim-silence",
        transcribes=transcribes,
        transcribe_callback=words_url or "",
    )


def _fields(recording: Recording, key: str) -> dict[str, str]:
    return {
        "RecordingUrl": recording.url,
        "RecordingSid": recording.sid,
        "RecordingDuration": str(recording.whole_seconds),
        "Digits": key,
    }


def _tell_action(scene: Scene, attributes: Attributes, recording: Recording) -> None:
    """The caller hung up: the action is asked, its answer is useless."""
    target: Goto = scene.action(attributes, 13610, _fields(recording, "hangup"), "record")
    ask = Ask(
        target.url, target.method, scene.form(target.extra), target.purpose, scene.leg.account, scene.leg
    )
    scene.world.webhooks.tell(ask, 11200)
