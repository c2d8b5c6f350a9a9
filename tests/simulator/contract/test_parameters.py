"""Which fields a request carries beside the standard ones, situation by situation (section by section of Twilio's pages)."""

import pytest

from tests.simulator.pages import BASE, NUMBER, Form, Shop, open_shop

OTHER = "+15550100199"
STANDARD = {
    "CallSid", "AccountSid", "From", "To", "CallStatus", "ApiVersion", "Direction", "Caller", "Called", "StirVerstat",
    "CallToken", *(f"{who}{what}" for who in ("From", "To", "Caller", "Called") for what in ("City", "State", "Zip", "Country")),
}  # fmt: skip
PROGRESS = {"CallbackSource", "SequenceNumber", "Timestamp"}
TERMINAL = PROGRESS | {"CallDuration", "Duration"}
QUEUE = {"QueueSid", "QueuePosition", "QueueTime", "AvgQueueTime", "CurrentQueueSize", "MaxQueueSize"}
RECORDING = {
    "AccountSid", "RecordingSid", "RecordingUrl", "RecordingStatus", "RecordingChannels", "RecordingStartTime",
    "RecordingSource", "RecordingTrack", "ErrorCode",
}  # fmt: skip
ROOM = {"ConferenceSid", "FriendlyName", "AccountSid", "SequenceNumber", "Timestamp", "StatusCallbackEvent"}
SEAT = ROOM | {"CallSid", "Muted", "Hold", "Coaching", "EndConferenceOnExit", "StartConferenceOnEnter"}


def more(form: Form) -> set[str]:
    """What a form has beyond the standard fields; all of which have to be there."""
    assert set(form) >= {"CallSid", "AccountSid", "From", "To", "CallStatus", "ApiVersion", "Direction"}
    return set(form) - STANDARD


def test_an_incoming_call_has_the_standard_parameters_and_no_others() -> None:
    shop = open_shop()

    shop.sim.call(NUMBER).hears("hello")

    assert set(shop.pages.last("/voice/incoming")) == STANDARD


def test_a_browsers_call_adds_its_application_and_its_own_params() -> None:
    shop = open_shop(**{"voice/agent": "<Say>hello</Say>"})

    shop.sim.client("ann").connect({"To": "sales", "order": "4711"}).hears("hello")

    form = shop.pages.last("/voice/agent")
    assert more(form) == {"ApplicationSid", "order"}
    assert (form["From"], form["To"], form["Direction"]) == ("client:ann", "sales", "inbound")


def test_a_gather_action_adds_digits_and_the_finishing_key() -> None:
    shop = open_shop(voice="<Gather action='/keys'/>", keys="")
    caller = shop.sim.call(NUMBER)
    caller.waits(1)

    caller.presses("1#")
    caller.ends()

    assert more(shop.pages.last("/keys")) == {"Digits", "FinishedOnKey"}


def test_a_record_action_adds_the_recording_and_the_key_that_ended_it() -> None:
    shop = open_shop(
        voice="<Record action='/done' recordingStatusCallback='/recorded'/>", done="", recorded=""
    )
    caller = shop.sim.call(NUMBER)
    caller.waits(1)
    caller.says("hello", seconds=2)
    caller.waits(12)

    assert more(shop.pages.last("/done")) == {"RecordingUrl", "RecordingSid", "RecordingDuration", "Digits"}
    assert set(shop.pages.last("/recorded")) == RECORDING | {"CallSid", "RecordingDuration"}
    assert shop.pages.last("/recorded")["RecordingSource"] == "RecordVerb"


@pytest.mark.parametrize(("habit", "fields"), [
    ("answers", {"DialCallStatus", "DialCallSid", "DialBridged", "DialCallDuration"}),
    ("busy", {"DialCallStatus", "DialCallSid", "DialBridged"}),
])  # fmt: skip
def test_a_dial_action_adds_what_became_of_the_child(habit: str, fields: set[str]) -> None:
    shop = open_shop(voice=f"<Dial action='/done' timeLimit='5'>{OTHER}</Dial>", done="")
    getattr(shop.sim.phone(OTHER), habit)()

    shop.sim.call(NUMBER).ends()

    assert more(shop.pages.last("/done")) == fields


def test_a_recording_dial_adds_the_recordings_address() -> None:
    shop = open_shop(voice=f"<Dial action='/done' record='true' timeLimit='5'>{OTHER}</Dial>", done="")
    shop.sim.phone(OTHER).answers()

    shop.sim.call(NUMBER).ends()

    assert "RecordingUrl" in shop.pages.last("/done")


def test_a_dial_action_after_a_conference_has_neither_sid_nor_duration() -> None:
    shop = open_shop(
        voice="<Dial action='/done' timeLimit='5'><Conference beep='false'>r</Conference></Dial>", done=""
    )

    shop.sim.call(NUMBER).ends()

    assert more(shop.pages.last("/done")) == {"DialCallStatus", "DialBridged"}
    assert shop.pages.last("/done")["DialCallStatus"] == "answered"


def test_a_wait_url_adds_the_place_in_the_queue_and_the_action_its_result() -> None:
    shop = open_shop(voice="<Enqueue waitUrl='/wait' action='/after'>q</Enqueue>", wait="<Leave/>", after="")

    shop.sim.call(NUMBER).ends()

    assert more(shop.pages.last("/wait")) == QUEUE
    assert more(shop.pages.last("/after")) == {"QueueResult", "QueueSid", "QueueTime"}


def test_a_caller_who_was_never_enqueued_has_no_queue_sid_and_no_queue_time() -> None:
    shop = open_shop(voice="<Enqueue action='/after'></Enqueue>", after="")

    shop.sim.call(NUMBER).ends()

    assert more(shop.pages.last("/after")) == {"QueueResult"}


def test_the_whisper_of_a_queue_adds_who_takes_the_caller() -> None:
    shop = open_shop(voice="<Enqueue waitUrl=''>q</Enqueue>", whisper="")
    shop.pages["/voice/agent"] = "<Dial timeLimit='5'><Queue url='/whisper'>q</Queue></Dial>"
    caller = shop.sim.call(NUMBER)
    caller.waits(1)
    agent = shop.sim.client("ann").connect()
    agent.ends()

    form = shop.pages.last("/whisper")
    assert more(form) == {"QueueSid", "QueueTime", "DequeingCallSid"}
    assert (form["CallSid"], form["DequeingCallSid"]) == (caller.sid, agent.sid)


def room() -> Shop:
    events = "start end join leave mute hold modify"
    noun = f"<Conference beep='false' participantLabel='{{0}}' endConferenceOnExit='true' statusCallback='/room' statusCallbackEvent='{events}'>r</Conference>"
    shop = open_shop(voice=f"<Dial>{noun.format('caller')}</Dial>", room="")
    shop.pages["/voice/agent"] = f"<Dial>{noun.format('agent')}</Dial>"
    return shop


def test_room_events_carry_the_room_and_the_participant_they_are_about() -> None:
    shop = room()
    caller, agent = shop.sim.call(NUMBER), shop.sim.client("ann").connect()
    caller.talks_to(agent)
    sid = shop.rest("GET", "Conferences.json")["conferences"][0]["sid"]
    for change in ({"Muted": "true"}, {"Hold": "true"}, {"Hold": "false"}, {"BeepOnExit": "true"}):
        shop.rest("POST", f"Conferences/{sid}/Participants/{agent.sid}.json", **change)
    caller.hangs_up()
    shop.sim.advance(1)

    forms = {form["StatusCallbackEvent"]: form for form in shop.pages.forms("/room")}
    labelled = SEAT | {"ParticipantLabel"}
    assert {name: set(form) for name, form in forms.items()} == {
        "conference-start": ROOM,
        "participant-join": labelled,
        "participant-mute": labelled,
        "participant-hold": labelled,
        "participant-unhold": labelled,
        "participant-modify": labelled,
        "participant-leave": labelled | {"ParticipantCallStatus", "ReasonParticipantLeft"},
        "conference-end": ROOM | {
            "CallSidEndingConference", "ParticipantLabelEndingConference", "ReasonConferenceEnded", "Reason",
        },
    }  # fmt: skip
    assert forms["participant-leave"]["ReasonParticipantLeft"] == "moderator_ended_conference"
    assert forms["conference-end"]["ReasonConferenceEnded"] == "participant-with-end-conference-on-exit-left"
    assert {value for form in forms.values() for key, value in form.items() if key in ("Muted", "Hold")} == {
        "true",
        "false",
    }


@pytest.mark.parametrize(("way", "reason", "ended"), [
    ("rest end", "conference_ended_via_api", "conference-ended-via-api"),
    ("kick", "participant_updated_via_api", "participant-with-end-conference-on-exit-kicked"),
    ("redirect", "participant_updated_via_api", "participant-with-end-conference-on-exit-kicked"),
    ("hang up", "participant_hung_up", "participant-with-end-conference-on-exit-left"),
])  # fmt: skip
def test_the_reasons_say_how_a_participant_left_and_why_the_room_ended(
    way: str, reason: str, ended: str
) -> None:
    shop = room()
    caller, agent = shop.sim.call(NUMBER), shop.sim.client("ann").connect()
    caller.talks_to(agent)
    sid = shop.rest("GET", "Conferences.json")["conferences"][0]["sid"]
    match way:
        case "rest end":
            shop.rest("POST", f"Conferences/{sid}.json", Status="completed")
        case "kick":
            shop.rest("DELETE", f"Conferences/{sid}/Participants/caller.json")
        case "redirect":
            shop.rest("POST", f"Calls/{caller.sid}.json", Twiml="<Response><Pause/></Response>")
        case _:
            caller.hangs_up()
    shop.sim.advance(1)

    leaves = [
        form for form in shop.pages.forms("/room") if form["StatusCallbackEvent"] == "participant-leave"
    ]
    assert leaves[0]["ReasonParticipantLeft"] == reason
    assert shop.pages.last("/room")["ReasonConferenceEnded"] == ended
    assert shop.rest("GET", f"Conferences/{sid}.json")["reason_conference_ended"] == ended


def test_status_callbacks_carry_their_number_and_moment_and_in_the_end_seconds_minutes_and_sip_code() -> None:
    shop = open_shop(out="<Pause length='61'/>", events="")
    shop.sim.phone(OTHER).answers()
    shop.rest(
        "POST", "Calls.json", To=OTHER, From=NUMBER, Url=BASE + "/out", StatusCallback=BASE + "/events",
        StatusCallbackEvent=["initiated", "ringing", "answered", "completed"],
    )  # fmt: skip
    shop.sim.advance(90)

    forms = shop.pages.forms("/events")
    assert [more(form) for form in forms] == [
        PROGRESS, PROGRESS | {"StirStatus"}, PROGRESS | {"StirStatus"}, TERMINAL | {"SipResponseCode"},
    ]  # fmt: skip
    assert (forms[-1]["CallDuration"], forms[-1]["Duration"], forms[-1]["SipResponseCode"]) == (
        "61",
        "2",
        "200",
    )


def test_a_numbers_status_callback_is_one_request_at_the_end() -> None:
    shop = open_shop()

    shop.sim.call(NUMBER).ends()

    (form,) = shop.pages.forms("/voice/status")
    assert more(form) == TERMINAL
    assert form["SequenceNumber"] == "0"


def test_a_call_cancelled_while_it_is_queued_fires_no_callbacks_and_a_dialled_child_is_never_queued() -> None:
    shop = open_shop(out="", events="")
    params = {"To": OTHER, "From": NUMBER, "Url": BASE + "/out", "StatusCallback": BASE + "/events"}
    shop.rest("POST", "Calls.json", **params)
    queued = shop.rest("POST", "Calls.json", **params)

    shop.rest("POST", f"Calls/{queued['sid']}.json", Status="canceled")
    shop.sim.advance(1)

    assert shop.pages.forms("/events") == []
    assert int(queued["queue_time"]) == 1000


def test_recording_callbacks_of_a_dial_tell_no_parties_and_a_duration_only_when_completed() -> None:
    shop = open_shop(
        voice=f"<Dial record='record-from-answer-dual' recordingStatusCallback='/recorded' "
        f"recordingStatusCallbackEvent='in-progress completed' timeLimit='5'>{OTHER}</Dial>",
        recorded="",
    )
    shop.sim.phone(OTHER).answers()
    caller = shop.sim.call(NUMBER)
    caller.ends()
    shop.sim.advance(5)

    started, completed = shop.pages.forms("/recorded")
    assert set(started) == RECORDING | {"CallSid"}
    assert set(completed) == RECORDING | {"CallSid", "RecordingDuration"}
    assert (completed["CallSid"], completed["RecordingChannels"]) == (caller.sid, "2")
    assert (completed["RecordingSource"], completed["ErrorCode"]) == ("DialVerb", "0")


def test_the_fallback_gets_code_and_url_of_the_error() -> None:
    shop = open_shop(fallback="<Say>sorry</Say>")
    number = next(iter(shop.account.numbers.values()))
    number.voice_fallback_url = BASE + "/fallback"
    shop.pages["/voice/incoming"] = None

    shop.sim.call(NUMBER).hears("sorry")

    form = shop.pages.last("/fallback")
    assert more(form) == {"ErrorCode", "ErrorUrl"}
    assert (form["ErrorCode"], form["ErrorUrl"]) == ("11200", BASE + "/voice/incoming")
