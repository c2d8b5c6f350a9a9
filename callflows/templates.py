"""Fields in spoken texts: `{merchant}` and a few more, from a fixed list; nothing is ever computed."""

import re
from collections.abc import Iterator, Mapping

FIELD = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
MAX_VALUE = 80
MAX_TEXT = 4_000

FIELDS = {
    "merchant": "the merchant's name",
    "caller": "the caller's number, digit by digit",
    "number": "the number that was dialled, digit by digit",
}


def fields_of(text: str) -> Iterator[str]:
    """The names in braces, known or not."""
    return (found[1] for found in FIELD.finditer(text))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its fields filled in, once: a value is never read as a template. Unknown fields stay as typed."""

    def value_of(found: re.Match[str]) -> str:
        return values[found[1]][:MAX_VALUE] if found[1] in values else found[0]

    return FIELD.sub(value_of, text)[:MAX_TEXT]


def digit_by_digit(number: str) -> str:
    """A telephone number as it is read aloud."""
    return " ".join(number.removeprefix("+"))
