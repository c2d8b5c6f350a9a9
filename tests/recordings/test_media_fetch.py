"""The fetch of a recording's sound: only from the carrier, only by ids, never more than was asked for."""

from collections.abc import Callable

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from tests.recordings.house import ACCOUNT_SID, API_KEY, API_SECRET, Answer, Media, recording_sid, tone
from voice.carrier_faults import CarrierAway, CarrierRefused, NotThere
from voice.media_fetch import fetch_recording, recording_url

SID = recording_sid(1)


def fetch(media: Media, *, secret: str = API_SECRET, most: int = 1 << 20, whole_seconds: float = 60) -> bytes:
    """The bytes of recording 1."""
    got = bytearray()
    with requests.Session() as session:
        fetch_recording(
            session, media.url, ACCOUNT_SID, (API_KEY, secret), SID, 2, got.extend, most, (2.0, 2.0),
            configured=media.url, whole_seconds=whole_seconds,
        )  # fmt: skip
    return bytes(got)


def test_the_sound_comes_whole(media: Media) -> None:
    media.has(1, tone(1))

    assert fetch(media) == tone(1)


@pytest.mark.parametrize(
    "base_url",
    [
        "https://api.twilio.com",
        "https://api.ie1.twilio.com",
        "https://api.dublin.ie1.twilio.com",
        "https://api.twilio.com/",
    ],
)
def test_the_carrier_s_own_hosts_are_asked(base_url: str) -> None:
    url = recording_url(base_url, ACCOUNT_SID, SID, 2)

    assert (
        url
        == f"{base_url.rstrip('/')}/2010-04-01/Accounts/{ACCOUNT_SID}/Recordings/{SID}.wav?RequestedChannels=2"
    )


@pytest.mark.parametrize(
    "base_url",
    [
        "http://api.twilio.com", "https://api.twilio.com:8443", "https://api.twilio.com.evil.example", "https://evil.example",
        "https://api.twilio.com@evil.example", "https://eviltwilio.com", "https://a.b.c.twilio.com", "http://169.254.169.254",
        "http://localhost:8002", "file:///etc/passwd", "", "https://api.twilio.com\\@evil.example",
    ],
)  # fmt: skip
def test_any_other_host_is_refused_unasked(base_url: str) -> None:
    with pytest.raises(CarrierRefused, match="not the carrier's host"):
        recording_url(base_url, ACCOUNT_SID, SID, 2)


@given(st.text(max_size=40))
def test_nothing_but_ids_gets_into_the_address(text: str) -> None:
    for account, recording in ((text, SID), (ACCOUNT_SID, text)):
        with pytest.raises(CarrierRefused, match="is not the id"):
            recording_url("https://api.twilio.com", account, recording, 1)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (Answer(b"", 404), NotThere),
        (Answer(b"", 401), CarrierRefused),
        (Answer(b"", 400), CarrierRefused),
        (Answer(b"", 204), CarrierRefused),
        (Answer(b"", 408), CarrierAway),
        (Answer(b"", 429), CarrierAway),
        (Answer(b"", 500), CarrierAway),
        (Answer(b"", 503), CarrierAway),
        (Answer(b"abc", says_bytes=10), CarrierAway),
        (Answer(b"abc", kind="audio/mpeg"), CarrierRefused),
        (Answer(b"abc", kind="text/html; charset=utf-8"), CarrierRefused),
        (Answer(b"abc", kind=""), CarrierRefused),
        (Answer(b"", 302, location="//evil.example/x.wav"), CarrierRefused),
        (Answer(b"", 302, location="https://127.0.0.1/x.wav"), CarrierRefused),
        (Answer(b"", 302, location=f"{SID}.wav"), CarrierRefused),  # to itself, again and again
    ],
)
def test_each_answer_is_told_as_what_it_calls_for(
    media: Media, answer: Answer, fault: type[Exception]
) -> None:
    media.says(1, answer)

    with pytest.raises(fault) as told:
        fetch(media)

    assert type(told.value) is fault


def test_a_wrong_secret_is_refused(media: Media) -> None:
    media.has(1, tone(1))

    with pytest.raises(CarrierRefused, match="401"):
        fetch(media, secret="another")


def test_no_answer_means_try_again(media: Media) -> None:
    media.url = "http://127.0.0.1:9"

    with pytest.raises(CarrierAway, match="ConnectionError"):
        fetch(media)


@pytest.mark.parametrize("announce", [lambda body: len(body), lambda _body: None])
def test_no_more_is_taken_than_was_allowed(media: Media, announce: Callable[[bytes], int | None]) -> None:
    body = tone(2)
    media.says(1, Answer(body, says_bytes=announce(body)))

    with pytest.raises(CarrierRefused, match="1000"):
        fetch(media, most=1000)


def test_a_trickle_is_broken_off(media: Media) -> None:
    media.has(1, tone(1))

    with pytest.raises(CarrierAway, match="too slowly"):
        fetch(media, whole_seconds=-1)
