"""Twilio's pages: voice/twiml/record#transcribe and the transcription resource."""

import pytest

from tests.simulator.contract.rows import proves
from tests.simulator.pages import NUMBER, Shop, open_shop

FIELDS = [
    "account_sid", "api_version", "date_created", "date_updated", "duration", "price", "price_unit", "recording_sid",
    "sid", "status", "transcription_text", "type", "uri",
]  # fmt: skip


def mailbox(attributes: str = 'transcribe="true"') -> Shop:
    return open_shop(
        voice=f'<Record action="/done" transcribeCallback="/words" {attributes}/>', done="", words=""
    )


def leaves(shop: Shop, words: str, seconds: float) -> None:
    caller = shop.sim.call(NUMBER)
    caller.waits(1)
    caller.says(words, seconds=seconds)
    caller.waits(30)


@proves("Record transcribe", "Record transcribeCallback")
def test_the_words_of_a_recording_are_told_to_the_transcribe_callback() -> None:
    shop = mailbox()

    leaves(shop, "please call me back", 6)

    form = shop.pages.last("/words")
    assert (form["TranscriptionStatus"], form["TranscriptionText"]) == ("completed", "please call me back")
    assert form["TranscriptionSid"].startswith("TR")
    assert form["CallSid"] == shop.rest("GET", "Calls.json")["calls"][0]["sid"]
    shop.sim.assert_quiet()


def test_a_transcription_can_be_read_and_deleted_with_exactly_the_fields_of_the_spec() -> None:
    shop = mailbox()
    leaves(shop, "hello", 6)
    recording = shop.rest("GET", "Recordings.json")["recordings"][0]["sid"]

    (made,) = shop.rest("GET", f"Recordings/{recording}/Transcriptions.json")["transcriptions"]

    assert list(made) == FIELDS
    assert shop.rest("GET", f"Transcriptions/{made['sid']}.json") == made
    assert shop.answer("DELETE", f"Recordings/{recording}/Transcriptions/{made['sid']}.json").status == 204
    assert shop.answer("GET", f"Transcriptions/{made['sid']}.json").status == 404


def test_a_recording_of_two_seconds_or_less_is_not_transcribed() -> None:
    shop = mailbox()

    leaves(shop, "hi", 1.5)

    assert shop.pages.last("/words")["TranscriptionStatus"] == "failed"
    assert shop.sim.debugger.codes() == [13617]


@pytest.mark.parametrize(("attributes", "code"), [
    ('transcribe="perhaps"', 13614), ('transcribe="true" maxLength="121"', 13615),
])  # fmt: skip
def test_a_wrong_value_is_a_warning(attributes: str, code: int) -> None:
    shop = mailbox(attributes)

    leaves(shop, "hello", 6)

    assert shop.sim.debugger.codes() == [code]


def test_a_transcribed_recording_has_at_most_two_minutes() -> None:
    shop = mailbox()

    caller = shop.sim.call(NUMBER)
    caller.waits(1)
    caller.says("on and on", seconds=500)
    caller.waits(119)
    before = caller.is_over
    caller.ends()

    assert not before


def test_a_browser_records_at_most_ten_minutes() -> None:
    shop = open_shop(**{"voice/agent": "<Record action='/done'/>", "done": ""})

    leg = shop.sim.client("ann").connect()
    leg.waits(1)
    leg.says("on and on", seconds=5000)
    leg.ends(within=610)

    assert shop.pages.last("/done")["RecordingDuration"] == "600"


def test_a_transcribe_callback_has_to_be_a_web_address() -> None:
    shop = open_shop(voice='<Record action="/done" transcribeCallback="mailto:me"/>', done="")

    leaves(shop, "hello there", 6)

    assert shop.sim.debugger.codes() == [13257]
