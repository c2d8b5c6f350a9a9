"""Supervisors listen to a talk, coach the agent and speak to both; the caller never loses anything by it."""

import pytest

from simulator.handset import ClientLeg, Handset
from tests.journeys.northwind import FLOW
from tests.journeys.shop import Shop
from tests.journeys.supervisor import Supervisor
from voice import models
from voice.states import Agent

SHOWN = FLOW.replace("queues:", "supervision: {show_listening: yes}\nqueues:", 1)


def heard_by(speaker: Handset, *others: Handset) -> list[bool]:
    """Who of the others hears the speaker at this moment."""
    return [
        speaker.leg.sid in (other.now_hears.voices if other.now_hears is not None else ()) for other in others
    ]


@pytest.mark.both_stores
def test_a_supervisor_listens_coaches_barges_in_and_leaves_and_the_talk_goes_on(shop: Shop) -> None:
    caller, sue = shop.talk(1), Supervisor(shop)
    leg = sue.comes(shop.ann)
    listening = heard_by(leg, caller, shop.ann.leg)
    hears = heard_by(caller, leg) + heard_by(shop.ann.leg, leg)
    sue.turns("coaching")
    coaching = heard_by(leg, caller, shop.ann.leg)
    assert caller.hears_nothing_of(leg)
    sue.turns("barged")
    barging = heard_by(leg, caller, shop.ann.leg)
    sue.turns("listening")
    silent = heard_by(leg, caller, shop.ann.leg)
    sue.leaves()

    assert (listening, coaching, barging, silent) == (
        [False, False],
        [False, True],
        [True, True],
        [False, False],
    )
    assert hears == [True, True]
    leg.ends(within=5)
    assert shop.ann.leg.is_talking_to(caller)
    shop.ann.ends()
    caller.ends()
    assert [kind for kind, _ in sue.deeds()] == [
        "talk_listened",
        "talk_coached",
        "talk_barged",
        "talk_listened",
        "talk_left",
    ]
    assert {about for _, about in sue.deeds()} == {shop.only_call().id}


def test_who_comes_to_coach_is_never_heard_by_the_caller_on_the_way(shop: Shop) -> None:
    caller, sue = shop.talk(1), Supervisor(shop)
    coach = sue.comes(shop.ann, "coaching")
    assert heard_by(coach, shop.ann.leg) == [True]
    sue.leaves()
    speaker = sue.comes(shop.ann, "barged")

    assert heard_by(speaker, shop.ann.leg, caller) == [True, True]
    assert caller.hears_nothing_of(coach)


def test_the_agents_desk_says_who_coaches_and_nothing_of_who_only_listens(shop: Shop) -> None:
    shop.talk(1)
    sue = Supervisor(shop)
    sue.comes(shop.ann)
    assert shop.ann.snapshot["talk"]["supervisors"] == []
    sue.turns("coaching")
    assert shop.ann.snapshot["talk"]["supervisors"] == [{"name": "Sue", "heard": "coaching"}]
    sue.turns("barged")
    assert shop.ann.snapshot["talk"]["supervisors"] == [{"name": "Sue", "heard": "barged"}]
    sue.leaves()

    assert shop.ann.snapshot["talk"]["supervisors"] == []


def test_a_merchant_may_wish_that_listening_is_shown(shop: Shop) -> None:
    shop.publishes(SHOWN)
    shop.talk(1)
    Supervisor(shop).comes(shop.ann)

    assert shop.ann.snapshot["talk"]["supervisors"] == [{"name": "Sue", "heard": "listening"}]


def test_the_floor_shows_every_supervisor_who_is_in_a_talk(shop: Shop) -> None:
    shop.talk(1)
    sue, tom = Supervisor(shop), Supervisor(shop, "tom", "admin")
    sue.comes(shop.ann)
    tom.comes(shop.ann, "coaching")
    (ann,) = [one for one in sue.floor()["agents"] if one["name"] == "Ann"]

    assert ann["with"]["supervisors"] == [
        {"user_id": "us_sue", "name": "Sue", "heard": "listening", "is_in": True},
        {"user_id": "us_tom", "name": "Tom", "heard": "coaching", "is_in": True},
    ]


@pytest.mark.parametrize("who", ["agent", "caller"])
def test_when_the_talk_ends_so_does_the_supervisors_leg(shop: Shop, who: str) -> None:
    caller, sue = shop.talk(1), Supervisor(shop)
    leg = sue.comes(shop.ann, "barged")
    if who == "agent":
        shop.ann.ends()
    else:
        caller.hangs_up()

    leg.ends(within=10)
    caller.ends()
    shop.waits(5)
    assert shop.only(models.Supervision).state == "ended"
    assert shop.only_call().hung_up_by == who


def test_a_supervisors_browser_that_dies_leaves_caller_and_agent_talking(shop: Shop) -> None:
    caller, sue = shop.talk(1), Supervisor(shop)
    sue.comes(shop.ann, "barged").vanishes()
    shop.waits(10)

    assert shop.ann.leg.is_talking_to(caller)
    assert shop.only(models.Supervision).state == "ended"
    assert sue.deeds()[-1][0] == "talk_left"


def test_a_supervisor_hears_the_agents_while_the_caller_is_held(shop: Shop) -> None:
    caller, sue = shop.talk(1), Supervisor(shop)
    leg = sue.comes(shop.ann)
    shop.ben.starts_shift()
    shop.ann.asks("agent", "us_ben")
    shop.ben.rings()
    shop.ben.accepts()
    shop.ben.leg.talks_to(shop.ann.leg)

    assert heard_by(shop.ben.leg, leg) == heard_by(shop.ann.leg, leg) == [True]
    assert heard_by(caller, leg) == [False]


def test_who_coaches_goes_on_with_the_colleague_to_whom_the_caller_is_handed(shop: Shop) -> None:
    caller, sue = shop.talk(1), Supervisor(shop)
    leg = sue.comes(shop.ann, "coaching")
    shop.ben.starts_shift()
    shop.ann.asks("agent", "us_ben")
    shop.ben.rings()
    shop.ben.accepts()
    shop.ben.leg.talks_to(shop.ann.leg)
    shop.ann.hands_over()
    shop.ben.talks_to(caller)
    shop.waits(5)

    assert heard_by(leg, shop.ben.leg, caller) == [True, False]
    assert caller.hears_nothing_of(leg)


def test_no_supervisor_speaks_to_the_stranger_to_whom_the_caller_is_handed(shop: Shop) -> None:
    caller, sue, stranger = shop.talk(1), Supervisor(shop), shop.sim.phone("+12025550142")
    leg = sue.comes(shop.ann, "coaching")
    shop.ann.asks("number", "+12025550142")
    stranger.talks_to(shop.ann.leg)
    call_id = shop.ann.call_id()
    shop.ann.posts(f"/api/calls/{call_id}/ask/hand-over")
    stranger.talks_to(caller)

    leg.ends(within=5)
    assert stranger.hears_nothing_of(leg)
    assert shop.only(models.Supervision).state == "ended"
    sue.asks_to("listening", call_id, expect=410)


def test_who_coaches_an_agent_whose_phone_is_lost_is_heard_again_on_the_new_leg(shop: Shop) -> None:
    caller, sue = shop.talk(1), Supervisor(shop)
    leg = sue.comes(shop.ann, "coaching")
    shop.ann.leg.vanishes()
    shop.waits(4)
    shop.ann.connects()
    shop.ann.talks_to(caller)
    shop.waits(6)

    assert heard_by(leg, shop.ann.leg) == [True]
    assert caller.hears_nothing_of(leg)


def test_a_caller_who_goes_back_to_the_queue_takes_no_supervisor_along(shop: Shop) -> None:
    shop.talk(1)
    leg = Supervisor(shop).comes(shop.ann, "barged")
    shop.ann.closes_laptop()
    shop.waits(20)

    leg.ends(within=5)
    assert shop.only(models.Supervision).state == "ended"


def test_a_supervisor_is_in_one_talk_at_a_time(shop: Shop) -> None:
    shop.talk(1)
    shop.ben.starts_shift()
    second = shop.joins_queue("+12025550199")
    shop.ben.rings()
    shop.ben.accepts()
    shop.ben.talks_to(second)
    sue = Supervisor(shop)
    first_leg = sue.comes(shop.ann)
    second_leg = sue.comes(shop.ben, "barged")

    first_leg.ends(within=5)
    assert heard_by(second_leg, second, shop.ben.leg) == [True, True]


def test_nobody_else_comes_in_with_a_supervisors_offer(shop: Shop) -> None:
    caller = shop.talk(1)
    sue = Supervisor(shop)
    offer = sue.asks_to("barged", shop.ann.call_id())["offer"]
    strangers: list[ClientLeg] = [
        shop.sim.client(identity).connect({"offer": offer}) for identity in ("us_ben", "us_sue", "w_us_ben")
    ]
    shop.waits(3)

    assert all(leg.is_over for leg in strangers)
    assert caller.is_over is False
    shop.waits(10)
    assert shop.only(models.Supervision).state == "ended"  # the phone did not come


def test_who_may_not_watch_any_more_is_out_of_the_talk(shop: Shop) -> None:
    caller, sue, tom = shop.talk(1), Supervisor(shop), Supervisor(shop, "tom")
    first, second = sue.comes(shop.ann), tom.comes(shop.ann, "barged")
    with shop.rt.write() as tx:
        tx.get_one(models.Membership, ("northwind", "us_sue")).role = "agent"
        tx.get_one(models.User, "us_tom").disabled_at = shop.now

    first.ends(within=5)
    second.ends(within=5)
    assert shop.ann.leg.is_talking_to(caller)


def test_an_agent_who_also_supervises_is_in_no_talk_of_others_during_a_call(shop: Shop) -> None:
    shop.talk(1)
    shop.ben.starts_shift()
    with shop.rt.write() as tx:
        tx.get_one(models.Membership, ("northwind", "us_ben")).role = "supervisor"
    told = shop.ben.posts(f"/api/supervision/{shop.ann.call_id()}", heard="barged")
    leg = shop.sim.client("w_us_ben").connect({"offer": told["offer"]})
    shop.waits(2)
    second = shop.joins_queue("+12025550199")
    shop.ben.rings()
    leg.ends(within=3)
    shop.ben.accepts()
    shop.ben.talks_to(second)

    refused = shop.ben.posts(f"/api/supervision/{shop.ann.call_id()}", 409, heard="listening")
    assert refused["message"] == "Finish your own call first."


def test_a_carrier_that_does_not_answer_keeps_the_supervisor_silent_until_it_does(shop: Shop) -> None:
    caller, sue = shop.talk(1), Supervisor(shop)
    leg = sue.comes(shop.ann)
    shop.sim.faults.rest("POST .*/Participants/", "status", times=2, status=500)
    shop.is_quiet = False
    sue.turns("coaching")
    assert heard_by(leg, caller, shop.ann.leg) == [False, False]
    shop.waits(15)

    assert heard_by(leg, caller, shop.ann.leg) == [False, True]
    assert caller.hears_nothing_of(leg)


def test_webhooks_twice_change_nothing(shop: Shop) -> None:
    shop.harms_webhooks("/voice/(agent|room|agent-left)", "duplicate")
    caller, sue = shop.talk(1), Supervisor(shop)
    leg = sue.comes(shop.ann, "coaching")
    assert heard_by(leg, caller, shop.ann.leg) == [False, True]
    sue.leaves()
    shop.waits(5)

    assert shop.ann.leg.is_talking_to(caller)
    assert len(shop.facts("supervisor_left")) == 1


def test_no_silent_listening_is_told_in_the_ticket_that_agents_read(shop: Shop) -> None:
    shop.talk(1)
    sue = Supervisor(shop)
    sue.comes(shop.ann)
    sue.turns("coaching")
    sue.leaves()
    shop.ann.ends()
    shop.waits(20)
    number = shop.only(models.Ticket).number
    answer = shop.browser(shop.ann).get(f"/api/tickets/northwind/{number}").get_json()
    told = [line["text"] for line in answer["story"]]

    assert [text for text in told if "Sue" in text] == ["Sue coached the agent, unheard by the caller"]
    assert shop.ann.state in (Agent.WRAP_UP, Agent.AVAILABLE)
