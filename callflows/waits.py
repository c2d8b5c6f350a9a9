"""What a waiting caller hears: music, and between it words at their times. Everything here can be interrupted.

A wait has no menus and no questions, because an agent may be free at any second; keys are the queue step's
`exit_keys` and `callback_key`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from callflows.fields import BadValue, Kind, Reading, optional, read_fields, required
from callflows.kinds import AUDIO_NAME, WORDS, duration
from callflows.texts import Words
from callflows.yaml_text import Listing, Node, Table

OFTEN = duration(15, 1800, "1m")


@dataclass(frozen=True, kw_only=True)
class Music:
    """The sound that plays; our own hold music when no wait says otherwise."""

    verb = "music"

    audio: str = required(AUDIO_NAME, "a sound of the `audio` table", key="music")


@dataclass(frozen=True, kw_only=True)
class Position:
    """Tell callers their place in the queue."""

    verb = "position"

    every: int = required(OFTEN, "how often", key="position")
    first: int = optional(duration(0, 1800, "30s"), "how long after joining for the first time", 0)


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """Tell callers how long it will take; nothing is said while the queue has no recent answers to judge by."""

    verb = "estimate"

    every: int = required(OFTEN, "how often", key="estimate")
    first: int = optional(duration(0, 1800, "30s"), "how long after joining for the first time", 0)


@dataclass(frozen=True, kw_only=True)
class CallbackOffer:
    """Tell callers the key with which they are called back and keep their place, where the step has a `callback`."""

    verb = "callback"

    every: int = required(OFTEN, "how often", key="callback")
    first: int = optional(duration(0, 1800, "30s"), "how long after joining for the first time", 30)


@dataclass(frozen=True, kw_only=True)
class Message:
    """Say words to the caller."""

    verb = "say"

    text: Words = required(WORDS, "what the caller hears", key="say")
    every: int | None = optional(OFTEN, "how often; once when it is left out", None)
    first: int = optional(duration(0, 1800, "30s"), "how long after joining for the first time", 30)


Part = Music | Position | Estimate | CallbackOffer | Message
PARTS: dict[str, type[Part]] = {
    part.verb: part for part in (Music, Position, Estimate, CallbackOffer, Message)
}


@dataclass(frozen=True)
class Wait:
    """A list of parts; what is not in it is not heard, but for the music.

    waits:
      calm:
        - {position: 2m}
        - {estimate: 2m, first: 30s}
        - {say: "You can also write to us on our web page.", first: 1m, every: 3m}
    """

    parts: tuple[Part, ...]

    @property
    def music(self) -> str | None:
        """The name of its sound; None for our own music."""
        return next((part.audio for part in self.parts if isinstance(part, Music)), None)


def due(wait: Wait, joined_at: float, heard_until: float | None, now: float) -> Iterator[Part]:
    """What is to be said now, when the caller has heard everything up to a moment (None: nothing yet)."""
    since = joined_at - 1 if heard_until is None else heard_until
    for part in wait.parts:
        if not isinstance(part, Music) and _comes_up(
            part.first, part.every, since - joined_at, now - joined_at
        ):
            yield part


def _comes_up(first: int, every: int | None, since: float, until: float) -> bool:
    """Whether one of the moments first, first + every, ... lies after `since` and not after `until`."""
    if until < first:
        return False
    latest = first if every is None else first + every * ((until - first) // every)
    return since < latest


def _read_wait(node: Node, reading: Reading) -> Wait:
    items = node.items if isinstance(node, Listing) else (node,)
    if not items:
        raise BadValue("the wait is empty; write such as - {position: 1m}")
    parts: list[Part] = []
    for count, item in enumerate(items, start=1):
        part = _read_part(item, reading.inside(str(count)))
        if part is None:
            continue
        if not isinstance(part, Message) and any(isinstance(one, type(part)) for one in parts):
            raise BadValue(f"'{part.verb}' is here twice; remove one", place=item.place)
        parts.append(part)
    return Wait(tuple(parts))


def _read_part(node: Node, reading: Reading) -> Part | None:
    if not isinstance(node, Table) or not node.entries:
        raise BadValue("write what callers hear, as in - {position: 1m}", place=node.place)
    reading.places[reading.path] = node.place
    for key, _ in node.entries:
        if key.value in PARTS:
            kind: type[Any] = PARTS[key.value]
            return read_fields(kind, node, reading, f"'{key.value}' in a wait")
    first = node.entries[0][0]
    why = "a wait must stop the moment an agent is free, so it holds only music, position, estimate, callback and say"
    raise BadValue(f"'{first.value}' cannot be in a wait; {why}", "step-not-allowed", first.place)


WAIT = Kind("what callers hear while they wait", "[{position: 1m}]", _read_wait)
