"""What is said, in one language or in several."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Texts:
    """The same words in several languages, by tag such as en-US, in the order of the file."""

    by_language: tuple[tuple[str, str], ...]


Words = str | Texts


def in_language(text: Texts, language: str, usual: str) -> tuple[str, str]:
    """The language in which a text will be spoken, and the text: as wished, else in the flow's own, else in the first."""
    known = dict(text.by_language)
    for wanted in (language, language.split("-")[0], usual):
        if wanted in known:
            return wanted, known[wanted]
    return text.by_language[0]


def wordings(text: Words) -> Iterator[tuple[str, str]]:
    """Every wording with its language; a plain text has none ("")."""
    yield from (("", text),) if isinstance(text, str) else text.by_language
