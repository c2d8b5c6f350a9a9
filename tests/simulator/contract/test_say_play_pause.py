"""Twilio's pages: voice/twiml/say, /play, /pause."""

import pytest

from simulator.hearing import Sound
from tests.simulator.contract.rows import proves
from tests.simulator.pages import NUMBER, Reply, open_shop, wav


def test_the_end_of_the_document_hangs_up() -> None:
    shop = open_shop(voice="<Say>Good day</Say>")

    caller = shop.sim.call(NUMBER)
    caller.hears("Good day")
    caller.ends()

    assert caller.state == "completed"
    shop.sim.assert_quiet()


@proves("Say loop")
@pytest.mark.parametrize(("loop", "times"), [("", 1), ('loop="1"', 1), ('loop="3"', 3)])
def test_say_repeats_as_often_as_loop_says(loop: str, times: int) -> None:
    shop = open_shop(voice=f"<Say {loop}>again</Say>")

    caller = shop.sim.call(NUMBER)
    caller.ends()

    assert [line.text for line in caller.transcript if line.kind is Sound.SAY] == ["again"] * times


def test_say_with_loop_0_goes_on_until_hang_up() -> None:
    shop = open_shop(voice='<Say loop="0">endless</Say>')

    caller = shop.sim.call(NUMBER)
    caller.waits(60)

    assert caller.state == "in-progress"
    assert len(caller.transcript) > 50


def test_speech_markup_is_spoken_without_its_tags_and_breaks_take_time() -> None:
    shop = open_shop(voice='<Say>one <break time="2s"/><emphasis>two</emphasis></Say><Say>after</Say>')

    caller = shop.sim.call(NUMBER)
    first = caller.hears("one two")
    second = caller.hears("after")

    assert second.at - first.at == pytest.approx(2.5)


def test_a_text_of_more_than_4096_characters_is_refused() -> None:
    shop = open_shop(voice=f"<Say>{'x' * 4097}</Say><Say>short</Say>")

    shop.sim.call(NUMBER).hears("short")

    assert shop.sim.debugger.codes() == [13521]


def test_an_empty_say_is_a_warning() -> None:
    shop = open_shop(voice="<Say></Say><Say>on</Say>")

    shop.sim.call(NUMBER).hears("on")

    assert shop.sim.debugger.codes() == [13520]


@pytest.mark.parametrize(("element", "code"), [
    ('<Say loop="many">a</Say>', 13510),
    ('<Play loop="-1">/tune.wav</Play>', 13410),
    ('<Pause length="long"/>', 13910),
    ('<Play digits="12x"/>', 13430),
])  # fmt: skip
def test_a_wrong_value_is_a_warning_and_the_default_counts(element: str, code: int) -> None:
    shop = open_shop(voice=element + "<Say>on</Say>")
    shop.pages["/tune.wav"] = wav(1)

    shop.sim.call(NUMBER).hears("on")

    assert shop.sim.debugger.codes() == [code]


@proves("Play loop")
def test_play_lasts_as_long_as_the_sound() -> None:
    shop = open_shop(voice="<Play>/tune.wav</Play><Say>after</Say>")
    shop.pages["/tune.wav"] = wav(7.25)

    caller = shop.sim.call(NUMBER)
    tune = caller.hears("/tune.wav")
    after = caller.hears("after")

    assert after.at - tune.at == pytest.approx(7.25)
    shop.sim.assert_quiet()


def test_play_is_fetched_by_get_and_relative_to_the_document() -> None:
    shop = open_shop(voice="<Play>../tune.wav</Play>")
    shop.pages["/tune.wav"] = wav(1)

    shop.sim.call(NUMBER).ends()

    assert [asked.method for asked in shop.pages.to("/tune.wav")] == ["GET"]


def test_a_sound_with_an_etag_is_asked_about_and_not_loaded_again() -> None:
    shop = open_shop(voice="<Play>/tune.wav</Play><Play>/tune.wav</Play>")
    tune = wav(1)
    answers = iter([Reply(tune.body, 200, "audio/wav", (("ETag", '"1"'),)), Reply(b"", 304)])
    shop.pages["/tune.wav"] = lambda form: next(answers)

    caller = shop.sim.call(NUMBER)
    caller.ends()

    assert shop.pages.to("/tune.wav")[1].headers["If-None-Match"] == '"1"'
    assert [line.text for line in caller.transcript if line.kind is Sound.PLAY] == ["/tune.wav"] * 2


def test_a_fresh_sound_is_not_asked_for_again() -> None:
    shop = open_shop(voice="<Play>/tune.wav</Play><Play>/tune.wav</Play>")
    shop.pages["/tune.wav"] = Reply(wav(1).body, 200, "audio/wav", (("Cache-Control", "max-age=60"),))

    shop.sim.call(NUMBER).ends()

    assert len(shop.pages.to("/tune.wav")) == 1


def test_what_is_no_sound_cannot_be_played() -> None:
    shop = open_shop(voice="<Play>/page</Play>")
    shop.pages["/page"] = Reply(b"<html/>", type="text/html")

    shop.sim.call(NUMBER).hears("application error has occurred")

    assert shop.sim.debugger.codes() == [13420]


@proves("Play digits")
def test_play_sends_digits_each_w_waiting_half_a_second() -> None:
    shop = open_shop(voice='<Play digits="ww12"/><Say>after</Say>')

    caller = shop.sim.call(NUMBER)
    after = caller.hears("after")

    assert caller.leg.answered_at is not None
    assert after.at - caller.leg.answered_at == pytest.approx(1.5)


@proves("Pause length")
def test_pause_waits_silently_for_its_length() -> None:
    shop = open_shop(voice='<Say>one</Say><Pause length="4"/><Pause/><Say>two</Say>')

    caller = shop.sim.call(NUMBER)
    one = caller.hears("one")
    two = caller.hears("two")

    assert two.at - one.at == pytest.approx(0.5 + 4 + 1)


def test_a_pause_as_first_verb_delays_picking_up() -> None:
    shop = open_shop(voice='<Pause length="5"/><Say>hello</Say>')

    caller = shop.sim.call(NUMBER)
    caller.waits(4.9)
    ringing = caller.state
    caller.hears("hello")

    assert ringing == "ringing"
    assert caller.leg.answered_at == caller.leg.created_at + 5


@proves("Say voice", "Say language")
@pytest.mark.parametrize(("attribute", "code"), [
    ('voice="alice"', 0), ('voice="man"', 0), ('voice="Polly.Joanna-Neural"', 0), ('voice="Google.en-GB-Standard-A"', 0),
    ('voice="robot"', 13511),
    ('language="pt-BR"', 0), ('language="English, please"', 13512),
])  # fmt: skip
def test_an_unknown_voice_or_language_is_a_warning_and_the_words_are_spoken(
    attribute: str, code: int
) -> None:
    shop = open_shop(voice=f"<Say {attribute}>hello there</Say>")

    shop.sim.call(NUMBER).hears("hello there")

    assert shop.sim.debugger.codes() == ([code] if code else [])


def test_a_polly_voice_speaks_at_most_3000_characters() -> None:
    shop = open_shop(voice=f"<Say voice='Polly.Amy'>{'a' * 3001}</Say><Say>next</Say>")

    shop.sim.call(NUMBER).hears("next", within=1)

    assert shop.sim.debugger.codes() == [13521]


@pytest.mark.parametrize(("element", "code"), [
    ('<Say voice="robot">a</Say>', 13321), ('<Say loop="many">a</Say>', 13322), ("<Play>/page</Play>", 13325),
])  # fmt: skip
def test_in_a_gather_say_and_play_have_codes_of_their_own(element: str, code: int) -> None:
    shop = open_shop(voice=f"<Gather timeout='1'>{element}</Gather>", page="")

    shop.sim.call(NUMBER).ends()

    assert shop.sim.debugger.codes() == [code]


def test_substitutes_are_spoken_instead_of_the_words() -> None:
    shop = open_shop(voice='<Say>Welcome to <sub alias="World Wide Web">WWW</sub> today</Say>')

    line = shop.sim.call(NUMBER).hears("Welcome")

    assert line.text == "Welcome to World Wide Web today"
    shop.sim.assert_quiet()


@pytest.mark.parametrize(("pause", "seconds"), [
    ('time="3s"', 3.0), ('time="500ms"', 0.5), ('strength="x-strong"', 1.0), ('strength="none"', 0.0),
])  # fmt: skip
def test_breaks_take_their_time(pause: str, seconds: float) -> None:
    words = "exactly thirty characters long"
    shop = open_shop(voice=f"<Say>{words}<break {pause}/></Say><Say>next</Say>")

    caller = shop.sim.call(NUMBER)
    line = caller.hears(words)
    caller.hears("next")

    assert (line.until or 0) - line.at == pytest.approx(2.0 + seconds)


def test_unknown_speech_markup_is_a_warning_and_its_words_are_still_spoken() -> None:
    shop = open_shop(voice="<Say>Your <b>parcel</b> has arrived</Say>")

    line = shop.sim.call(NUMBER).hears("Your")

    assert line.text == "Your parcel has arrived"
    assert shop.sim.debugger.codes() == [12200]
