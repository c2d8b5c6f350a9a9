"""Texts that a stranger chose, made safe to keep and to show: capped, control characters turned into visible signs."""

import re
from functools import lru_cache

from voice.heard import Party

MAX_NAME = 128
MAX_SPEECH = 1000

# Values that stand for "no caller id" (Twilio sends words, or words spelt on a phone's keypad as a number).
_WITHHELD_WORDS = (
    "anonymous",
    "unknown",
    "restricted",
    "private",
    "blocked",
    "unavailable",
    "withheld",
    "no caller id",
)
_KEYPAD = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
_WITHHELD_NUMBERS = frozenset("+" + word.translate(_KEYPAD) for word in _WITHHELD_WORDS if word.isalpha())
_E164 = re.compile(r"\+[1-9][0-9]{1,14}").fullmatch

# The control pictures of Unicode (U+2400 to U+2421) show a control character without being one.
_PICTURES = {code: 0x2400 + code for code in range(32)} | {127: 0x2421}
_UNSPEAKABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2400-\u2421\ufffd]")
_JOINERS = "\u200c\u200d"


def legible(text: str, cap: int = MAX_NAME) -> str:
    """The text, capped, each control character as its picture, other invisible characters as U+FFFD."""
    text = text[:cap]
    if text.isprintable():
        return text
    return "".join(map(_sign, text))


def speakable(text: str) -> str:
    """The text for a voice: without control characters and the signs that `legible` put in, in single blanks."""
    return " ".join(_UNSPEAKABLE.sub(" ", text).split())


@lru_cache(maxsize=8192)
def party(text: str) -> Party:
    """Who stands behind a From or To."""
    is_withheld = (
        text in _WITHHELD_NUMBERS or any(word in text.lower() for word in _WITHHELD_WORDS) or not text
    )
    number = text if not is_withheld and _E164(text) else None
    return Party(number, legible(text), is_withheld)


def _sign(character: str) -> str:
    if character.isprintable() or character in _JOINERS:
        return character
    if character.isspace() and ord(character) > 127 and character not in "\x85\u2028\u2029":
        return " "
    return chr(_PICTURES.get(ord(character), 0xFFFD))
