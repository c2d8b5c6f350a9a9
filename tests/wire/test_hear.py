"""Twilio's parameters become values in our words, whoever is at the other end."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.build import ACCOUNT_SID, CALL_SID, call_fields
from voice import hear
from voice.heard import (
    DialLeft,
    Fetched,
    KeysPressed,
    LegStatus,
    MessageTaken,
    NothingPressed,
    Party,
    QueueLeft,
)
from voice.legible import legible, party, speakable

RECORDING_SID = "RE" + "4" * 32


def turn(**fields: str) -> object:
    return hear.turn(call_fields(CallStatus="in-progress", **fields)).happened


def test_an_incoming_call_names_caller_and_dialled_number() -> None:
    call = hear.incoming(call_fields())

    assert call.call_sid == CALL_SID
    assert call.account_sid == ACCOUNT_SID
    assert call.caller == Party("+14158675310", "+14158675310")
    assert call.dialled.number == "+18005551212"
    assert call.caller_name == "Ann O'Brien"
    assert call.verified == "TN-Validation-Passed-A"
    assert call.forwarded_from is None


@pytest.mark.parametrize(
    "text",
    [
        "anonymous",
        "Anonymous",
        "sip:anonymous@anonymous.invalid",
        "unknown",
        "",
        "+266696687",
        "+7378742833",
        "+86282452253",
        "+8656696",
    ],
)
def test_a_withheld_number_is_no_number(text: str) -> None:
    assert party(text) == Party(None, text, is_withheld=True)


@pytest.mark.parametrize(
    "text", ["5551234", "sip:ann@pbx.example", "client:ann", "+0123", "+123456789012345678"]
)
def test_what_is_no_e164_number_is_kept_as_text_only(text: str) -> None:
    assert party(text) == Party(None, text)


@pytest.mark.parametrize(
    ("fields", "happened"),
    [
        ({"Digits": "12#"}, KeysPressed("12#")),
        ({"Digits": ""}, NothingPressed()),
        ({}, Fetched()),
        ({"QueueResult": "leave", "QueueTime": "17"}, QueueLeft("leave", 17)),
        ({"QueueResult": "queue-full"}, QueueLeft("queue-full", None)),
        ({"DialCallStatus": "busy"}, DialLeft("busy", None, None, None)),
        (
            {
                "DialCallStatus": "completed",
                "DialCallDuration": "9",
                "DialBridged": "true",
                "DialCallSid": CALL_SID,
            },
            DialLeft("completed", 9, True, CALL_SID),
        ),
        (
            {
                "RecordingUrl": "https://x/",
                "RecordingDuration": "8",
                "Digits": "#",
                "RecordingSid": RECORDING_SID,
            },
            MessageTaken(8, "#", False, RECORDING_SID),
        ),
        (
            {"RecordingUrl": "https://x/", "RecordingDuration": "8", "Digits": "hangup"},
            MessageTaken(8, None, True, None),
        ),
        ({"RecordingUrl": "https://x/", "Digits": ""}, MessageTaken(0, None, False, None)),
        (
            {"DialCallStatus": "answered", "RecordingUrl": "https://x/"},
            DialLeft("answered", None, None, None),
        ),
    ],
)
def test_a_turn_says_what_happened(fields: dict[str, str], happened: object) -> None:
    assert turn(**fields) == happened


def test_a_leg_that_has_ended_hears_no_answer() -> None:
    assert not hear.turn(call_fields(CallStatus="in-progress")).is_gone
    assert hear.turn(call_fields(CallStatus="completed")).is_gone


def test_a_waiting_caller_tells_place_and_time() -> None:
    heard = hear.wait(call_fields(QueuePosition="3", QueueTime="40", CurrentQueueSize="5"))

    assert (heard.position, heard.seconds, heard.queue_size, heard.keys) == (3, 40, 5, None)
    assert hear.wait(call_fields(Digits="1")).keys == "1"


def test_an_agents_identity_is_twilios_word() -> None:
    heard = hear.agent_call(call_fields(From="client:m1_u7", To="client:evil", offer="of_abc"))

    assert (heard.identity, heard.offer) == ("m1_u7", "of_abc")
    with pytest.raises(hear.NotHeard, match="client identity"):
        hear.agent_call(call_fields(From="+15550100"))


def test_a_legs_end_carries_its_length_and_place_in_order() -> None:
    heard = hear.call_status(
        call_fields(
            CallStatus="busy",
            SequenceNumber="2",
            CallDuration="0",
            SipResponseCode="486",
            Timestamp="Sun, 25 Mar 2018 09:53:19 +0000",
        )
    )

    assert (heard.status, heard.sequence, heard.seconds, heard.sip_code) == (LegStatus.BUSY, 2, 0, 486)
    assert heard.at == datetime(2018, 3, 25, 9, 53, 19, tzinfo=UTC).timestamp()
    assert heard.status.is_final


def test_a_rooms_event_says_who_left_and_why() -> None:
    fields = {
        "AccountSid": ACCOUNT_SID,
        "ConferenceSid": "CF" + "2" * 32,
        "FriendlyName": "ca_1-1",
        "StatusCallbackEvent": "participant-leave",
        "CallSid": CALL_SID,
        "Hold": "false",
        "Muted": "true",
        "SequenceNumber": "5",
        "ReasonParticipantLeft": "participant_hung_up",
        "ParticipantCallStatus": "completed",
    }

    heard = hear.room_event(fields)

    assert (heard.kind, heard.room, heard.call_sid, heard.sequence) == (
        "participant-leave",
        "ca_1-1",
        CALL_SID,
        5,
    )
    assert (heard.on_hold, heard.muted, heard.reason) == (False, True, "participant_hung_up")
    assert heard.leg_status is LegStatus.COMPLETED


def test_a_recording_of_a_room_names_no_leg() -> None:
    fields = {
        "AccountSid": ACCOUNT_SID,
        "ConferenceSid": "CF" + "2" * 32,
        "RecordingSid": RECORDING_SID,
        "RecordingStatus": "completed",
        "RecordingDuration": "62",
        "RecordingChannels": "2",
        "RecordingSource": "Conference",
        "RecordingStartTime": "2018-03-25T09:53:19Z",
    }

    heard = hear.recording(fields)

    assert (heard.call_sid, heard.seconds, heard.channels) == (None, 62, 2)
    assert heard.started_at == datetime(2018, 3, 25, 9, 53, 19, tzinfo=UTC).timestamp()


def test_a_moment_that_never_was_is_no_moment() -> None:
    assert hear.call_status(call_fields(Timestamp="Sun, 99 Mar 2018 09:53:19 +0000")).at is None


@pytest.mark.parametrize(
    ("listen", "name"),
    [
        (hear.incoming, "CallSid"),
        (hear.incoming, "To"),
        (hear.turn, "CallStatus"),
        (hear.wait, "CallSid"),
        (hear.agent_call, "From"),
        (hear.call_status, "CallStatus"),
    ],
)
def test_a_request_that_lacks_its_essence_says_what_is_missing(listen: hear.Listener, name: str) -> None:
    fields = call_fields()
    del fields[name]

    with pytest.raises(hear.NotHeard, match=name):
        listen(fields)


@given(st.text())
def test_texts_of_strangers_can_be_kept_and_shown(text: str) -> None:
    kept = legible(text)

    assert len(kept) <= 128
    assert not set(kept) & {*map(chr, range(32)), "\x7f", "\u202e", "\u2028", "\ufffe"}
    assert not any("\ud800" <= character <= "\udfff" for character in kept)
    assert legible(kept) == kept


def test_control_characters_are_shown_as_signs_and_never_spoken() -> None:
    kept = legible("Bob\x00\u202e Smith\xa0Jr")

    assert kept == "Bob\u2400\ufffd Smith Jr"
    assert speakable(kept) == "Bob Smith Jr"


def test_joined_emoji_stay_whole() -> None:
    assert legible("👩\u200d👧") == "👩\u200d👧"
