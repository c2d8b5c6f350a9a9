"""Twilio's page: voice/twiml/record."""

import pytest

from simulator.handset import Caller
from simulator.hearing import Sound
from simulator.media import sound_seconds
from tests.simulator.contract.rows import proves
from tests.simulator.pages import NUMBER, Shop, open_shop

CALLBACK = 'recordingStatusCallback="/recorded"'


def mailbox(attributes: str = "") -> Shop:
    shop = open_shop(
        voice=f'<Say>speak</Say><Record action="/done" {CALLBACK} {attributes}/><Say>nothing recorded</Say>',
        done="<Say>thank you</Say>",
        recorded="",
    )
    return shop


def at_the_beep(shop: Shop) -> Caller:
    caller = shop.sim.call(NUMBER)
    shop.sim.run_until(lambda: shop.rest("GET", "Recordings.json")["recordings"], what="no recording began")
    return caller


@proves("Record timeout")
def test_a_message_ends_after_five_seconds_of_silence() -> None:
    shop = mailbox()
    caller = at_the_beep(shop)

    caller.says("my parcel is late", seconds=8)
    caller.hears("thank you")

    done = shop.pages.last("/done")
    assert (done["RecordingDuration"], done["Digits"]) == ("8", "")
    assert done["RecordingUrl"].endswith("/Recordings/" + done["RecordingSid"])
    assert [line.kind for line in caller.transcript][2] is Sound.BEEP
    shop.sim.assert_quiet()


@proves("Record finishOnKey", "Record action")
def test_a_key_ends_the_message_and_is_told() -> None:
    shop = mailbox('finishOnKey="#"')
    caller = at_the_beep(shop)

    caller.says("hello", seconds=3)
    caller.waits(1)
    caller.presses("5")
    caller.waits(1)
    caller.presses("#")
    caller.hears("thank you", within=1)

    assert shop.pages.last("/done")["Digits"] == "#"
    assert shop.pages.last("/done")["RecordingDuration"] == "2"


@proves("Record maxLength")
def test_the_longest_length_ends_the_message() -> None:
    shop = mailbox('maxLength="10"')
    caller = at_the_beep(shop)

    caller.says("on and on", seconds=60)
    caller.hears("thank you")

    assert shop.pages.last("/done")["RecordingDuration"] == "10"


def test_without_a_silence_limit_only_key_length_or_hang_up_end_it() -> None:
    shop = mailbox('timeout="0"')
    caller = at_the_beep(shop)
    caller.says("hello", seconds=2)

    caller.waits(600)

    assert shop.pages.to("/done") == []


def test_silence_limits_can_be_longer() -> None:
    shop = mailbox('timeout="9"')
    caller = at_the_beep(shop)

    caller.says("hello", seconds=2)
    caller.waits(8)
    caller.says("and one thing more", seconds=2)
    caller.hears("thank you")

    assert shop.pages.last("/done")["RecordingDuration"] == "10"


def test_a_hang_up_is_told_with_digits_hangup() -> None:
    shop = mailbox()
    caller = at_the_beep(shop)

    caller.says("call me", seconds=10)
    caller.waits(7)
    caller.hangs_up()
    shop.sim.advance(5)

    done = shop.pages.last("/done")
    assert (done["Digits"], done["CallStatus"], done["RecordingDuration"]) == ("hangup", "completed", "7")
    assert shop.pages.last("/recorded")["RecordingStatus"] == "completed"


def test_who_says_nothing_falls_through_to_the_next_verb() -> None:
    shop = mailbox()

    at_the_beep(shop).hears("nothing recorded")

    assert shop.pages.to("/done") == []


@proves("Record recordingStatusCallback")
def test_the_callback_comes_later_than_the_action() -> None:
    shop = mailbox()
    caller = at_the_beep(shop)
    caller.says("hello", seconds=2)
    caller.hears("thank you")
    early = list(shop.pages.to("/recorded"))

    shop.sim.advance(5)

    form = shop.pages.last("/recorded")
    assert early == []
    assert (form["RecordingStatus"], form["RecordingDuration"], form["RecordingChannels"]) == (
        "completed",
        "2",
        "1",
    )
    assert (form["RecordingSource"], form["CallSid"]) == ("RecordVerb", caller.sid)
    assert "From" not in form


@proves("Record trim")
@pytest.mark.parametrize(
    ("trim", "seconds"), [("", "4"), ('trim="trim-silence"', "4"), ('trim="do-not-trim"', "12")]
)
def test_silence_before_and_after_is_trimmed_unless_told_otherwise(trim: str, seconds: str) -> None:
    shop = mailbox(trim)
    caller = at_the_beep(shop)
    caller.waits(3)
    caller.says("hello", seconds=4)
    caller.hears("thank you")
    shop.sim.advance(5)

    media = shop.answer("GET", f"Recordings/{shop.pages.last('/done')['RecordingSid']}.wav")

    assert shop.pages.last("/done")["RecordingDuration"] == seconds
    assert round(sound_seconds(media.body)) == int(seconds)


@proves("Record playBeep")
def test_no_beep_when_it_is_switched_off() -> None:
    shop = mailbox('playBeep="false"')

    caller = at_the_beep(shop)

    assert Sound.BEEP not in [line.kind for line in caller.transcript]


@proves("Record method", "Record recordingStatusCallbackEvent")
@pytest.mark.parametrize(("attribute", "code"), [
    ('timeout="x"', 13611), ('maxLength="0"', 13612), ('finishOnKey="z"', 13613), ('playBeep="no"', 13616),
    ('trim="much"', 13699), ('method="PUT"', 13610), ('recordingStatusCallbackEvent="later"', 13621),
])  # fmt: skip
def test_a_wrong_value_is_a_warning(attribute: str, code: int) -> None:
    shop = mailbox(attribute)
    caller = at_the_beep(shop)

    caller.says("hello", seconds=2)
    caller.hears("thank you")

    assert shop.sim.debugger.codes() == [code]
