"""Participants are muted, held, kicked, redirected and announced to by REST."""

from simulator.hearing import Sound
from tests.simulator.contract.rooms import both, events, participants, room, seat_path
from tests.simulator.contract.rows import proves
from tests.simulator.pages import BASE, NUMBER, open_shop, wav


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
