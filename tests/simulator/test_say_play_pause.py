"""Twilio's pages: voice/twiml/say, /play, /pause."""

import pytest

from simulator.hearing import Sound
from tests.simulator.pages import NUMBER, Reply, open_shop, wav


def test_the_end_of_the_document_hangs_up() -> None:
    shop = open_shop(voice="<Say>Good day</Say>")

    caller = shop.sim.call(NUMBER)
    caller.hears("Good day")
    caller.ends()

    assert caller.state == "completed"
    shop.sim.assert_quiet()


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


def test_play_sends_digits_each_w_waiting_half_a_second() -> None:
    shop = open_shop(voice='<Play digits="ww12"/><Say>after</Say>')

    caller = shop.sim.call(NUMBER)
    after = caller.hears("after")

    assert after.at - caller.leg.answered_at == pytest.approx(1.5)  # type: ignore[operator]


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
