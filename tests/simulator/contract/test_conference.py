"""Twilio's pages: voice/twiml/conference and the conference and participant resources."""

import pytest

from simulator.hearing import Sound
from tests.simulator.contract.rooms import EVENTS, QUIET, both, events, room
from tests.simulator.contract.rows import proves
from tests.simulator.pages import NUMBER, open_shop, wav


def test_a_conference_starts_with_its_second_participant() -> None:
    shop = room()
    caller = shop.sim.call(NUMBER)
    caller.waits(5)
    alone = shop.rest("GET", "Conferences.json")["conferences"][0]["status"]

    agent = shop.sim.client("ann").connect()
    agent.talks_to(caller)

    assert alone == "init"
    assert (
        shop.rest("GET", "Conferences.json", Status="in-progress")["conferences"][0]["friendly_name"]
        == "talk"
    )
    assert events(shop) == ["participant-join", "participant-join", "conference-start"]
    shop.sim.assert_quiet()


@proves("Conference startConferenceOnEnter")
def test_without_anybody_who_may_start_it_two_participants_wait() -> None:
    shop = room('startConferenceOnEnter="false"', 'startConferenceOnEnter="false"')
    caller = shop.sim.call(NUMBER)
    agent = shop.sim.client("ann").connect()
    caller.waits(10)

    assert not caller.is_talking_to(agent)
    assert caller.hears_nothing_of(agent)


@proves("Conference waitUrl")
def test_who_waits_for_the_start_hears_the_wait_document_once() -> None:
    shop = open_shop(voice='<Dial><Conference waitUrl="/music" beep="false">talk</Conference></Dial>')
    shop.pages["/music"] = wav(4)

    caller = shop.sim.call(NUMBER)
    caller.hears_music()
    caller.waits(30)

    assert len(shop.pages.to("/music")) == 1
    assert caller.now_hears is not None
    assert caller.now_hears.kind is Sound.SILENCE


def test_a_wait_document_that_ends_with_redirect_goes_on_and_on() -> None:
    shop = open_shop(voice='<Dial><Conference waitUrl="/music" beep="false">talk</Conference></Dial>')
    shop.pages["/music"] = "<Say>hold on</Say><Pause length='9'/><Redirect/>"

    shop.sim.call(NUMBER).waits(30)

    assert len(shop.pages.to("/music")) == 4


def test_without_a_wait_url_there_is_music_and_with_an_empty_one_silence() -> None:
    shop = open_shop(voice="<Dial><Conference>talk</Conference></Dial>")
    shop.sim.call(NUMBER).hears_music()

    quiet = room()
    caller = quiet.sim.call(NUMBER)
    caller.waits(1)

    assert caller.now_hears is not None
    assert caller.now_hears.kind is Sound.SILENCE


def test_other_verbs_in_a_wait_document_are_an_error() -> None:
    shop = open_shop(voice='<Dial><Conference waitUrl="/music">talk</Conference></Dial>')
    shop.pages["/music"] = "<Gather/><Pause length='5'/>"

    shop.sim.call(NUMBER).waits(2)

    assert shop.sim.debugger.codes() == [13238]


def test_when_the_wait_document_fails_the_call_goes_on_with_the_action() -> None:
    shop = open_shop(voice='<Dial action="/out"><Conference waitUrl="/nothing">talk</Conference></Dial>')
    shop.pages["/out"] = "<Say>out</Say>"

    shop.sim.call(NUMBER).hears("out")

    assert shop.sim.debugger.codes() == [11200]


@proves("Conference statusCallback", "Conference statusCallbackEvent")
def test_the_first_participant_fixes_the_callback_and_its_events() -> None:
    shop = room(events='statusCallback="/first" statusCallbackEvent="join"')
    shop.pages["/first"] = ""
    shop.pages["/voice/agent"] = f"<Dial><Conference {QUIET} {EVENTS}>talk</Conference></Dial>"

    caller, agent = both(shop)
    caller.hangs_up()
    agent.hangs_up()

    assert [form["StatusCallbackEvent"] for form in shop.pages.forms("/first")] == ["participant-join"] * 2
    assert events(shop) == []


def test_events_tell_who_and_count_up() -> None:
    shop = room('endConferenceOnExit="true" participantLabel="customer"')
    caller, _ = both(shop)

    first, second, start = shop.pages.forms("/room-events")

    assert first["CallSid"] == caller.sid
    assert (first["FriendlyName"], first["ParticipantLabel"]) == ("talk", "customer")
    assert (first["EndConferenceOnExit"], first["StartConferenceOnEnter"]) == ("true", "true")
    assert (first["Muted"], first["Hold"], first["Coaching"]) == ("false", "false", "false")
    assert [int(form["SequenceNumber"]) for form in (first, second, start)] == [1, 2, 3]
    assert first["ConferenceSid"].startswith("CF")
    assert first["Timestamp"].endswith("+0000")
    assert "CallSid" not in start


@proves("Conference endConferenceOnExit")
def test_who_ends_the_conference_on_exit_takes_all_out() -> None:
    shop = room('endConferenceOnExit="true"')
    caller, agent = both(shop)

    caller.hangs_up()
    agent.hears("agent is out")

    end = shop.pages.last("/room-events")
    assert events(shop)[3:] == ["participant-leave", "participant-leave", "conference-end"]
    assert end["ReasonConferenceEnded"] == "participant-with-end-conference-on-exit-left"
    assert end["CallSidEndingConference"] == caller.sid
    assert shop.pages.forms("/room-events")[4]["ReasonParticipantLeft"] == "moderator_ended_conference"


def test_the_last_to_leave_ends_the_conference() -> None:
    shop = room()
    caller, agent = both(shop)

    agent.hangs_up()
    caller.waits(1)
    still = shop.rest("GET", "Conferences.json")["conferences"][0]["status"]
    caller.hangs_up()

    room_after = shop.rest("GET", "Conferences.json")["conferences"][0]
    assert still == "in-progress"
    assert (room_after["status"], room_after["reason_conference_ended"]) == (
        "completed",
        "last-participant-left",
    )
    assert shop.pages.last("/room-events")["ReasonConferenceEnded"] == "last-participant-left"


def test_the_dial_action_after_a_conference_says_answered_and_no_child() -> None:
    shop = room(dial='hangupOnStar="true"')
    caller, _ = both(shop)

    caller.presses("*")
    caller.hears("caller is out")

    form = shop.pages.last("/caller-out")
    assert form["DialCallStatus"] == "answered"
    assert "DialCallSid" not in form
    assert "DialCallDuration" not in form


def test_after_a_conference_ended_by_rest_the_legs_go_on_with_their_actions() -> None:
    shop = room()
    caller, agent = both(shop)
    sid = shop.rest("GET", "Conferences.json")["conferences"][0]["sid"]

    shop.rest("POST", f"Conferences/{sid}.json", Status="completed")
    caller.hears("caller is out")
    agent.hears("agent is out")

    ended = shop.rest("GET", f"Conferences/{sid}.json")
    assert ended["reason_conference_ended"] == "conference-ended-via-api"
    assert ended["call_sid_ending_conference"] is None
    assert shop.rest("GET", f"Conferences/{sid}/Participants.json")["participants"] == []


def test_a_new_room_of_the_same_name_is_another_conference() -> None:
    shop = room()
    caller, agent = both(shop)
    caller.hangs_up()
    agent.hangs_up()

    both(shop)

    rooms = shop.rest("GET", "Conferences.json", FriendlyName="talk")["conferences"]
    assert sorted(found["status"] for found in rooms) == ["completed", "in-progress"]


@proves("Conference maxParticipants")
def test_a_full_conference_lets_the_next_call_go_on() -> None:
    shop = room(agent='maxParticipants="1"')
    shop.sim.call(NUMBER).waits(1)

    agent = shop.sim.client("ann").connect()
    agent.hears("agent is out")

    assert shop.sim.debugger.codes() == [16020]
    assert shop.pages.last("/agent-out")["DialCallStatus"] == "failed"


@proves("Conference participantLabel")
def test_a_label_in_use_keeps_the_second_out() -> None:
    shop = room('participantLabel="one"', 'participantLabel="one"')
    shop.sim.call(NUMBER).waits(1)

    shop.sim.client("ann").connect().hears("agent is out")

    assert shop.sim.debugger.codes() == [16025]


def test_a_participant_is_found_by_label_too() -> None:
    shop = room(agent='participantLabel="agent"')
    _, agent = both(shop)
    sid = shop.rest("GET", "Conferences.json")["conferences"][0]["sid"]

    assert shop.rest("GET", f"Conferences/{sid}/Participants/agent.json")["call_sid"] == agent.sid


@pytest.mark.parametrize("label", ["x" * 129, "a/b", "CA" + "0" * 32])
def test_a_label_is_short_no_call_sid_and_has_no_slash(label: str) -> None:
    shop = room(f'participantLabel="{label}"')

    shop.sim.call(NUMBER).hears("caller is out")

    assert shop.sim.debugger.codes() == [16023]


@proves("Conference beep")
def test_beeps_are_heard_on_enter_and_exit_unless_switched_off() -> None:
    shop = open_shop(voice='<Dial><Conference waitUrl="">talk</Conference></Dial>')
    first = shop.sim.call(NUMBER)
    first.waits(1)
    second = shop.sim.call(NUMBER)
    second.waits(1)
    second.hangs_up()

    assert [line.kind for line in first.transcript].count(Sound.BEEP) == 3


def test_an_error_answer_to_a_room_event_is_16011_and_the_room_goes_on() -> None:
    shop = room()
    shop.pages["/room-events"] = None

    caller, agent = both(shop)

    assert set(shop.sim.debugger.codes()) == {16011}
    assert caller.is_talking_to(agent)


@proves("Conference coach")
def test_a_coach_is_heard_by_the_coached_alone() -> None:
    shop = room()
    caller, agent = both(shop)
    shop.pages["/voice/agent"] = f'<Dial><Conference {QUIET} coach="{agent.sid}">talk</Conference></Dial>'

    coach = shop.sim.client("eve").connect()
    coach.waits(1)
    coach.says("offer a refund")

    agent.hears("offer a refund")
    assert caller.hears_nothing_of(coach)


def test_who_is_to_be_coached_has_to_be_there() -> None:
    shop = room(agent='coach="CA00000000000000000000000000000000"')
    shop.sim.call(NUMBER).waits(1)

    shop.sim.client("ann").connect().hears("agent is out")

    assert shop.sim.debugger.codes() == [13240]
