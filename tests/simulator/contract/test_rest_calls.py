"""Twilio's pages: voice/api/call-resource, conference-participant-resource: the parameters of creation."""

import json
from typing import Any

import pytest

from simulator.hearing import Sound
from tests.simulator.contract.rest import OTHER
from tests.simulator.pages import BASE, NUMBER, Shop, open_shop


def called(shop: Shop, **params: Any) -> Any:
    return shop.rest("POST", "Calls.json", **{"To": OTHER, "From": NUMBER, "Url": BASE + "/out", **params})


def test_send_digits_are_pressed_after_the_answer_and_before_the_document() -> None:
    shop = open_shop(out="<Say>good morning</Say>")
    phone = shop.sim.phone(OTHER)

    called(shop, SendDigits="ww12W")
    line = phone_hears_after_ringing(shop, phone, "good morning")

    keys = next(one for one in phone.transcript if one.kind is Sound.KEYS)
    assert (keys.text, round(line.at - keys.at, 2)) == ("ww12W", 2.5)


def phone_hears_after_ringing(shop: Shop, phone: Any, words: str) -> Any:
    phone.rings()
    return phone.hears(words)


@pytest.mark.parametrize("digits", ["1" * 33, "12-34"])
def test_send_digits_are_at_most_32_keys(digits: str) -> None:
    status, _, body = open_shop().answer(
        "POST", "Calls.json", To=OTHER, From=NUMBER, Url=BASE + "/out", SendDigits=digits
    )

    assert (status, json.loads(body)["code"]) == (400, 21206)


def test_a_time_limit_ends_the_call() -> None:
    shop = open_shop(out="<Pause length='600'/>")
    phone = shop.sim.phone(OTHER)
    called(shop, TimeLimit="30")
    phone.rings()

    phone.ends()

    assert phone.leg.seconds == 30


@pytest.mark.parametrize(("trim", "seconds"), [("", "3"), ("do-not-trim", "13")])
def test_a_recorded_calls_silence_is_trimmed_unless_told_otherwise(trim: str, seconds: str) -> None:
    shop = open_shop(out="<Pause length='5'/><Say>" + "a" * 45 + "</Say><Pause length='5'/>")
    phone = shop.sim.phone(OTHER)
    called(shop, Record="true", **({"Trim": trim} if trim else {}))
    phone.rings()
    phone.ends()
    shop.sim.advance(5)

    (recording,) = shop.rest("GET", "Recordings.json")["recordings"]
    assert (recording["source"], recording["duration"]) == ("OutboundAPI", seconds)


def test_with_url_and_twiml_the_url_wins_and_the_debugger_warns() -> None:
    shop = open_shop(out="<Say>from the url</Say>")
    phone = shop.sim.phone(OTHER)

    called(shop, Twiml="<Response><Say>from the text</Say></Response>")
    phone_hears_after_ringing(shop, phone, "from the url")

    assert shop.sim.debugger.codes() == [32019]


def test_a_call_token_lets_a_call_carry_the_callers_number() -> None:
    shop = open_shop(voice="<Pause length='60'/>", out="")
    shop.sim.call(NUMBER, from_="+15550107001").waits(1)
    token = shop.pages.last("/voice/incoming")["CallToken"]

    assert called(shop, From="+15550107001", CallToken=token)["from"] == "+15550107001"
    assert (
        shop.answer("POST", "Calls.json", To=OTHER, From="+15550107002", Url=BASE, CallToken=token).status
        == 400
    )


def test_a_calls_notifications_are_its_lines_in_the_debugger() -> None:
    shop = open_shop(voice='<Say loop="x">hello</Say><Play>/missing</Play>')
    caller = shop.sim.call(NUMBER)
    caller.ends()

    found = shop.rest("GET", f"Calls/{caller.sid}/Notifications.json")["notifications"]

    assert [(one["error_code"], one["log"]) for one in found] == [("11200", "0"), ("13510", "1")]
    assert shop.rest("GET", f"Calls/{caller.sid}/Notifications.json", Log="1")["notifications"] == found[1:]
    assert shop.rest("GET", f"Calls/{caller.sid}/Notifications/{found[0]['sid']}.json") == found[0]
    assert set(found[0]) == set(
        [
            "account_sid",
            "api_version",
            "call_sid",
            "date_created",
            "date_updated",
            "error_code",
            "log",
            "message_date",
            "message_text",
            "more_info",
            "request_method",
            "request_url",
            "sid",
            "uri",
        ]
    )


def test_a_trimmed_recording_of_silence_is_absent_with_16102() -> None:
    shop = open_shop(out="<Pause length='5'/>", recorded="")
    phone = shop.sim.phone(OTHER)
    called(
        shop,
        Record="true",
        RecordingStatusCallback=BASE + "/recorded",
        RecordingStatusCallbackEvent="in-progress completed absent",
    )
    phone.rings()
    phone.ends()
    shop.sim.advance(5)

    assert [form["RecordingStatus"] for form in shop.pages.forms("/recorded")] == ["in-progress", "absent"]
    assert shop.pages.last("/recorded")["ErrorCode"] == "16102"
    assert shop.rest("GET", "Recordings.json")["recordings"][0]["error_code"] == 16102


def test_a_call_that_is_queued_for_a_day_is_cancelled() -> None:
    shop = open_shop(out="")
    shop.account.calls_per_second = 1 / 50_000
    sids = [called(shop)["sid"] for _ in range(3)]

    shop.sim.advance(86_401)

    states = [shop.rest("GET", f"Calls/{sid}.json")["status"] for sid in sids]
    assert states == ["no-answer", "no-answer", "canceled"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"StatusCallback": "/relative"},
        {"StatusCallback": BASE + "/x", "StatusCallbackEvent": "answered gone"},
        {"SendDigits": "12-34"},
        {"TimeLimit": "0"},
        {"RecordingStatusCallback": "nowhere", "Record": "true"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
@pytest.mark.parametrize("path", ["Calls.json", "Conferences/talk/Participants.json"])
def test_a_refused_request_calls_nobody(path: str, wrong: dict[str, str]) -> None:
    shop = open_shop(out="<Say>hello</Say>")
    phone = shop.sim.phone(OTHER)

    answer = shop.answer("POST", path, **{"To": OTHER, "From": NUMBER, "Url": BASE + "/out", **wrong})
    shop.sim.advance(60)

    assert answer.status == 400
    assert (phone.legs, shop.sim.world.legs) == ([], {})


def test_a_call_with_a_bad_fallback_is_not_placed_either() -> None:
    shop = open_shop()

    answer = shop.answer("POST", "Calls.json", To=OTHER, From=NUMBER, Url=BASE, FallbackUrl="mailto:me")

    assert (answer.status, shop.sim.world.legs) == (400, {})


def test_beyond_the_accounts_calls_at_once_a_call_is_429_and_10004() -> None:
    shop = open_shop(voice="<Pause length='60'/>", out="<Say>hello</Say>")
    shop.account.concurrent_calls = 1
    shop.sim.call(NUMBER).waits(2)

    status, _, body = shop.answer("POST", "Calls.json", To=OTHER, From=NUMBER, Url=BASE + "/out")

    assert (status, json.loads(body)["code"]) == (429, 10004)
    assert len(shop.sim.world.legs) == 1


def test_an_applications_callbacks_are_asked_by_their_own_methods() -> None:
    shop = open_shop(told="")
    app = shop.account.add_application(
        voice_url=BASE + "/out",
        status_callback=BASE + "/told",
        status_callback_method="GET",
        voice_fallback_url=BASE + "/instead",
        voice_fallback_method="GET",
    )
    shop.pages["/instead"] = "<Say>one moment</Say>"
    phone = shop.sim.phone(OTHER)
    called(shop, Url="", ApplicationSid=app.sid)
    phone.rings()
    phone.hears("one moment")  # nothing is at /out
    phone.ends()

    assert [asked.method for asked in (*shop.pages.to("/instead"), *shop.pages.to("/told"))] == ["GET", "GET"]


def test_a_live_calls_time_limit_can_be_set_and_a_refused_update_changes_nothing() -> None:
    shop = open_shop(voice="<Say>hello</Say><Pause length='600'/>")
    caller = shop.sim.call(NUMBER)
    caller.waits(10)

    refused = shop.answer(
        "POST", f"Calls/{caller.sid}.json", Status="canceled", StatusCallback=BASE + "/else"
    )
    shop.rest("POST", f"Calls/{caller.sid}.json", TimeLimit="30")
    caller.ends()

    assert refused.status == 400
    assert caller.leg.seconds == 40
    assert shop.pages.last("/voice/status")["CallStatus"] == "completed"


@pytest.mark.parametrize(
    ("path", "wrong", "kind"),
    [
        ("IncomingPhoneNumbers.json", {"PhoneNumber": "+15550100150", "VoiceFallbackUrl": "nowhere"}, "incoming_phone_numbers"),
        ("IncomingPhoneNumbers.json", {"PhoneNumber": "anything"}, "incoming_phone_numbers"),
        ("Applications.json", {"VoiceUrl": BASE + "/a", "StatusCallbackMethod": "PUT"}, "applications"),
        ("Queues.json", {"FriendlyName": "new", "MaxSize": "0"}, "queues"),
    ],
)  # fmt: skip
def test_a_refused_creation_makes_nothing(path: str, wrong: dict[str, str], kind: str) -> None:
    shop = open_shop()
    before = len(shop.rest("GET", path)[kind])

    assert shop.answer("POST", path, **wrong).status == 400
    assert len(shop.rest("GET", path)[kind]) == before


def test_a_refused_change_of_a_number_or_a_queue_changes_nothing() -> None:
    shop = open_shop()
    (number,) = shop.rest("GET", "IncomingPhoneNumbers.json")["incoming_phone_numbers"]
    address = f"IncomingPhoneNumbers/{number['sid']}.json"
    shop.rest("POST", "Queues.json", FriendlyName="taken")
    queue = shop.rest("POST", "Queues.json", FriendlyName="own")

    refused = [
        shop.answer("POST", address, VoiceUrl=BASE + "/other", VoiceApplicationSid="AP" + "0" * 32),
        shop.answer("POST", f"Queues/{queue['sid']}.json", FriendlyName="taken", MaxSize="7"),
        shop.answer("POST", f"Queues/{queue['sid']}.json", FriendlyName="other", MaxSize="0"),
    ]

    assert [one.status for one in refused] == [400, 400, 400]
    assert shop.rest("GET", address)["voice_url"] == number["voice_url"]
    assert shop.rest("GET", f"Queues/{queue['sid']}.json")["friendly_name"] == "own"
    assert shop.rest("POST", f"Queues/{queue['sid']}.json", FriendlyName="own", MaxSize="7")["max_size"] == 7
