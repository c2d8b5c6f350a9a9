"""Every document is well-formed, fits the official SDK's grammar, and says what it should."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callflows.actions import Action, AskKeys, Forward, HangUp, JoinQueue, Play, Say, TakeVoicemail
from tests.wire.grammar import faults
from voice import speak
from voice.links import MAX_LENGTH, OVERRIDES, Links, LinkTooLong
from voice.xml import Fragment

LINKS = Links("https://calls.example/desk")
TURN = LINKS.turn("AbC-_")
MUSIC = LINKS.audio("hold-0")

DOCUMENTS = {
    "prompts": speak.document(speak.say("Hello & <welcome>", "en-US", "Polly.Joanna"), speak.play(MUSIC)),
    "ask": speak.document(speak.ask_keys([speak.say("Press 1"), speak.play(MUSIC)], TURN, max_keys=4)),
    "enqueue": speak.document(speak.enqueue("q_1", LINKS.wait("wt_1"), LINKS.leg("ca_1"))),
    "waiting": speak.waiting_room(MUSIC, words=speak.say("You are next.", "en-US")),
    "waiting, keys": speak.waiting_room(MUSIC, words=speak.say("Press 1"), keys_url=LINKS.wait("wt_1")),
    "leave": speak.document(speak.leave()),
    "customer": speak.document(speak.join_as_customer("ca_1-1", LINKS, call_id="ca_1")),
    "customer in Ireland": speak.document(
        speak.join_as_customer("ca_1-1", LINKS, call_id="ca_1", record=False, ends_room=False, region="ie1")
    ),
    "agent": speak.document(speak.join_as_agent("ca_1-1", LINKS, participation_id="pa_1")),
    "voicemail": speak.document(speak.take_message(LINKS, TURN)),
    "forward": speak.document(
        speak.forward("+15550100", LINKS, TURN, caller_id="+15550199", max_seconds=3600)
    ),
    "hang up": speak.say_and_hang_up("Good bye."),
    "retry": speak.retry_later(LINKS.leg("ca_1"), words=speak.say("One moment.")),
    "hold": speak.hold([MUSIC, MUSIC], LINKS.hold("ca_1-1"), words=speak.say("Please hold.")),
    "apology": speak.apology("Sorry.", LINKS, TURN),
    "empty": speak.EMPTY,
}
ACTIONS: tuple[Action, ...] = (
    Say("Hello", "en-US"),
    Play("sounds/jingle.wav"),
    AskKeys((Say("Press 1", "en-US"), Play("beep.wav")), max_keys=2, wait_seconds=6, finish_key="#"),
    TakeVoicemail(60, 4),
    Forward("+15550100", 20),
    HangUp(),
)


def root(document: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(document)


def only(document: bytes, path: str) -> ElementTree.Element:
    found = root(document).findall(path)
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_document_fits_twimls_grammar(name: str) -> None:
    assert faults(DOCUMENTS[name]) == []


def test_the_grammar_finds_faults() -> None:
    wrong = speak.document(Fragment(b'<Say volume="9"/><Conference/><Dial><Number hold="1"/></Dial>'))

    assert faults(wrong) == [
        "Say has no attribute volume",
        "Conference may not stand in Response",
        "Number has no attribute hold",
    ]
    with pytest.raises(ElementTree.ParseError):
        faults(b"<Response><Say></Response>")


def test_a_document_starts_without_a_blank_and_is_utf8() -> None:
    document = speak.document(speak.say("Grüß Gott 你好 🎵"))

    assert document.startswith(b'<?xml version="1.0" encoding="UTF-8"?><Response>')
    assert only(document, "Say").text == "Grüß Gott 你好 🎵"


@given(
    st.text(alphabet=st.characters()) | st.text(alphabet="\x00\x08\x0b\x1f\ufffe\ud800<>&\"']]>\r\n\t\x85")
)
def test_any_callers_name_gives_a_legal_document(name: str) -> None:
    document = speak.document(
        speak.say(name, name, name), speak.forward(name, LINKS, "https://x/" + name), speak.redirect(name)
    )

    assert faults(document) == []


@pytest.mark.parametrize(
    "name", ["Bob\x00", "\x08Bob", "Bo\x0bb", "Bob\ufffe", "\ud800Bob", "<Bob/>", 'B"o&b']
)
def test_control_characters_and_markup_in_a_name_stay_harmless(name: str) -> None:
    spoken = only(speak.document(speak.say(f"You have a call from {name}.")), "Say").text

    assert spoken is not None
    assert spoken.startswith("You have a call from ")
    assert not set(spoken) & set("\x00\x08\x0b\ufffe\ud800")


def test_a_prompt_is_cut_where_voices_stop() -> None:
    spoken = only(speak.document(speak.say("x" * 5000)), "Say").text

    assert spoken == "x" * 3000


def test_words_of_nothing_are_not_spoken() -> None:
    assert speak.say("\x00 \x07") == b""


def test_silence_after_a_question_is_answered_and_a_gather_never_asks_its_own_page_again() -> None:
    gather = only(DOCUMENTS["ask"], "Gather")

    assert gather.attrib == {
        "input": "dtmf",
        "numDigits": "4",
        "timeout": "5",
        "finishOnKey": "#",
        "actionOnEmptyResult": "true",
        "action": TURN,
    }
    assert [child.tag for child in gather] == ["Say", "Play"]


def test_keys_in_the_waiting_room_interrupt_but_silence_plays_on() -> None:
    gather = only(DOCUMENTS["waiting, keys"], "Gather")

    assert "actionOnEmptyResult" not in gather.attrib
    assert gather.attrib["finishOnKey"] == ""
    assert gather.attrib["action"] == LINKS.wait("wt_1")
    assert root(DOCUMENTS["waiting"]).find("Gather") is None


def test_every_leg_says_the_same_about_the_room_but_who_ends_it() -> None:
    customer = only(DOCUMENTS["customer"], "Dial/Conference")
    agent = only(DOCUMENTS["agent"], "Dial/Conference")

    assert customer.text == agent.text == "ca_1-1"
    assert customer.attrib | {"endConferenceOnExit": "-"} == agent.attrib | {"endConferenceOnExit": "-"}
    assert (customer.attrib["endConferenceOnExit"], agent.attrib["endConferenceOnExit"]) == ("true", "false")
    assert customer.attrib["beep"] == "false"
    assert customer.attrib["waitUrl"] == ""
    assert customer.attrib["startConferenceOnEnter"] == "true"
    assert customer.attrib["statusCallbackEvent"] == "start end join leave mute hold modify"
    assert customer.attrib["statusCallback"] == LINKS.room("ca_1-1")


def test_only_the_customers_leg_is_recorded() -> None:
    customer, agent = only(DOCUMENTS["customer"], "Dial"), only(DOCUMENTS["agent"], "Dial")

    assert customer.attrib["record"] == "record-from-answer-dual"
    assert customer.attrib["recordingStatusCallbackEvent"] == "in-progress completed absent"
    assert customer.attrib["recordingStatusCallback"] == LINKS.recording("call")
    assert customer.attrib["action"] == LINKS.leg("ca_1")
    assert agent.attrib == {"action": LINKS.agent_left("pa_1")}
    assert "record" not in only(DOCUMENTS["customer in Ireland"], "Dial").attrib


def test_hold_music_starts_over_by_itself() -> None:
    verbs = list(root(DOCUMENTS["hold"]))

    assert [verb.tag for verb in verbs] == ["Say", "Play", "Play", "Redirect"]
    assert verbs[-1].text == LINKS.hold("ca_1-1")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_address_overrides_twilios_patience(name: str) -> None:
    addresses = [
        text
        for element in root(DOCUMENTS[name]).iter()
        for text in (*element.attrib.values(), element.text or "")
        if text.startswith("https:")
    ]

    assert all(address.endswith(OVERRIDES) for address in addresses)
    assert all(address.startswith("https://calls.example/desk/") for address in addresses)


def test_three_attempts_fit_into_twilios_fifteen_seconds() -> None:
    overrides = dict(pair.split("=") for pair in OVERRIDES.removeprefix("#").split("&"))

    attempts = int(overrides["rc"]) + 1
    assert attempts * (int(overrides["ct"]) + int(overrides["rt"])) <= int(overrides["tt"]) <= 15_000


def test_an_address_is_never_longer_than_twilio_is_assumed_to_take() -> None:
    room = MAX_LENGTH - len(LINKS.turn(""))

    assert len(LINKS.turn("x" * room)) == MAX_LENGTH
    with pytest.raises(LinkTooLong):
        LINKS.turn("x" * (room + 1))


def test_a_flows_actions_become_verbs_in_order() -> None:
    document = speak.document(*speak.actions(ACTIONS, LINKS, TURN, sound_url=LINKS.audio))

    assert faults(document) == []
    assert [verb.tag for verb in root(document)] == [
        "Say",
        "Play",
        "Gather",
        "Record",
        "Redirect",
        "Dial",
        "Hangup",
    ]
    assert only(document, "Gather").attrib["numDigits"] == "2"
    assert only(document, "Record").attrib["maxLength"] == "60"
    assert only(document, "Dial").attrib["timeout"] == "20"


def test_joining_a_queue_is_written_by_the_waiting_room() -> None:
    join = JoinQueue("support", 1800)

    verbs = speak.actions(
        (join,),
        LINKS,
        TURN,
        sound_url=LINKS.audio,
        join=lambda _place: speak.enqueue("support", TURN, TURN),
    )

    assert only(speak.document(*verbs), "Enqueue").text == "support"
    with pytest.raises(ValueError, match="support"):
        speak.actions((join,), LINKS, TURN, sound_url=LINKS.audio)
