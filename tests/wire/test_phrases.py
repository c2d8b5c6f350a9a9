"""What we say ourselves is said in every language that a flow may speak, with the same blanks."""

from string import Formatter

import pytest

from voice.phrases import PHRASES, Phrase, phrase

LANGUAGES = {"en", "de", "fr", "es", "it", "nl", "pt"}
WITHOUT_A_FLOW = {"unknown_number"}  # nobody can know the language of a number that is nobody's


def blanks(sentence: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(sentence)} - {None}


@pytest.mark.parametrize("name", sorted(set(PHRASES) - WITHOUT_A_FLOW))
def test_a_sentence_is_said_in_every_language(name: Phrase) -> None:
    assert set(PHRASES[name]) == LANGUAGES
    assert {frozenset(blanks(sentence)) for sentence in PHRASES[name].values()} == {
        frozenset(blanks(PHRASES[name]["en"]))
    }


def test_a_language_that_we_do_not_speak_is_answered_in_english() -> None:
    assert phrase("next", "fi-FI") == phrase("next", "en-US")
    assert phrase("place", "nl-BE", place=3) == "U bent nummer 3 in de wachtrij."
