"""Twilio's pages: voice/twiml/conference and the conference and participant resources."""

from typing import Any

import pytest

from simulator.handset import ClientLeg, Handset
from simulator.hearing import Sound
from tests.simulator.contract.rows import proves
from tests.simulator.pages import BASE, NUMBER, Shop, open_shop, wav

EVENTS = 'statusCallback="/room-events" statusCallbackEvent="start end join leave mute hold modify"'
QUIET = 'beep="false" waitUrl=""'


def room(caller: str = "", agent: str = "", dial: str = "", *, events: str = EVENTS) -> Shop:
    """A shop whose number and whose browser application both lead into the room "talk"."""
    shop = open_shop(
        voice=f'<Dial action="/caller-out" {dial}><Conference {QUIET} {events} {caller}>talk</Conference></Dial>'
    )
    shop.pages["/voice/agent"] = (
        f'<Dial action="/agent-out"><Conference {QUIET} {events} {agent}>talk</Conference></Dial>'
    )
    shop.pages["/caller-out"] = "<Say>caller is out</Say>"
    shop.pages["/agent-out"] = "<Say>agent is out</Say>"
    shop.pages["/room-events"] = ""
    return shop


def both(shop: Shop) -> tuple[Handset, ClientLeg]:
    caller = shop.sim.call(NUMBER)
    caller.waits(2)
    agent = shop.sim.client("ann").connect()
    agent.talks_to(caller)
    return caller, agent


def events(shop: Shop) -> list[str]:
    return [form["StatusCallbackEvent"] for form in shop.pages.forms("/room-events")]


def participants(shop: Shop) -> list[dict[str, Any]]:
    sid = shop.rest("GET", "Conferences.json")["conferences"][0]["sid"]
    found: list[dict[str, Any]] = shop.rest("GET", f"Conferences/{sid}/Participants.json")["participants"]
    return found


def seat_path(shop: Shop, leg: Handset) -> str:
    sid = shop.rest("GET", "Conferences.json")["conferences"][0]["sid"]
    return f"Conferences/{sid}/Participants/{leg.sid}.json"


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


@proves("Conference muted")
def test_a_muted_participant_is_not_heard_but_hears() -> None:
    shop = room()
    caller, agent = both(shop)

    shop.rest("POST", seat_path(shop, agent), Muted="true")
    muted = caller.now_hears
    shop.rest("POST", seat_path(shop, agent), Muted="false")

    assert muted is not None
    assert muted.kind is Sound.SILENCE
    assert caller.is_talking_to(agent)
    shop.sim.settle()
    assert events(shop)[3:] == ["participant-mute", "participant-unmute"]


def test_on_hold_a_participant_hears_the_hold_document_and_nobody_else() -> None:
    shop = room()
    caller, agent = both(shop)
    shop.pages["/hold"] = "<Say>one moment</Say><Play>/tune.wav</Play><Redirect/>"
    shop.pages["/tune.wav"] = wav(5)

    shop.rest("POST", seat_path(shop, caller), Hold="true", HoldUrl=BASE + "/hold")
    caller.hears("one moment")
    caller.hears("tune")
    caller.hears("one moment")
    held = participants(shop)
    talked = caller.is_talking_to(agent)
    shop.rest("POST", seat_path(shop, caller), Hold="false")

    assert shop.pages.to("/hold")[0].method == "GET"
    assert [seat["hold"] for seat in held] == [True, False]
    assert not talked
    assert caller.is_talking_to(agent)
    assert shop.pages.to("/hold")[0].form["CallSid"] == caller.sid


def test_hold_method_can_be_post() -> None:
    shop = room()
    caller, _ = both(shop)
    shop.pages["/hold"] = "<Say>one moment</Say>"

    shop.rest("POST", seat_path(shop, caller), Hold="true", HoldUrl=BASE + "/hold", HoldMethod="POST")
    caller.hears("one moment")

    assert [asked.method for asked in shop.pages.to("/hold")] == ["POST"]


def test_hold_without_a_document_is_music() -> None:
    shop = room()
    caller, _ = both(shop)

    shop.rest("POST", seat_path(shop, caller), Hold="true")

    caller.hears_music()


def test_end_conference_on_exit_cannot_be_changed_on_hold_and_says_nothing_about_it() -> None:
    shop = room('endConferenceOnExit="true"')
    caller, _ = both(shop)
    shop.rest("POST", seat_path(shop, caller), Hold="true")

    answer = shop.rest("POST", seat_path(shop, caller), EndConferenceOnExit="false")

    assert answer["end_conference_on_exit"] is True


def test_a_change_of_end_conference_on_exit_is_a_modify_event() -> None:
    shop = room()
    caller, agent = both(shop)

    shop.rest("POST", seat_path(shop, caller), EndConferenceOnExit="true")
    caller.hangs_up()
    agent.hears("agent is out")

    assert "participant-modify" in events(shop)


def test_a_kicked_participant_goes_on_with_the_dial_action() -> None:
    shop = room()
    caller, agent = both(shop)

    shop.rest("DELETE", seat_path(shop, agent))
    agent.hears("agent is out")

    leave = next(
        form
        for form in shop.pages.forms("/room-events")
        if form["StatusCallbackEvent"] == "participant-leave"
    )
    assert leave["ReasonParticipantLeft"] == "participant_updated_via_api"
    assert caller.state == "in-progress"


def test_a_rest_redirect_takes_a_leg_out_of_the_room() -> None:
    shop = room()
    caller, agent = both(shop)
    shop.pages["/new"] = "<Say>somewhere else</Say>"

    shop.rest("POST", f"Calls/{caller.sid}.json", Url=BASE + "/new")
    caller.hears("somewhere else")
    caller.ends()

    leave = next(
        form
        for form in shop.pages.forms("/room-events")
        if form["StatusCallbackEvent"] == "participant-leave"
    )
    assert leave["ReasonParticipantLeft"] == "participant_updated_via_api"
    assert shop.pages.to("/caller-out") == []
    assert agent.state == "in-progress"


def test_hanging_up_is_a_leave_with_the_call_completed() -> None:
    shop = room()
    caller, _ = both(shop)

    caller.hangs_up()

    leave = shop.pages.last("/room-events")
    assert (leave["ReasonParticipantLeft"], leave["ParticipantCallStatus"]) == (
        "participant_hung_up",
        "completed",
    )


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


def test_an_announcement_is_heard_by_all_and_the_talk_goes_on() -> None:
    shop = room()
    caller, agent = both(shop)
    shop.pages["/news"] = "<Say>one minute left</Say>"
    sid = shop.rest("GET", "Conferences.json")["conferences"][0]["sid"]

    shop.rest("POST", f"Conferences/{sid}.json", AnnounceUrl=BASE + "/news")
    caller.hears("one minute left")
    agent.hears("one minute left")
    caller.waits(5)

    assert caller.is_talking_to(agent)
    assert caller.now_hears is not None
    assert caller.now_hears.kind is Sound.TALK


def test_a_conference_cannot_be_mixed_with_numbers() -> None:
    shop = open_shop(voice="<Dial><Number>+15550100199</Number><Conference>talk</Conference></Dial>")

    shop.sim.call(NUMBER).hears_music()

    assert shop.sim.debugger.codes() == [13000]


def test_a_participant_can_be_called_into_a_room_that_is_not_there_yet() -> None:
    shop = room()
    phone = shop.sim.phone("+15550100199")
    phone.answers(after=3)

    made = shop.rest(
        "POST", "Conferences/talk/Participants.json", To="+15550100199", From=NUMBER, Beep="false"
    )
    phone.rings()
    caller = shop.sim.call(NUMBER)
    caller.talks_to(phone)

    assert made["status"] == "queued"
    assert phone.sid == made["call_sid"]


def test_a_room_that_is_over_takes_no_participants() -> None:
    shop = room()
    caller, agent = both(shop)
    caller.hangs_up()
    agent.hangs_up()
    sid = shop.rest("GET", "Conferences.json")["conferences"][0]["sid"]

    answer = shop.answer("POST", f"Conferences/{sid}/Participants.json", To="+15550100199", From=NUMBER)

    assert answer.status == 404
