"""A played call as text: what the caller heard, what was done, and the steps in between."""

import dataclasses
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from callflows.actions import Action, AskKeys, HangUp, Play, Say
from callflows.engine import Turn
from callflows.events import Event, caller_is_gone
from callflows.kinds import spoken_time
from callflows.notes import Note, NoteKind
from callflows.tools.happenings import words_of
from callflows.tools.rehearsal import Rehearsal, Stretch

TOLD_OTHERWISE = frozenset(
    {NoteKind.MESSAGE_PLAYED, NoteKind.CONSENT_ANNOUNCED, NoteKind.MENU_PRESENTED, NoteKind.OPTION_SELECTED}
)


def transcript(call: Rehearsal) -> str:
    """The whole call, ending in a newline."""
    lines = [opening(call), *(line for stretch in call.stretches for line in lines_of(stretch))]
    return "\n".join([*lines, closing(call)]) + "\n"


def opening(call: Rehearsal) -> str:
    """Who calls whom, and when, by the merchant's clock."""
    local = datetime.fromtimestamp(call.scene.at, UTC).astimezone(ZoneInfo(call.flow.timezone))
    who = call.scene.caller or "a withheld number"
    return f"{who} calls {call.flow.name}, {local:%A %Y-%m-%d %H:%M} ({call.flow.timezone})"


def closing(call: Rehearsal) -> str:
    """Where the call stands after all."""
    if not call.is_over:
        return f"the call waits at {call.turn.session.step}" if call.turn.session else ""
    last = call.stretches[-1].event
    gone = last is not None and caller_is_gone(last)
    return "the caller hung up" if gone else "the call is over"


def lines_of(stretch: Stretch) -> Iterator[str]:
    """One turn: what led to it, the steps, and what was heard and done."""
    if stretch.event is not None:
        yield f"> {happened(stretch.event, stretch.typed)}"
    yield from after(stretch.turn)


def after(turn: Turn) -> Iterator[str]:
    """What a turn did, without what led to it."""
    if turn.path:
        yield f"  {' > '.join(_step(name, turn.notes) for name in turn.path)}"
    for note in turn.notes:
        if note.kind is NoteKind.FLOW_FAILED:
            yield f"  failed   {note.step}: {note.data.get('reason', '')}"
    for action in turn.actions:
        yield from heard(action)


def heard(action: Action) -> Iterator[str]:
    """One action in words; kinds that nobody foresaw tell their fields."""
    match action:
        case Say(text, _, voice):
            yield f"  says     {text}{f' ({voice})' if voice else ''}"
        case Play(audio):
            yield f"  plays    {audio}"
        case AskKeys(prompts):
            for prompt in prompts:
                yield from heard(prompt)
            yield f"  listens  {_details(action, but=('prompts',))}"
        case HangUp():
            yield "  hangs up"
        case _:
            yield from _prompts(action)
            yield f"  {_name(action)}: {_details(action, but=('prompts',))}".rstrip(": ")


def spoken(action: Action) -> Iterator[str]:
    """The words of an action, if it has any, those of its prompts too."""
    if isinstance(action, Say):
        yield action.text
    for prompt in getattr(action, "prompts", ()):
        yield from spoken(prompt)


def happened(event: Event, typed: str = "") -> str:
    """What led to a turn; the words somebody typed, when there are any, else the event's own."""
    plain = words_of(event)
    words = " ".join(typed.split())
    return f'"{words}" ({plain})' if words and " " in words and words != plain else plain


def _prompts(action: Action) -> Iterator[str]:
    for prompt in getattr(action, "prompts", ()):
        yield from heard(prompt)


def _step(name: str, notes: tuple[Note, ...]) -> str:
    """A step, with what it found out; a step that failed says so."""
    found = [
        value
        for note in notes
        if note.step == name and note.kind not in TOLD_OTHERWISE and "result" in note.data
        for value in [note.data["result"]]
    ]
    return f"{name} ({found[0]})" if found else name


def _details(action: Action, but: tuple[str, ...] = ()) -> str:
    """The fields that differ from their defaults and every time, the first without its name; never what nobody may see."""
    told = []
    for index, field in enumerate(dataclasses.fields(action)):
        value = getattr(action, field.name)
        if (
            field.name in but
            or not field.repr
            or (index and value == _default(field) and not (value and "seconds" in field.name))
        ):
            continue
        name = field.name.removesuffix("_seconds").replace("_", " ")
        text = spoken_time(value) if field.name.endswith("_seconds") else _plain(value)
        told.append(text if index == 0 else f"{name} {text}" if text else name)
    return ", ".join(told)


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


def _plain(value: Any) -> str:
    match value:
        case True:
            return ""
        case False:
            return "no"
        case tuple() | list():
            return " ".join(_plain(one) for one in value)
        case _:
            return str(value)


def _name(action: Action) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", " ", type(action).__name__).lower()
