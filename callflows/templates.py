"""Fields in texts: `{merchant}`, `{order}` and so on, from a list of known names; nothing is ever computed."""

import re
from collections.abc import Callable, Iterator

FIELD = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
MAX_VALUE = 80
MAX_TEXT = 4_000

FIELDS = {
    "merchant": "the merchant's name",
    "caller": "the caller's number; digit by digit when it is spoken",
    "number": "the number that was dialled; digit by digit when it is spoken",
    "caller_name": "what the telephone network calls the caller, mostly nothing",
    "country": "the country of the caller's number, such as US; nothing when it is withheld",
    "language": "the language that is spoken now, such as en-US",
}


def fields_of(text: str) -> Iterator[str]:
    """The names in braces, known or not."""
    return (found[1] for found in FIELD.finditer(text))


def fill(text: str, value_of: Callable[[str], str | None], limit: int = MAX_VALUE) -> str:
    """The text with its fields filled in, once: a value is never read as a template. Unknown fields stay as typed."""

    def filled(found: re.Match[str]) -> str:
        value = value_of(found[1])
        return found[0] if value is None else value[:limit]

    return FIELD.sub(filled, text)[:MAX_TEXT]


def digit_by_digit(number: str) -> str:
    """A telephone number as it is read aloud."""
    return " ".join(number.removeprefix("+"))
