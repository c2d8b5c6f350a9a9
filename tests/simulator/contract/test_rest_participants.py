"""Participants are called into a room, and rooms are recorded, by REST."""

import json
from typing import Any

import pytest

from tests.simulator.contract.rest import OTHER
from tests.simulator.pages import BASE, NUMBER, Shop, open_shop


def participant(shop: Shop, **params: Any) -> Any:
    return shop.rest("POST", "Conferences/talk/Participants.json", **{"To": OTHER, "From": NUMBER, **params})


def test_a_participant_is_queued_ringing_and_connected_in_a_room_that_exists_at_once() -> None:
    shop = open_shop()
    phone = shop.sim.phone(OTHER)
    phone.answers(after=5)

    made = participant(shop, Label="customer", Beep="false")
    path = f"Conferences/{made['conference_sid']}/Participants/customer.json"
    states = [made["status"]]
    for seconds in (1, 6):
        shop.sim.advance(seconds)
        states.append(shop.rest("GET", path)["status"])

    assert states == ["queued", "ringing", "connected"]
    assert made["conference_sid"].startswith("CF")
    assert shop.rest("GET", f"Conferences/{made['conference_sid']}.json")["status"] == "init"
    assert list(made) == list(shop.rest("GET", path))


def test_a_participant_who_does_not_answer_leaves_no_room_behind() -> None:
    shop = open_shop()
    shop.sim.phone(OTHER).busy()

    sid = participant(shop)["conference_sid"]
    shop.sim.advance(10)

    assert shop.rest("GET", f"Conferences/{sid}.json")["status"] == "completed"
    assert shop.rest("GET", "Conferences.json", Status="init")["conferences"] == []


def test_a_participant_who_still_rings_can_be_kicked() -> None:
    shop = open_shop()
    phone = shop.sim.phone(OTHER)
    phone.no_answer()
    made = participant(shop)
    shop.sim.advance(3)

    status = shop.answer(
        "DELETE", f"Conferences/{made['conference_sid']}/Participants/{made['call_sid']}.json"
    ).status

    assert (status, phone.state) == (204, "canceled")


def test_a_participants_own_recording_is_of_its_leg() -> None:
    shop = open_shop(recorded="")
    phone = shop.sim.phone(OTHER)
    made = participant(
        shop,
        Record="true",
        Trim="do-not-trim",
        TimeLimit="10",
        RecordingStatusCallback=BASE + "/recorded",
        Beep="false",
    )
    phone.rings()
    phone.ends()
    shop.sim.advance(5)

    assert shop.pages.last("/recorded")["CallSid"] == made["call_sid"]
    assert shop.pages.last("/recorded")["RecordingDuration"] == "10"


@pytest.mark.parametrize("label", ["x" * 129, "a/b", "CA" + "0" * 32])
def test_a_participants_label_is_short_no_call_sid_and_has_no_slash(label: str) -> None:
    status, _, body = open_shop().answer(
        "POST", "Conferences/talk/Participants.json", To=OTHER, From=NUMBER, Label=label
    )

    assert (status, json.loads(body)["code"]) == (400, 16024)


def test_a_rooms_recording_can_be_paused_resumed_stopped_and_deleted() -> None:
    shop = open_shop(
        voice='<Dial><Conference beep="false" record="record-from-start">talk</Conference></Dial>'
    )
    shop.pages["/voice/agent"] = shop.pages.pages["/voice/incoming"]
    caller, agent = shop.sim.call(NUMBER), shop.sim.client("ann").connect()
    caller.talks_to(agent)
    room = shop.rest("GET", "Conferences.json")["conferences"][0]["sid"]
    path = f"Conferences/{room}/Recordings/Twilio.CURRENT.json"

    states = []
    for change in (
        {"Status": "paused", "PauseBehavior": "skip"},
        {"Status": "in-progress"},
        {"Status": "stopped"},
    ):
        shop.sim.advance(5)
        states.append(shop.rest("POST", path, **change)["status"])
    shop.sim.advance(5)
    (recording,) = shop.rest("GET", f"Conferences/{room}/Recordings.json")["recordings"]

    assert states == ["paused", "in-progress", "processing"]
    assert (recording["status"], recording["duration"], recording["conference_sid"]) == (
        "completed",
        "10",
        room,
    )
    assert "media_url" not in recording
    one = f"Conferences/{room}/Recordings/{recording['sid']}.json"
    assert shop.rest("GET", one) == recording
    assert shop.answer("DELETE", one).status == 204
    assert shop.answer("GET", one).status == 404


def test_a_participants_room_takes_its_recording_words() -> None:
    shop = open_shop(voice="<Dial><Conference>talk</Conference></Dial>", told="")
    phone = shop.sim.phone(OTHER)
    caller = shop.sim.call(NUMBER)
    caller.waits(2)
    shop.rest(
        "POST",
        "Conferences/talk/Participants.json",
        To=OTHER,
        From=NUMBER,
        ConferenceRecord="true",
        ConferenceTrim="do-not-trim",
        ConferenceRecordingStatusCallback=BASE + "/told",
        ConferenceRecordingStatusCallbackEvent=["in-progress", "completed"],
    )
    phone.rings()
    caller.waits(20)
    caller.hangs_up()
    phone.hangs_up()
    shop.sim.advance(30)

    told = shop.pages.forms("/told")
    assert [form["RecordingStatus"] for form in told] == ["in-progress", "completed"]
    assert told[1]["RecordingSource"] == "Conference"


def test_an_update_of_a_participant_that_is_refused_changes_nothing() -> None:
    shop = open_shop(voice="<Dial><Conference>talk</Conference></Dial>")
    first, second = shop.sim.call(NUMBER), shop.sim.call(NUMBER)
    second.waits(2)
    (room,) = shop.rest("GET", "Conferences.json")["conferences"]
    address = f"Conferences/{room['sid']}/Participants/{first.sid}.json"

    refused = shop.answer("POST", address, Muted="true", CallSidToCoach="CA" + "0" * 32)

    assert (refused.status, shop.rest("GET", address)["muted"]) == (400, False)
