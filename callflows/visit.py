"""One call at one step: what the step may know, and how it speaks and remembers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import phonenumbers

from callflows.actions import Say
from callflows.memory import with_more
from callflows.session import Session
from callflows.templates import FIELDS, MAX_TEXT, MAX_VALUE, digit_by_digit, fill
from callflows.texts import Words, in_language
from callflows.words import WITHHELD
from callflows.words import in_language as sentence_in
from callflows.world import NOWHERE, World

if TYPE_CHECKING:
    from callflows.flow import Flow

# The session travels inside an address of at most 1,024 characters; this leaves room for everything else in it.
REMEMBERED_BYTES = 300
_pack = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
BOTH = "both"
SPOKEN_BY_DIGIT = ("caller", "number")


class StepFailed(Exception):
    """A step cannot do its work; the call goes on at the flow's fallback."""


@dataclass(frozen=True)
class Visit:
    """One call at one step, at one moment."""

    flow: "Flow"
    session: Session
    now: float
    world: World = NOWHERE

    @property
    def language(self) -> str:
        """What is spoken now."""
        return self.session.language or self.flow.language

    @property
    def records(self) -> bool:
        """Whether talks of this call are recorded from here on."""
        decided = self.session.records
        return self.flow.recording.on if decided is None else decided

    @property
    def side(self) -> str:
        """The only side of talks that is recorded from here on, caller or agent; empty for both."""
        side = self.session.side or self.flow.recording.who
        return "" if side == BOTH else side

    def say(self, text: Words, language: str | None = None, voice: str | None = None) -> Say:
        """Words in the call's language and its voice unless told otherwise, with their fields filled in."""
        flow = self.flow
        speaks = language or self.session.language or flow.language
        if not isinstance(text, str):
            speaks, text = in_language(text, speaks, flow.language)
        usual = flow.voice_for(speaks)
        if "{" not in text:
            return Say(text[:MAX_TEXT], speaks, voice or usual)
        return Say(fill(text, lambda name: self._spoken(name, speaks)), speaks, voice or usual)

    def sound(self, name: str) -> str:
        """The path of a sound, in the call's language; raises StepFailed."""
        sound = self.flow.audio.get(name)
        if sound is None:
            raise StepFailed(f"there is no sound '{name}'")
        return sound if isinstance(sound, str) else in_language(sound, self.language, self.flow.language)[1]

    def message(self, text: Words) -> str:
        """Words to read, in the call's language, with their fields as they are."""
        return self.write(
            text if isinstance(text, str) else in_language(text, self.language, self.flow.language)[1]
        )

    def write(self, text: str) -> str:
        """A text that is not spoken, with its fields filled in as they are."""
        return fill(text, self.value) if "{" in text else text

    def write_address(self, text: str) -> str:
        """An address with its fields filled in and encoded, so that none can lead to another path."""

        def encoded(name: str) -> str | None:
            value = self.value(name)
            return None if value is None else quote(value[:MAX_VALUE], safe="")

        return fill(text, encoded, limit=MAX_TEXT)

    def value(self, name: str) -> str | None:
        """A field or variable as plain text, empty when the call has none; None when there is no such field."""
        match name:
            case "merchant":
                return self.flow.name
            case "language":
                return self.language
            case "country":
                return country_of(self.session.value("caller"))
        known = name in FIELDS or name in self.flow.memory.names
        return self.session.value(name) or ("" if known else None)

    def remembering(self, values: Mapping[str, str]) -> dict[str, Any]:
        """The change of session that sets variables, each cut to 80 characters; raises StepFailed when it gets too much."""
        kept = {name: value[:MAX_VALUE] for name, value in values.items()}
        variables = with_more(self.session.variables, kept)
        if len(_pack(variables).encode()) > REMEMBERED_BYTES:
            raise StepFailed(f"the call would have to remember more than {REMEMBERED_BYTES} bytes")
        return {"variables": variables}

    def after(self, changes: Mapping[str, Any]) -> "Visit":
        """The same visit with these changes of the session made already."""
        return replace(self, session=self.session.but(**changes))

    def _spoken(self, name: str, language: str) -> str | None:
        value = self.value(name)
        if name == "caller" and not value:
            return sentence_in(WITHHELD, language)
        if value and (name in SPOKEN_BY_DIGIT or name in self.flow.memory.by_digit):
            return digit_by_digit(value)
        return value


def country_of(number: str | None) -> str:
    """The two letters of the country that a number (E.164) belongs to; empty when there is none."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number or "")) or ""
    except phonenumbers.NumberParseException:
        return ""
