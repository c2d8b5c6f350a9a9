"""<Gather>: keys or words are collected while prompts are heard (twilio.com/docs/voice/twiml/gather)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from simulator.interpreter import Goto, Scene, Step
from simulator.kernel import Run, Signal, Wait
from simulator.legs import KeyPad, Spoken
from simulator.twiml.attributes import Attributes
from simulator.verbs.say import LANGUAGE
from simulator.webhooks import Ask

KINDS = frozenset({"dtmf", "speech"})
LONGEST_SPEECH_SECONDS = 60
SECONDS_OF_AUTO = 1.0
MOST_HINTS, LONGEST_HINT = 500, 100
MODEL = re.compile(
    r"^(default|numbers_and_commands|phone_call|experimental_(conversations|utterances)|(googlev2|deepgram)_\S+)$"
)


@dataclass(frozen=True)
class Wanted:
    """What ends the collecting: timeout is seconds of silence after the prompts or the latest key."""

    kinds: frozenset[str]
    timeout: int
    finish_key: str
    digits: int | None
    speech_timeout: float
    longest_speech: int
    barge_in: bool
    partial: Goto | None


@dataclass(frozen=True)
class Collected:
    digits: str = ""
    finished_by: str = ""
    speech: str = ""
    confidence: float | None = None

    @property
    def is_empty(self) -> bool:
        return not self.digits and not self.speech


class Input(KeyPad):
    """Keys and words while a Gather listens; the first kind that comes is the one that counts."""

    def __init__(self, wanted: Wanted) -> None:
        super().__init__()
        self._wanted = wanted
        self.spoken: list[Spoken] = []
        self.barge: Signal[None] = Signal()

    def press(self, key: str) -> None:
        if "dtmf" not in self._wanted.kinds or self.spoken:
            return
        super().press(key)
        self.barge.fire(None)

    def hear(self, spoken: Spoken) -> None:
        if "speech" not in self._wanted.kinds or self.keys:
            return
        self.spoken.append(spoken)
        if self._wanted.barge_in:
            self.barge.fire(None)
        self.wake()


def gather(scene: Scene, attributes: Attributes) -> Run[Step]:
    wanted = _wanted(scene, attributes)
    even_when_empty = attributes.flag("actionOnEmptyResult", False, 13338)
    pad, leg = Input(wanted), scene.leg
    leg.on_key.append(pad.press)
    leg.on_words.append(pad.hear)
    try:
        yield from _prompts(scene, attributes, pad)
        got = yield from _collect(scene, pad, wanted)
    finally:
        leg.on_key.remove(pad.press)
        leg.on_words.remove(pad.hear)
        scene.barge = None
    if got.is_empty and not even_when_empty:
        return None
    scene.world.ledger.write("gathered", call=leg.sid, digits=got.digits, speech=got.speech)
    return scene.action(attributes, 13312, _fields(got, wanted), "gather")


def _fields(got: Collected, wanted: Wanted) -> dict[str, str]:
    if got.confidence is not None:
        return {"SpeechResult": got.speech, "Confidence": f"{got.confidence:.8g}"}
    if got.is_empty and "dtmf" not in wanted.kinds:
        return {"SpeechResult": ""}
    return {"Digits": got.digits, **({"FinishedOnKey": got.finished_by} if got.finished_by else {})}


def _wanted(scene: Scene, attributes: Attributes) -> Wanted:
    kinds = frozenset((attributes.get("input") or "dtmf").split())
    if not kinds or kinds - KINDS:
        attributes.choice("input", ("dtmf", "speech", "dtmf speech"), "dtmf", 13326)
        kinds = kinds & KINDS or frozenset({"dtmf"})
    timeout = attributes.whole("timeout", 5, 13313)
    _judge_speech(scene, attributes)
    url = attributes.get("partialResultCallback")
    method = attributes.method(13329, "partialResultCallbackMethod")
    return Wanted(
        kinds,
        timeout,
        finish_key=attributes.keys("finishOnKey", "#", 13310),
        digits=attributes.whole("numDigits", 0, 13314, low=1) or None,
        speech_timeout=_speech_timeout(scene, attributes, timeout),
        longest_speech=attributes.whole(
            "maxSpeechTime", LONGEST_SPEECH_SECONDS, 13328, 1, LONGEST_SPEECH_SECONDS
        ),
        barge_in=attributes.flag("bargeIn", True, 13332),
        partial=Goto(scene.resolve(url), method, purpose="partial") if url else None,
    )


def _speech_timeout(scene: Scene, attributes: Attributes, timeout: int) -> float:
    """Seconds of silence after words; `auto` lets the recogniser decide (assumed: speech-auto)."""
    if attributes.get("speechTimeout") != "auto":
        return attributes.whole("speechTimeout", timeout, 13327, low=1)
    if attributes.get("speechModel") == "default":
        scene.warn(13335, "<Gather>: speechTimeout auto cannot be used with speechModel default")
        return timeout
    return SECONDS_OF_AUTO


def _judge_speech(scene: Scene, attributes: Attributes) -> None:
    """These change nothing here: words are recognised as they were scripted."""
    attributes.matching("language", LANGUAGE, "en-US", 13331, "a language such as en-US")
    attributes.matching("speechModel", MODEL, "default", 13334, "a speech model of Twilio's")
    attributes.flag("profanityFilter", True, 13333)
    hints = [hint.strip() for hint in (attributes.get("hints") or "").split(",")]
    if len(hints) > MOST_HINTS or any(len(hint) > LONGEST_HINT for hint in hints):
        scene.warn(
            13330,
            f"<Gather hints>: at most {MOST_HINTS} of at most {LONGEST_HINT} characters, with commas between",
        )


def _prompts(scene: Scene, attributes: Attributes, pad: Input) -> Run[None]:
    """Any key stops the prompts, this one and those to come; so do words, unless bargeIn is false."""
    from simulator.verbs import VERBS

    scene.barge = pad.barge
    for element in attributes.element:
        if pad.barge.fired:
            return
        yield from VERBS[str(element.tag)](scene, scene.read(element))


def _collect(scene: Scene, pad: Input, wanted: Wanted) -> Run[Collected]:
    seen = 0
    digits = ""
    while True:
        if pad.spoken:
            return (yield from _listen(scene, pad, wanted))
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


def _listen(scene: Scene, pad: Input, wanted: Wanted) -> Run[Collected]:
    """Until it has been silent for the speech timeout, or the longest speech is over."""
    limit = pad.spoken[0].at + wanted.longest_speech
    told = 0
    while True:
        told = _tell_partial(scene, pad, wanted, told)
        silent_at = max(spoken.at + spoken.seconds for spoken in pad.spoken)
        moment = min(limit, silent_at + wanted.speech_timeout)
        if moment <= scene.world.now or (yield Wait((pad.pressed,), moment - scene.world.now)) is None:
            break
    heard = [spoken for spoken in pad.spoken if spoken.at < limit]
    words = " ".join(spoken.words for spoken in heard)
    return Collected(speech=words, confidence=min(spoken.confidence for spoken in heard))


def _tell_partial(scene: Scene, pad: Input, wanted: Wanted, told: int) -> int:
    """What has been understood so far; the answer is ignored."""
    target = wanted.partial
    if target is None or told == len(pad.spoken):
        return len(pad.spoken)
    words = [spoken.words for spoken in pad.spoken]
    extra = {
        "StableSpeechResult": " ".join(words[:-1]),
        "UnstableSpeechResult": words[-1],
        "Stability": "0.8",
        "SequenceNumber": str(told),
    }
    leg = scene.leg
    ask = Ask(target.url, target.method, scene.form(extra), target.purpose, leg.account, leg)
    scene.world.webhooks.tell(ask, 11200)
    return len(pad.spoken)
