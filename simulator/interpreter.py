"""Runs TwiML documents on a leg: verbs from top to bottom, on to the next document, or to the end.

A verb is a generator `verb(scene, attributes)` that returns where to go: None for the next verb, a `Goto` for another
document, an `Ending` when this run is over. It yields what it waits for; an `Interrupted` raised into it means that
the leg has to stop what it does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree as ET

from simulator.hearing import Sound
from simulator.kernel import Run, Signal, Wait, sleep
from simulator.legs import Callback, Direction, Leg, Status
from simulator.params import standard
from simulator.twiml.attributes import Attributes
from simulator.twiml.document import Document, DocumentFailed, read_reply
from simulator.webhooks import Ask

if TYPE_CHECKING:
    from simulator.world import World

MOST_DOCUMENTS_IN_A_ROW = 50
SPOKEN_ERROR = "We are sorry, an application error has occurred. Goodbye."


class Ending(StrEnum):
    """How a run of documents ended."""

    RAN_OUT = "ran out of verbs"
    HANGUP = "hang up"
    LEAVE = "leave the queue"


@dataclass(frozen=True)
class Goto:
    """The next document: extra are the fields beside the standard ones, purpose a word for the ledger."""

    url: str
    method: str = "POST"
    extra: Mapping[str, str] = field(default_factory=dict)
    purpose: str = "voice"


Step: TypeAlias = Goto | Ending | None
Verb: TypeAlias = Callable[["Scene", Attributes], Run[Step]]


@dataclass(frozen=True)
class Rules:
    """Which verbs a kind of document may hold, and the error for another one."""

    name: str
    verbs: frozenset[str] | None = None
    code: int = 12200

    def allow(self, tag: str) -> bool:
        return self.verbs is None or tag in self.verbs


CALL = Rules("a call")
WAITING_ROOM = Rules(
    "waitUrl of Enqueue", frozenset(["Play", "Say", "Pause", "Hangup", "Redirect", "Leave", "Gather"]), 12200
)
CONFERENCE_SOUND = Rules(
    "waitUrl, holdUrl or announceUrl", frozenset(["Play", "Say", "Pause", "Redirect"]), 13238
)
SCREENING = Rules(
    "url of a dialled party", frozenset(["Play", "Say", "Pause", "Redirect", "Gather", "Hangup"]), 13201
)

WHISPER = Rules("url of Queue", frozenset(["Play", "Say", "Pause", "Redirect"]), 12200)

NO_DOCUMENT = Document("", ())


@dataclass
class Scene:
    """A leg with the document that runs on it; context gives fields that every request of this run carries."""

    world: World
    leg: Leg
    rules: Rules = CALL
    context: Callable[[], Mapping[str, str]] = dict
    uses_fallback: bool = True
    document: Document = NO_DOCUMENT
    barge: Signal[None] | None = None

    def form(self, extra: Mapping[str, str]) -> dict[str, str]:
        return {**standard(self.leg), **self.context(), **extra}

    def fetch(self, target: Goto) -> Run[Document]:
        """The document at the target; raises DocumentFailed."""
        yield from self._slow_down()
        outcome = yield from self.world.webhooks.ask(
            Ask(
                target.url,
                target.method,
                self.form(target.extra),
                target.purpose,
                self.leg.account,
                self.leg,
                redirect_form=self.form({}),
            )
        )
        if outcome.code:
            raise DocumentFailed(outcome.code, outcome.message, outcome.url)
        document = read_reply(outcome.reply, outcome.url)
        for warning in document.warnings:
            self.warn(warning.code, warning.sentence, document.url)
        return document

    def action(
        self, attributes: Attributes, code: int, extra: Mapping[str, str], purpose: str = "action"
    ) -> Goto:
        """The verb's action, or the current document again when there is none."""
        url = self.resolve(attributes.get("action") or "")
        return Goto(url, attributes.method(code), extra, purpose)

    def _slow_down(self) -> Run[None]:
        """Documents that lead to each other without end must not stop time (assumed: endless-documents)."""
        leg, now = self.leg, self.world.now
        leg.asked_in_a_row = leg.asked_in_a_row + 1 if now == leg.asked_at else 1
        leg.asked_at = now
        if leg.asked_in_a_row > MOST_DOCUMENTS_IN_A_ROW:
            self.warn(
                12400, f"{MOST_DOCUMENTS_IN_A_ROW} documents in a row without time passing: an endless loop?"
            )
            yield from sleep(1.0)

    def resolve(self, url: str) -> str:
        """Relative to the current document; an empty one means the document itself."""
        try:
            resolved = urljoin(self.document.url, url) if url else self.document.url
        except ValueError:
            raise DocumentFailed(11100, f"{url!r} is no address", url) from None
        if "://" not in resolved:
            raise DocumentFailed(11100, f"{url!r} must be absolute: the document came without a URL", url)
        return resolved

    def address(self, attributes: Attributes, name: str, code: int) -> str | None:
        """The whole address in an attribute; None without one, or with the warning for what is no web address."""
        url = attributes.get(name)
        if not url:
            return None
        if scheme_of(url) in ("", "http", "https"):
            return self.resolve(url)
        self.warn(code, f"<{attributes.tag} {name}={url!r}> is no web address")
        return None

    def callback(
        self, attributes: Attributes, name: str, events: frozenset[str], codes: tuple[int, int, int]
    ) -> Callback | None:
        """A callback with its Method and Event attributes; codes are those of a bad address, method and event."""
        url = self.address(attributes, name, codes[0])
        method = attributes.method(codes[1], name + "Method")
        wanted = attributes.events(name + "Event", events, codes[2])
        return Callback(url, method, wanted) if url else None

    def read(self, element: ET.Element) -> Attributes:
        return Attributes(element, self.warn)

    def warn(self, code: int, message: str, url: str = "") -> None:
        self.world.debugger.warn(code, message, call_sid=self.leg.sid, url=url or self.document.url)

    def error(self, code: int, message: str, url: str = "") -> None:
        self.world.debugger.error(code, message, call_sid=self.leg.sid, url=url or self.document.url)

    def stay(self, seconds: float | None) -> Run[bool]:
        """Lets time pass; True when a key cut it short."""
        if self.barge is None:
            yield Wait(seconds=seconds)
            return False
        if self.barge.fired:
            return True
        return (yield Wait((self.barge,), seconds)) is not None

    def hear(self, kind: Sound, text: str, seconds: float | None, source: str = "") -> Run[bool]:
        """The far end hears something for so long; True when a key cut it short."""
        line = self.leg.ear.begin(kind, text, source=source)
        self.world.ledger.write("heard", call=self.leg.sid, sound=kind, text=text)
        try:
            return (yield from self.stay(seconds))
        finally:
            if self.leg.ear.current is line:
                self.leg.ear.end()


def scheme_of(url: str) -> str:
    """ "" for a relative address, "?" for what is none at all."""
    try:
        return urlsplit(url).scheme
    except ValueError:
        return "?"


def perform(scene: Scene, target: Goto | Document) -> Run[Ending]:
    """Runs documents until one ends; a failing one leads to the fallback URL if the leg has one."""
    in_fallback = False
    while True:
        try:
            step = yield from _one_document(scene, target)
        except DocumentFailed as failure:
            scene.error(failure.code, failure.message, failure.url)
            fallback = scene.leg.fallback
            if not scene.uses_fallback or fallback is None or not fallback.url or in_fallback:
                raise
            extra = {"ErrorCode": str(failure.code), "ErrorUrl": failure.url}
            target, in_fallback = Goto(fallback.url, fallback.method, extra, "fallback"), True
            continue
        if isinstance(step, Ending):
            return step
        target, in_fallback = step, False


def _one_document(scene: Scene, target: Goto | Document) -> Run[Goto | Ending]:
    from simulator.verbs import VERBS, play_whole

    document = target if isinstance(target, Document) else (yield from scene.fetch(target))
    scene.document = document
    scene.leg.document_url, scene.leg.verb = document.url, ""
    if document.audio is not None:
        answer_inbound(scene)
        yield from play_whole(scene, document.audio)
        return Ending.RAN_OUT
    for element in document.verbs:
        tag = str(element.tag)
        if not scene.rules.allow(tag):
            scene.error(scene.rules.code, f"<{tag}> is not allowed in {scene.rules.name}")
            continue
        verb = VERBS.get(tag)
        if verb is None:
            scene.error(12400, f"the simulator does not run <{tag}>; the verb is skipped")
            continue
        scene.leg.verb = tag
        if answers(element):
            answer_inbound(scene)
        step = yield from verb(scene, scene.read(element))
        if step is not None:
            return step
    return Ending.RAN_OUT


def answers(element: ET.Element) -> bool:
    """Reject, a leading Pause or Redirect, and a Dial with answerOnBridge leave an incoming call ringing."""
    if element.tag == "Dial":
        return element.get("answerOnBridge", "").lower() != "true"
    return element.tag not in ("Reject", "Pause", "Redirect")


def answer_inbound(scene: Scene) -> None:
    """An incoming call is picked up."""
    if scene.leg.status is Status.RINGING and scene.leg.direction is Direction.INBOUND:
        scene.world.exchange.answer(scene.leg)


def run_call(world: World, leg: Leg, first: Goto | Document) -> Run[None]:
    """The life of a leg that documents control; it ends with the last document."""
    scene = Scene(world, leg)
    try:
        yield from perform(scene, first)
    except DocumentFailed:
        answer_inbound(scene)
        yield from scene.hear(Sound.SAY, SPOKEN_ERROR, 4.0)
    world.exchange.end(leg, Status.COMPLETED, "the document ended")
