"""What a person types at a played call, as events: keys, silence, speech, a hang-up, or how a wait went.

Nothing here knows a step. Every event that could be meant is tried, and the first that the flow understands happens:
the engine is pure, so trying costs nothing.
"""

import dataclasses
import json
import re
from collections.abc import Iterator
from enum import EnumMeta, StrEnum
from functools import lru_cache
from itertools import product
from typing import Any, assert_never, get_args, get_type_hints

from callflows import events
from callflows.actions import (
    Action,
    Forward,
    JoinQueue,
    Request,
    RequestCallback,
    RingAgents,
    TakeVoicemail,
)
from callflows.events import (
    CallbackOutcome,
    CallbackSettled,
    CallerHungUp,
    Event,
    ForwardEnded,
    ForwardOutcome,
    KeysPressed,
    NothingPressed,
    QueueLeft,
    QueueOutcome,
    Replied,
    ReplyOutcome,
    RingEnded,
    RingOutcome,
    VoicemailTaken,
)
from callflows.replies import replied
from callflows.tools.scene import Scene
from callflows.world import Staffing, lets_in

KEYS = re.compile(r"[0-9*#]+")
KEY_WORDS = {"star": "*", "hash": "#", "pound": "#"}
SILENCES = ("", ".", "silence", "wait", "nothing")
HANG_UPS = ("hang up", "hangup", "hang-up", "bye")
SPOKEN_FIELDS = frozenset({"words", "text", "speech", "said"})
WORDS_PER_SECOND = 2.5
PASSING = ("timeout", "no_answer", "no_input", "silence")
EVENT_KINDS: tuple[type[Any], ...] = get_args(events.Event)


def meanings(typed: str, action: Action | None, scene: Scene) -> Iterator[Event]:
    """What somebody may mean, the likeliest first."""
    text = " ".join(typed.split())
    word = text.lower().replace("-", "_").replace(" ", "_")
    if text.lower() in SILENCES:
        yield from time_passes(action, scene)
    elif text.lower() in HANG_UPS:
        yield CallerHungUp()
    elif KEYS.fullmatch(KEY_WORDS.get(word, text)):
        yield from _pressed(_as_sent(KEY_WORDS.get(word, text), action))
    else:
        yield from outcomes().get(word, ())
        yield from _spoken(text)


def time_passes(action: Action | None, scene: Scene) -> Iterator[Event]:
    """What comes of waiting: in a queue it depends on who is there, elsewhere nothing is pressed, said or answered."""
    match action:
        case JoinQueue(queue):
            yield QueueLeft(_after_waiting(action, scene.staffing_of(queue)))
        case RingAgents(whom):
            yield RingEnded(_after_ringing(scene.staffing_of(whom)))
        case TakeVoicemail():
            yield VoicemailTaken(0.0)
        case Forward():
            yield ForwardEnded(ForwardOutcome.NO_ANSWER)
        case _:
            yield NothingPressed()
    for word in PASSING:
        yield from outcomes().get(word, ())
    yield from every_event()


def at_once(action: Action | None, scene: Scene) -> Event | None:
    """What happens without anybody waiting: a full queue, or one that nobody serves, lets no caller in; systems answer."""
    if isinstance(action, Request) and action.endpoint in scene.replies:
        return _reply(action, scene.replies[action.endpoint])
    if isinstance(action, RequestCallback):
        return CallbackSettled(CallbackOutcome.ACCEPTED)
    if isinstance(action, JoinQueue):
        if scene.is_full(action.queue):
            return QueueLeft(QueueOutcome.FULL)
        if action.leave_when_no_agents and not lets_in(action.join_if, scene.staffing_of(action.queue)):
            return QueueLeft(QueueOutcome.NO_AGENTS)
        if scene.is_too_long(action.queue):
            return QueueLeft(QueueOutcome.TOO_LONG)
    if isinstance(action, RingAgents) and scene.staffing_of(action.whom) is not Staffing.AVAILABLE:
        return RingEnded(_after_ringing(scene.staffing_of(action.whom)))
    return None


@lru_cache(maxsize=1)
def outcomes() -> dict[str, tuple[Event, ...]]:
    """Every word for how something went, with the events that can mean it: `timeout`, `busy`, `answered`."""
    found: dict[str, list[Event]] = {}
    for event in every_event():
        for value in vars(event).values():
            if isinstance(value, StrEnum):
                found.setdefault(str(value), []).append(event)
    return {word: tuple(several) for word, several in found.items()}


@lru_cache(maxsize=1)
def every_event() -> tuple[Event, ...]:
    """One of each kind of event, and of each outcome it can have."""
    return tuple(event for kind in EVENT_KINDS for event in _samples(kind))


def words_of(event: Event) -> str:
    """An event as somebody would type it."""
    match event:
        case NothingPressed():
            return "silence"
        case KeysPressed(keys):
            return keys
        case CallerHungUp():
            return "hang up"
        case QueueLeft(QueueOutcome.EXIT_KEY, key):
            return key
        case VoicemailTaken(seconds):
            return f"a message of {seconds:g} s"
        case _:
            values = [value for value in vars(event).values() if value not in ("", None, ())]
            return ", ".join(map(_plainly, values)) or _in_words(type(event).__name__)


def _reply(request: Request, given: Any) -> Event:
    if given in (ReplyOutcome.ERROR, ReplyOutcome.TIMEOUT):
        return Replied(ReplyOutcome(given))
    return replied(request, 200, json.dumps(given))


def _after_waiting(joined: JoinQueue, staffing: Staffing) -> QueueOutcome:
    if staffing is Staffing.AVAILABLE:
        return QueueOutcome.ANSWERED
    if staffing in (Staffing.NOBODY, Staffing.NO_MEMBERS) and joined.leave_when_no_agents:
        return QueueOutcome.NO_AGENTS
    return QueueOutcome.TIMEOUT


def _after_ringing(staffing: Staffing) -> RingOutcome:
    match staffing:
        case Staffing.AVAILABLE:
            return RingOutcome.ANSWERED
        case Staffing.ALL_BUSY:
            return RingOutcome.BUSY
        case Staffing.ALL_AWAY | Staffing.NOBODY | Staffing.NO_MEMBERS:
            return RingOutcome.AWAY
        case _:
            assert_never(staffing)


def _as_sent(keys: str, action: Action | None) -> str:
    """The telephone line keeps the key that ends an entry to itself, and listens no longer than it was asked to."""
    finish, most = getattr(action, "finish_key", ""), getattr(action, "max_keys", 0)
    ended = keys.removesuffix(finish) if finish and len(keys) > 1 else keys
    return ended[:most] if most else ended


def _pressed(keys: str) -> Iterator[Event]:
    yield KeysPressed(keys)
    for event in every_event():
        if "key" in vars(event) and any("key" in str(value) for value in vars(event).values()):
            yield _but(event, "key", keys)
    yield VoicemailTaken(5.0, events.VoicemailEnd.KEY)


def _spoken(text: str) -> Iterator[Event]:
    for event in every_event():
        for name in SPOKEN_FIELDS & vars(event).keys():
            yield _but(event, name, text)
    yield VoicemailTaken(round(1 + len(text.split()) / WORDS_PER_SECOND, 1))


def _but(event: Any, name: str, value: str) -> Event:
    """The event with one text in it; whichever kind has such a field."""
    changed: Event = dataclasses.replace(event, **{name: value})
    return changed


def _samples(kind: type[Any]) -> Iterator[Event]:
    """Events of one kind: every outcome, and for the rest the default or something small."""
    hints = get_type_hints(kind)
    choices = {one.name: _values(one, hints[one.name]) for one in dataclasses.fields(kind)}
    for values in product(*choices.values()):
        yield kind(**dict(zip(choices, values, strict=True)))


def _values(field: dataclasses.Field[Any], type_: Any) -> list[Any]:
    if isinstance(type_, EnumMeta):
        return list(type_)
    if field.default is not dataclasses.MISSING:
        return [field.default]
    if field.default_factory is not dataclasses.MISSING:
        return [field.default_factory()]
    return [{str: "1", float: 5.0, int: 1, bool: True}.get(type_, ())]


def _plainly(value: Any) -> str:
    """A value without brackets: pairs of a name and a value one after the other."""
    if isinstance(value, tuple):
        return ", ".join(" ".join(map(str, one)) if isinstance(one, tuple) else str(one) for one in value)
    return str(value)


def _in_words(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", " ", name).lower()
