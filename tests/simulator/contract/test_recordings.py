"""Twilio's pages: voice/api/recording and the recording of a Dial."""

import io
import math
import wave
from array import array
from typing import Any

import pytest

from simulator.handset import Caller, ClientLeg, Phone
from tests.simulator.contract.rows import proves
from tests.simulator.pages import BASE, NUMBER, Shop, open_shop

RECORDED = (
    'record="record-from-answer-dual" recordingStatusCallback="/recorded" '
    'recordingStatusCallbackEvent="in-progress completed absent"'
)


def recorded_room() -> tuple[Shop, Caller, ClientLeg]:
    shop = open_shop(
        voice=f'<Dial action="/out" {RECORDED}><Conference beep="false" waitUrl="">r</Conference></Dial>'
    )
    shop.pages["/voice/agent"] = '<Dial><Conference beep="false" waitUrl="">r</Conference></Dial>'
    shop.pages["/out"] = "<Pause length='20'/>"
    shop.pages["/recorded"] = ""
    caller = shop.sim.call(NUMBER)
    caller.waits(3)
    agent = shop.sim.client("ann").connect()
    agent.talks_to(caller)
    return shop, caller, agent


def recorded_dial(record: str) -> tuple[Shop, Caller, Phone]:
    shop = open_shop(voice=f'<Dial record="{record}" recordingStatusCallback="/recorded">+15550100199</Dial>')
    shop.pages["/recorded"] = ""
    phone = shop.sim.phone("+15550100199")
    phone.answers(after=4)
    return shop, shop.sim.call(NUMBER), phone


def sound(shop: Shop, sid: str, **params: str) -> wave.Wave_read:
    answer = shop.answer("GET", f"Recordings/{sid}.wav", **params)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "audio/x-wav")
    opened: wave.Wave_read = wave.open(io.BytesIO(answer.body))  # noqa: SIM115 - the test reads on
    return opened


def energies(read: wave.Wave_read, first: float, last: float) -> list[float]:
    """The root mean square of each channel between two seconds."""
    samples = array("h", read.readframes(read.getnframes()))
    channels = read.getnchannels()
    found = []
    for channel in range(channels):
        part = samples[channel::channels][int(first * 8000) : int(last * 8000)]
        found.append(math.sqrt(sum(value * value for value in part) / len(part)))
    return found


def only(shop: Shop) -> dict[str, Any]:
    (recording,) = shop.rest("GET", "Recordings.json")["recordings"]
    return dict(recording)


def test_the_recording_of_a_dial_into_a_room_begins_with_the_caller_and_ends_with_the_dial() -> None:
    shop, caller, agent = recorded_room()
    caller.waits(10)
    agent.hangs_up()
    sid = shop.rest("GET", "Conferences.json")["conferences"][0]["sid"]
    shop.rest("POST", f"Conferences/{sid}.json", Status="completed")
    shop.sim.advance(1)
    after_dial = only(shop)["status"]

    shop.sim.advance(5)

    assert after_dial == "processing"
    assert caller.state == "in-progress"
    assert (only(shop)["status"], only(shop)["duration"]) == ("completed", "13")


@proves("Dial recordingStatusCallback", "Dial recordingStatusCallbackEvent")
def test_the_callbacks_are_in_progress_and_then_completed_with_the_parents_call_sid() -> None:
    shop, caller, _ = recorded_room()
    caller.waits(10)
    caller.hangs_up()
    shop.sim.advance(5)

    begun, done = shop.pages.forms("/recorded")

    assert (begun["RecordingStatus"], done["RecordingStatus"]) == ("in-progress", "completed")
    assert "RecordingDuration" not in begun
    assert (done["CallSid"], done["RecordingDuration"], done["RecordingChannels"]) == (caller.sid, "13", "2")
    assert (done["RecordingSource"], done["RecordingTrack"], done["ErrorCode"]) == ("DialVerb", "both", "0")
    assert not {"From", "To", "CallStatus"} & set(done)


def test_channel_1_is_the_caller_and_channel_2_what_the_caller_hears() -> None:
    shop, caller, _ = recorded_room()
    caller.waits(10)
    caller.hangs_up()
    shop.sim.advance(5)

    read = sound(shop, only(shop)["sid"])

    assert (read.getnchannels(), read.getframerate(), read.getsampwidth()) == (2, 8000, 2)
    assert read.getnframes() / 8000 == pytest.approx(13, abs=0.01)
    said, heard = energies(read, 0.5, 2.5)
    assert (said, heard) == (0, 0)
    said, heard = energies(sound(shop, only(shop)["sid"]), 5, 12)
    assert said > 1000
    assert heard > 1000


def test_hold_is_silence_of_the_agent_and_of_the_caller() -> None:
    shop, caller, _ = recorded_room()
    shop.pages["/hold"] = "<Pause length='60'/>"
    room = shop.rest("GET", "Conferences.json")["conferences"][0]["sid"]
    shop.rest(
        "POST", f"Conferences/{room}/Participants/{caller.sid}.json", Hold="true", HoldUrl=BASE + "/hold"
    )
    caller.waits(10)
    caller.hangs_up()
    shop.sim.advance(5)

    assert energies(sound(shop, only(shop)["sid"]), 4, 12) == [0, 0]


@proves("Dial record")
@pytest.mark.parametrize(("record", "channels", "seconds"), [
    ("record-from-answer", 1, "10"),
    ("record-from-answer-dual", 2, "10"),
    ("record-from-ringing", 1, "14"),
    ("record-from-ringing-dual", 2, "14"),
    ("true", 1, "10"),
])  # fmt: skip
def test_the_ways_to_record_a_dial(record: str, channels: int, seconds: str) -> None:
    shop, caller, phone = recorded_dial(record)
    caller.talks_to(phone)
    caller.waits(10)
    phone.hangs_up()
    shop.sim.advance(5)

    recording = only(shop)

    assert (recording["channels"], recording["duration"]) == (channels, seconds)
    assert recording["call_sid"] == caller.sid
    assert sound(shop, recording["sid"]).getnchannels() == channels


def test_do_not_record_is_the_default() -> None:
    shop, caller, phone = recorded_dial("do-not-record")
    caller.talks_to(phone)

    assert shop.rest("GET", "Recordings.json")["recordings"] == []


def test_a_dial_that_nobody_answers_records_nothing() -> None:
    shop, caller, phone = recorded_dial("record-from-answer-dual")
    phone.busy()
    caller.ends()

    assert shop.rest("GET", "Recordings.json")["recordings"] == []


def test_media_is_404_until_completed_and_after_deletion() -> None:
    shop, caller, _ = recorded_room()
    sid = only(shop)["sid"]
    early = shop.answer("GET", f"Recordings/{sid}.wav").status
    caller.hangs_up()
    shop.sim.advance(5)
    ready = shop.answer("GET", f"Recordings/{sid}").status

    assert shop.answer("DELETE", f"Recordings/{sid}.json").status == 204

    assert (early, ready) == (404, 200)
    assert shop.answer("GET", f"Recordings/{sid}.wav").status == 404
    assert shop.answer("GET", f"Recordings/{sid}.json").status == 404


def test_a_deleted_recording_is_remembered_for_40_days() -> None:
    shop, caller, _ = recorded_room()
    sid = only(shop)["sid"]
    caller.hangs_up()
    shop.sim.advance(5)
    shop.rest("DELETE", f"Recordings/{sid}.json")

    soft = shop.rest("GET", f"Recordings/{sid}.json", IncludeSoftDeleted="true")
    shop.sim.advance(41 * 86_400)

    assert soft["status"] == "deleted"
    assert shop.answer("GET", f"Recordings/{sid}.json", IncludeSoftDeleted="true").status == 404


def test_media_needs_basic_authentication() -> None:
    shop, caller, _ = recorded_room()
    caller.hangs_up()
    shop.sim.advance(5)

    url = f"/2010-04-01/Accounts/{shop.account.sid}/Recordings/{only(shop)['sid']}.wav"

    assert shop.sim.rest("GET", url).status == 401
    assert (
        shop.sim.rest("GET", url, auth=(shop.account.api_key_sid, shop.account.api_key_secret)).status == 200
    )


def test_a_dual_recording_can_be_had_in_mono_and_not_the_other_way_round() -> None:
    shop, caller, _ = recorded_room()
    caller.hangs_up()
    shop.sim.advance(5)
    sid = only(shop)["sid"]
    mono = sound(shop, sid, RequestedChannels="1")

    single, other, phone = recorded_dial("record-from-answer")
    other.talks_to(phone)
    other.waits(3)
    other.hangs_up()
    single.sim.advance(5)
    answer = single.answer("GET", f"Recordings/{only(single)['sid']}.wav", RequestedChannels="2")

    assert mono.getnchannels() == 1
    assert answer.status == 400
    assert b"16113" in answer.body


def test_mp3_is_smaller_and_of_its_type() -> None:
    shop, caller, _ = recorded_room()
    caller.waits(10)
    caller.hangs_up()
    shop.sim.advance(5)

    answer = shop.answer("GET", f"Recordings/{only(shop)['sid']}.mp3")

    assert answer.headers["Content-Type"] == "audio/mpeg"
    assert 10_000 < len(answer.body) < 100_000


def test_a_recording_that_never_had_sound_is_absent() -> None:
    shop, caller, _ = recorded_room()
    shop.sim.world.recordings.absent = True
    caller.hangs_up()
    shop.sim.advance(5)

    assert shop.pages.last("/recorded")["RecordingStatus"] == "absent"
    assert only(shop)["error_code"] == 16101


def test_a_live_call_is_recorded_paused_resumed_and_stopped_through_rest() -> None:
    shop = open_shop(voice="<Say loop='0'>on and on</Say>")
    caller = shop.sim.call(NUMBER)
    caller.waits(5)

    path = f"Calls/{caller.sid}/Recordings"
    made = shop.rest("POST", path + ".json", RecordingChannels="dual")
    caller.waits(10)
    paused = shop.rest("POST", f"{path}/Twilio.CURRENT.json", Status="paused", PauseBehavior="skip")
    caller.waits(7)
    shop.rest("POST", f"{path}/Twilio.CURRENT.json", Status="in-progress")
    caller.waits(3)
    shop.rest("POST", f"{path}/{made['sid']}.json", Status="stopped")
    shop.sim.advance(5)

    done = shop.rest("GET", f"{path}/{made['sid']}.json")
    assert (made["source"], paused["status"]) == ("StartCallRecordingAPI", "paused")
    assert (done["status"], done["duration"]) == ("completed", "13")
    assert sound(shop, made["sid"]).getnframes() == pytest.approx(13 * 8000, abs=80)


def test_a_pause_with_silence_keeps_the_length() -> None:
    shop = open_shop(voice="<Say loop='0'>on and on</Say>")
    caller = shop.sim.call(NUMBER)
    caller.waits(5)
    path = f"Calls/{caller.sid}/Recordings"
    made = shop.rest("POST", path + ".json", RecordingChannels="dual")
    caller.waits(2)
    shop.rest("POST", f"{path}/Twilio.CURRENT.json", Status="paused")
    caller.waits(4)
    caller.hangs_up()
    shop.sim.advance(5)

    read = sound(shop, made["sid"])

    assert read.getnframes() == pytest.approx(6 * 8000, abs=80)
    assert energies(read, 2.1, 5.9)[1] == 0


def test_one_recording_at_a_time() -> None:
    shop, caller, _ = recorded_room()

    answer = shop.answer("POST", f"Calls/{caller.sid}/Recordings.json")

    assert answer.status == 400
    assert b"16108" in answer.body


def test_recordings_are_listed_by_call_and_day() -> None:
    shop, caller, _ = recorded_room()
    caller.hangs_up()
    shop.sim.advance(5)

    def count(**params: str) -> int:
        return len(shop.rest("GET", "Recordings.json", **params)["recordings"])

    assert count(CallSid=caller.sid) == 1
    assert count(CallSid="CA" + "0" * 32) == 0
    assert count(**{"DateCreated>": "2025-11-21"}) == 1
    assert count(**{"DateCreated<": "2025-11-21"}) == 0
    assert count(DateCreated="2025-11-21") == 1


@proves("Conference record", "Conference recordingStatusCallback")
def test_a_conference_records_itself_from_the_start_without_a_call_sid() -> None:
    shop = open_shop(
        voice='<Dial><Conference record="record-from-start" recordingStatusCallback="/recorded" '
        'endConferenceOnExit="true">r</Conference></Dial>'
    )
    shop.pages["/voice/agent"] = "<Dial><Conference>r</Conference></Dial>"
    shop.pages["/recorded"] = ""
    caller = shop.sim.call(NUMBER)
    caller.waits(5)
    agent = shop.sim.client("ann").connect()
    agent.talks_to(caller)
    caller.waits(8)
    caller.hangs_up()
    shop.sim.advance(5)

    form = shop.pages.last("/recorded")

    assert form["RecordingSource"] == "Conference"
    assert (form["RecordingDuration"], form["ConferenceSid"][:2]) == ("8", "CF")
    assert "CallSid" not in form
