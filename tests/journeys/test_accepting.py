"""A caller is answered, queued, taken, and both part."""

import pytest

from tests.journeys.northwind import CUSTOMER
from tests.journeys.shop import Shop
from voice import models
from voice.states import Agent, CallEnd


@pytest.mark.both_stores
def test_a_caller_hears_the_menu_waits_with_music_and_talks_to_an_agent(shop: Shop) -> None:
    caller = shop.rings_up()
    caller.hears("Thank you for calling Northwind Outfitters")
    caller.presses("1")
    caller.hears("This call is recorded")
    caller.hears("You are next")
    caller.hears_music()
    shop.ann.starts_shift()
    shop.ann.rings()
    shop.ann.accepts()
    shop.ann.talks_to(caller)
    shop.waits(20)
    shop.ann.ends()
    caller.ends()

    shop.ann.becomes(Agent.WRAP_UP)
    shop.waits(3)
    assert shop.only_call().ended_as == CallEnd.ANSWERED
    assert shop.only_call().hung_up_by == "agent"


@pytest.mark.both_stores
def test_the_call_becomes_one_ticket_with_its_recording(shop: Shop) -> None:
    shop.talk(seconds=30)
    shop.ann.ends()
    shop.waits(30)

    (ticket,) = shop.rows(models.Ticket)
    (recording,) = shop.rows(models.Recording)
    assert ticket.call_id == recording.call_id == shop.only_call().id
    assert recording.state == "stored"
    assert recording.channels == 2
    assert 29 <= recording.seconds <= 33


def test_the_recording_is_announced_before_it_starts(shop: Shop) -> None:
    caller = shop.talk(seconds=10)
    caller.hangs_up()
    shop.waits(20)

    announced = next(line.at for line in caller.transcript if "This call is recorded" in line.text)
    (recording,) = shop.rows(models.Recording)
    assert announced < recording.started_at


def test_wrap_up_ends_by_itself_and_the_next_caller_rings(shop: Shop) -> None:
    shop.talk()
    shop.ann.ends()
    second = shop.joins_queue()
    assert shop.ann.is_silent()

    shop.ann.rings(within=40)
    shop.ann.accepts()
    shop.ann.talks_to(second)


@pytest.mark.both_stores
def test_hold_gives_the_caller_music_and_the_agent_silence(shop: Shop) -> None:
    caller = shop.talk()
    shop.ann.holds()
    caller.hears_music(within=5)
    assert not shop.ann.leg.is_talking_to(caller)
    assert shop.ann.state == Agent.ON_HOLD

    shop.ann.resumes()
    shop.ann.talks_to(caller)
    assert shop.ann.state == Agent.ON_CALL


@pytest.mark.both_stores
def test_who_hangs_up_while_waiting_is_a_missed_call_with_number_and_wait(shop: Shop) -> None:
    caller = shop.joins_queue()
    caller.waits(42)
    caller.hangs_up()
    shop.waits(5)

    call = shop.only_call()
    assert call.ended_as == CallEnd.ABANDONED
    assert call.caller == CUSTOMER
    assert 41 <= (call.waited_seconds or 0) <= 60
    missed = shop.browser(shop.ann).get("/api/missed").get_json()
    assert "202-555-0188" in str(missed)


def test_music_goes_on_where_it_stopped_and_the_place_is_said(shop: Shop) -> None:
    first, second = shop.joins_queue(), shop.joins_queue("+12025550199")
    second.hears("You are number 2 in the queue")
    first.waits(50)

    sounds = [
        line.text.rpartition("/")[2].partition(".")[0]
        for line in first.transcript
        if "/audio/hold-" in line.text
    ]
    assert sounds[:3] == ["hold-0", "hold-1", "hold-2"]


def test_the_longest_wait_leads_to_voicemail_and_a_ticket_with_the_message(shop: Shop) -> None:
    caller = shop.joins_queue()
    caller.hears("all of us are still busy", within=700)
    caller.hears("leave a message")
    caller.says("Please call me back", seconds=6)
    caller.waits(12)
    caller.hears("Thank you. Goodbye")
    caller.ends()
    shop.waits(30)

    assert shop.only_call().ended_as == CallEnd.VOICEMAIL
    (recording,) = shop.rows(models.Recording)
    assert (recording.kind, recording.state) == ("voicemail", "stored")
    assert len(shop.rows(models.Ticket)) == 1


@pytest.mark.both_stores
def test_two_agents_accept_at_once_one_wins_and_the_other_hears_nothing_and_is_free(shop: Shop) -> None:
    shop.ann.starts_shift()
    caller = shop.joins_queue()
    offer = shop.ann.rings()
    shop.ben.starts_shift()

    shop.ben.posts(f"/api/offers/{offer['id']}/accept", expect=404)
    intruder = shop.sim.client("us_ben").connect({"offer": offer["id"]})
    intruder.hears("no longer waiting for you")
    shop.ann.accepts()
    shop.ann.talks_to(caller)

    assert intruder.hears_nothing_of(caller)
    assert shop.ben.state == Agent.AVAILABLE


def test_a_withheld_number_and_a_name_with_control_characters_break_nothing(shop: Shop) -> None:
    shop.ann.starts_shift()
    caller = shop.rings_up(number=None, name="Zo\x08\x00ë \ud800 <Say>&")
    caller.hears("Thank you")
    caller.presses("1")
    shop.ann.rings()
    shop.ann.accepts()
    shop.ann.talks_to(caller)

    assert shop.only_call().caller == ""


def test_an_unknown_number_hears_a_sentence(shop: Shop) -> None:
    shop.sim.account.add_number("+12025550177", voice_url="http://localhost:8000/voice/incoming")
    caller = shop.sim.call(to="+12025550177")

    caller.hears("This number is not in service here")
    caller.ends()
