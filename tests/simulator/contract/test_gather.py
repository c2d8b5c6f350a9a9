"""Twilio's page: voice/twiml/gather."""

import pytest

from simulator.hearing import Sound
from tests.simulator.contract.rows import proves
from tests.simulator.pages import NUMBER, Shop, open_shop

MENU = '<Gather action="/keys" {0}><Say>Choose now please</Say></Gather><Say>nothing came</Say>'


def menu(attributes: str = "") -> Shop:
    return open_shop(voice=MENU.format(attributes), keys="<Say>thanks</Say>")


@proves("Gather action")
def test_the_keys_arrive_at_the_action_without_the_finishing_key() -> None:
    shop = menu()

    caller = shop.sim.call(NUMBER)
    caller.hears("Choose")
    caller.presses("42#")
    caller.hears("thanks")

    assert shop.pages.last("/keys")["Digits"] == "42"
    shop.sim.assert_quiet()


@proves("Gather numDigits")
def test_num_digits_ends_the_collecting() -> None:
    shop = menu('numDigits="2"')

    caller = shop.sim.call(NUMBER)
    caller.hears("Choose")
    caller.presses("123")
    caller.hears("thanks", within=1)

    assert shop.pages.last("/keys")["Digits"] == "12"


@proves("Gather timeout")
def test_after_the_timeout_the_keys_pressed_so_far_are_sent() -> None:
    shop = menu('timeout="3"')

    caller = shop.sim.call(NUMBER)
    caller.hears("Choose")
    caller.presses("7")
    pressed_at = shop.sim.now
    line = caller.hears("thanks")

    assert shop.pages.last("/keys")["Digits"] == "7"
    assert line.at - pressed_at == pytest.approx(3)


def test_every_key_starts_the_timeout_again() -> None:
    shop = menu('timeout="3"')

    caller = shop.sim.call(NUMBER)
    caller.hears("Choose")
    caller.presses("1")
    caller.waits(2.5)
    caller.presses("2")
    caller.waits(2.5)
    caller.presses("3")
    caller.hears("thanks")

    assert shop.pages.last("/keys")["Digits"] == "123"


def test_the_timeout_begins_after_the_prompts() -> None:
    shop = menu('timeout="5"')

    caller = shop.sim.call(NUMBER)
    prompt = caller.hears("Choose")
    line = caller.hears("nothing came")

    assert line.at - (prompt.until or 0) == pytest.approx(5)


def test_without_input_no_request_is_made_and_the_next_verb_follows() -> None:
    shop = menu()

    shop.sim.call(NUMBER).hears("nothing came")

    assert shop.pages.to("/keys") == []


@proves("Gather actionOnEmptyResult")
def test_with_action_on_empty_result_silence_is_an_answer() -> None:
    shop = menu('actionOnEmptyResult="true"')

    shop.sim.call(NUMBER).hears("thanks")

    assert shop.pages.last("/keys")["Digits"] == ""


def test_the_finishing_key_alone_is_no_input() -> None:
    shop = menu()

    caller = shop.sim.call(NUMBER)
    caller.hears("Choose")
    caller.presses("#")
    caller.hears("nothing came", within=1)

    assert shop.pages.to("/keys") == []


@proves("Gather finishOnKey")
def test_an_empty_finish_on_key_makes_the_hash_a_key() -> None:
    shop = menu('finishOnKey="" numDigits="2"')

    caller = shop.sim.call(NUMBER)
    caller.hears("Choose")
    caller.presses("#1")
    caller.hears("thanks")

    assert shop.pages.last("/keys")["Digits"] == "#1"


def test_any_key_stops_the_prompts() -> None:
    shop = open_shop(
        voice='<Gather action="/keys" numDigits="2"><Say loop="0">on and on</Say><Say>never</Say></Gather>',
        keys="<Say>thanks</Say>",
    )

    caller = shop.sim.call(NUMBER)
    caller.hears("on and on")
    caller.presses("1")
    caller.waits(1)
    caller.presses("2")
    caller.hears("thanks")

    assert "never" not in [line.text for line in caller.transcript]


def test_without_an_action_the_current_document_is_asked_again() -> None:
    shop = open_shop(
        voice=lambda form: (
            f"<Say>got {form['Digits']}</Say>" if "Digits" in form else '<Gather numDigits="1"/>'
        )
    )

    caller = shop.sim.call(NUMBER)
    caller.waits(1)
    caller.presses("5")

    caller.hears("got 5")


def test_keys_pressed_before_the_gather_are_lost() -> None:
    shop = open_shop(
        voice='<Say>First a long sentence</Say><Gather action="/keys" timeout="1"/><Say>nothing came</Say>'
    )

    caller = shop.sim.call(NUMBER)
    caller.hears("First")
    caller.presses("1")

    caller.hears("nothing came")


def test_only_say_play_and_pause_may_be_nested() -> None:
    shop = open_shop(voice='<Gather timeout="1"><Redirect>/x</Redirect></Gather><Say>on</Say>')

    shop.sim.call(NUMBER).hears("on")

    assert shop.sim.debugger.codes() == [13320]


@proves("Gather method")
@pytest.mark.parametrize(("attribute", "code"), [
    ('timeout="soon"', 13313),
    ('numDigits="0"', 13314),
    ('finishOnKey="x"', 13310),
    ('actionOnEmptyResult="maybe"', 13338),
    ('input="thoughts"', 13326),
    ('method="PUT"', 13312),
])  # fmt: skip
def test_a_wrong_value_is_a_warning_and_the_default_counts(attribute: str, code: int) -> None:
    shop = menu(attribute)

    caller = shop.sim.call(NUMBER)
    caller.hears("Choose")
    caller.presses("1#")
    caller.hears("thanks")

    assert shop.sim.debugger.codes() == [code]
    assert shop.pages.to("/keys")[0].method == "POST"


def test_a_hang_up_while_gathering_asks_for_nothing() -> None:
    shop = menu()

    caller = shop.sim.call(NUMBER)
    caller.hears("Choose")
    caller.hangs_up()
    caller.waits(20)

    assert shop.pages.to("/keys") == []
    assert [line.kind for line in caller.transcript] == [Sound.RINGING, Sound.SAY]
