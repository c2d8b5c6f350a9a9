"""Twilio's page: voice/twiml/gather, speech."""

import pytest

from tests.simulator.contract.rows import proves
from tests.simulator.pages import NUMBER, Shop, open_shop

ASK = '<Gather action="/said" {0}><Say>What can we do for you today</Say></Gather><Say>nothing came</Say>'


def listening(attributes: str = 'input="speech"') -> Shop:
    return open_shop(voice=ASK.format(attributes), said="<Say>understood</Say>", partial="")


@proves("Gather input")
def test_words_arrive_as_speech_result_with_a_confidence() -> None:
    shop = listening()

    caller = shop.sim.call(NUMBER)
    caller.hears("What can we")
    caller.waits(3)
    caller.says("where is my parcel", confidence=0.7)
    caller.hears("understood")

    said = shop.pages.last("/said")
    assert (said["SpeechResult"], said["Confidence"]) == ("where is my parcel", "0.7")
    assert "Digits" not in said
    shop.sim.assert_quiet()


@proves("Gather speechTimeout")
@pytest.mark.parametrize(("attribute", "seconds"), [
    ('timeout="4"', 4), ('timeout="4" speechTimeout="2"', 2), ('speechTimeout="auto"', 1),
])  # fmt: skip
def test_speech_has_ended_after_the_speech_timeout_which_is_the_timeout_unless_given(
    attribute: str, seconds: int
) -> None:
    shop = listening(f'input="speech" {attribute}')

    caller = shop.sim.call(NUMBER)
    caller.hears("What can we")
    caller.waits(3)
    caller.says("parcel", seconds=2)
    spoken_at = shop.sim.now + 2
    line = caller.hears("understood")

    assert line.at - spoken_at == pytest.approx(seconds)


def test_words_in_several_breaths_are_one_result() -> None:
    shop = listening('input="speech" speechTimeout="3"')

    caller = shop.sim.call(NUMBER)
    caller.hears("What can we")
    caller.waits(3)
    caller.says("where is", seconds=1)
    caller.waits(3)
    caller.says("my parcel", seconds=1, confidence=0.5)
    caller.hears("understood")

    assert shop.pages.last("/said")["SpeechResult"] == "where is my parcel"
    assert shop.pages.last("/said")["Confidence"] == "0.5"


@proves("Gather maxSpeechTime")
def test_speech_is_cut_off_after_the_longest_speech_time() -> None:
    shop = listening('input="speech" maxSpeechTime="5"')

    caller = shop.sim.call(NUMBER)
    caller.hears("What can we")
    caller.waits(3)
    caller.says("a very long story", seconds=50)
    began = shop.sim.now
    line = caller.hears("understood")

    assert line.at - began == pytest.approx(5)


@proves("Gather bargeIn")
@pytest.mark.parametrize(("attribute", "cut"), [("", True), ('bargeIn="false"', False)])
def test_words_stop_the_prompt_unless_barge_in_is_false(attribute: str, cut: bool) -> None:
    shop = listening(f'input="speech" {attribute}')

    caller = shop.sim.call(NUMBER)
    line = caller.hears("What can we")
    caller.waits(0.5)
    caller.says("stop", seconds=0.5)
    caller.hears("understood")

    assert ((line.until or 0) - line.at < 1) is cut


def test_of_keys_and_words_the_first_kind_counts() -> None:
    shop = listening('input="dtmf speech" numDigits="3"')

    caller = shop.sim.call(NUMBER)
    caller.hears("What can we")
    caller.presses("1")
    caller.says("and words")
    caller.hears("understood")
    assert shop.pages.last("/said")["Digits"] == "1"

    caller = shop.sim.call(NUMBER)
    caller.hears("What can we")
    caller.says("only words", seconds=1)
    caller.presses("1#")
    caller.hears("understood")
    assert shop.pages.last("/said")["SpeechResult"] == "only words"


def test_keys_are_not_heard_by_a_gather_for_speech_nor_words_by_one_for_keys() -> None:
    shop = listening()
    caller = shop.sim.call(NUMBER)
    caller.hears("What can we")
    caller.presses("1")
    caller.hears("nothing came")

    shop = listening("")
    caller = shop.sim.call(NUMBER)
    caller.hears("What can we")
    caller.says("hello")
    caller.hears("nothing came")

    assert shop.pages.to("/said") == []


def test_silence_is_an_empty_speech_result_with_action_on_empty_result() -> None:
    shop = listening('input="speech" actionOnEmptyResult="true"')

    shop.sim.call(NUMBER).hears("understood")

    assert shop.pages.last("/said")["SpeechResult"] == ""


@proves("Gather partialResultCallback", "Gather partialResultCallbackMethod")
def test_partial_results_are_told_while_the_caller_speaks_and_their_answer_is_ignored() -> None:
    shop = listening('input="speech" speechTimeout="3" partialResultCallback="/partial"')

    caller = shop.sim.call(NUMBER)
    caller.hears("What can we")
    caller.says("where is", seconds=1)
    caller.waits(2)
    caller.says("my parcel", seconds=1)
    caller.hears("understood")

    forms = shop.pages.forms("/partial")
    assert [form["UnstableSpeechResult"] for form in forms] == ["where is", "my parcel"]
    assert [form["SequenceNumber"] for form in forms] == ["0", "1"]
    assert shop.pages.to("/partial")[0].method == "POST"


@proves("Gather language", "Gather hints", "Gather speechModel", "Gather profanityFilter")
@pytest.mark.parametrize(("attribute", "code"), [
    ('speechTimeout="soon"', 13327),
    ('maxSpeechTime="61"', 13328),
    ('partialResultCallbackMethod="PUT"', 13329),
    (f'hints="{"x" * 101}"', 13330),
    ('language="Klingon!"', 13331),
    ('bargeIn="perhaps"', 13332),
    ('profanityFilter="perhaps"', 13333),
    ('speechModel="telepathy"', 13334),
    ('speechModel="default" speechTimeout="auto"', 13335),
])  # fmt: skip
def test_a_wrong_value_is_a_warning_and_the_default_counts(attribute: str, code: int) -> None:
    shop = listening(f'input="speech" {attribute}')

    caller = shop.sim.call(NUMBER)
    caller.hears("What can we")
    caller.says("hello")
    caller.hears("understood")

    assert shop.sim.debugger.codes() == [code]
