"""An agent asks a colleague before the caller is handed over; each way out leads somewhere, and never past the caller."""

import pytest

from simulator.handset import Caller
from tests.journeys.northwind import CUSTOMER
from tests.journeys.shop import Shop
from voice import models
from voice.states import Agent, CallEnd


def asking(shop: Shop, to: str = "agent", target: str = "us_ben") -> Caller:
    """Ann talks to a caller and asks Ben, who comes."""
    caller = shop.talk()
    shop.ben.starts_shift()
    shop.ann.asks(to, target)
    assert shop.ben.rings()["asked_by"] == "Ann"
    shop.ben.accepts()
    shop.ben.leg.talks_to(shop.ann.leg)
    return caller


@pytest.mark.both_stores
def test_the_colleague_hears_nothing_of_the_caller_before_the_hand_over(shop: Shop) -> None:
    caller = asking(shop)
    caller.hears_music(within=5)
    shop.waits(10)
    assert shop.ben.leg.hears_nothing_of(caller)
    shop.ann.hands_over()

    shop.ben.talks_to(caller)
    shop.ann.leg.ends()
    shop.ann.becomes(Agent.WRAP_UP)
    shop.waits(10)
    shop.ben.ends()
    caller.ends()
    shop.waits(20)
    assert (shop.only_call().ended_as, shop.only_call().hung_up_by) == (CallEnd.ANSWERED, "agent")
    assert shop.only(models.Ticket).agent_id == "us_ben"
    assert len(shop.rows(models.Recording)) == 1
    shop.ben.becomes(Agent.AVAILABLE)


def test_a_colleague_is_not_rung_before_the_carrier_says_that_the_caller_is_held(shop: Shop) -> None:
    caller = shop.talk()
    shop.ben.starts_shift()
    shop.sim.faults.rest("POST .*/Participants/", "status", times=None, status=500)
    shop.is_quiet = False
    shop.ann.asks("agent", "us_ben")
    shop.waits(15)

    assert shop.facts("offered")[-1].agent_id == "us_ann"
    assert shop.only(models.Consult).why == "the caller could not be put on hold"
    assert shop.ann.leg.is_talking_to(caller)


def test_back_to_the_caller_leaves_the_colleague_free(shop: Shop) -> None:
    caller = asking(shop)
    shop.ann.takes_back()

    shop.ann.talks_to(caller)
    shop.ben.leg.ends()
    shop.ben.becomes(Agent.AVAILABLE, within=5)
    assert shop.ben.leg.hears_nothing_of(caller)


def test_hanging_up_on_the_colleague_never_hangs_up_on_the_caller(shop: Shop) -> None:
    caller = asking(shop)
    shop.ann.ends()

    shop.ann.talks_to(caller)
    assert not caller.is_over


def test_all_three_talk_until_one_of_the_agents_leaves(shop: Shop) -> None:
    caller = asking(shop)
    shop.ann.brings_together()
    shop.ben.talks_to(caller)
    shop.ann.talks_to(caller)
    shop.ben.ends()
    shop.ben.becomes(Agent.AVAILABLE, within=5)
    assert shop.ann.leg.is_talking_to(caller)

    shop.ann.asks("agent", "us_ben")
    shop.waits(3)
    shop.ben.rings()
    shop.ben.accepts()
    shop.ben.leg.talks_to(shop.ann.leg)
    shop.ann.brings_together()
    shop.ben.talks_to(caller)
    shop.ann.hands_over()
    shop.ann.leg.ends()
    assert shop.ben.leg.is_talking_to(caller)


@pytest.mark.parametrize("way", ["declines", "lets_it_ring", "vanishes"])
def test_a_colleague_who_does_not_stay_leaves_the_caller_held_with_the_first_agent(
    shop: Shop, way: str
) -> None:
    if way == "vanishes":
        caller = asking(shop)
        shop.ben.closes_laptop()
    else:
        caller = shop.talk()
        shop.ben.starts_shift()
        shop.ann.asks("agent", "us_ben")
        shop.ben.rings()
        if way == "declines":
            shop.ben.declines()
    shop.waits(30)

    assert shop.only(models.Consult).state == "failed"
    assert shop.ann.snapshot["talk"]["held"]
    shop.ann.resumes()
    shop.ann.talks_to(caller)


@pytest.mark.both_stores
def test_the_colleague_takes_the_caller_when_the_first_agent_is_lost(shop: Shop) -> None:
    caller = asking(shop)
    shop.ann.closes_laptop()
    shop.waits(10)
    assert shop.ben.leg.hears_nothing_of(caller)

    shop.ben.talks_to(caller, within=15)
    shop.ben.ends()
    caller.ends()
    assert shop.facts("requeued") == []


def test_a_first_agent_who_comes_back_in_time_goes_on_asking(shop: Shop) -> None:
    caller = asking(shop)
    shop.ann.leg.vanishes()
    shop.waits(5)
    shop.ann.connects()
    shop.ann.leg.talks_to(shop.ben.leg)
    assert shop.ben.leg.hears_nothing_of(caller)
    shop.ann.hands_over()

    shop.ben.talks_to(caller)


def test_a_first_agent_who_is_lost_while_it_rings_takes_the_ring_back(shop: Shop) -> None:
    caller = shop.talk()
    shop.ben.starts_shift()
    shop.ann.asks("agent", "us_ben")
    shop.ben.rings()
    shop.ann.closes_laptop()
    shop.waits(20)
    shop.ben.rings(within=30)
    shop.ben.accepts()

    shop.ben.talks_to(caller)


def test_a_caller_who_hangs_up_on_hold_frees_both_agents(shop: Shop) -> None:
    caller = asking(shop)
    caller.hangs_up()

    shop.ann.becomes(Agent.WRAP_UP, within=5)
    shop.ben.becomes(Agent.AVAILABLE, within=5)
    shop.ben.leg.ends()
    shop.waits(5)
    assert (shop.only_call().ended_as, shop.only_call().hung_up_by) == (CallEnd.ANSWERED, "caller")


def test_a_queue_is_asked_one_agent_after_the_other(shop: Shop) -> None:
    caller = shop.talk()
    shop.ben.starts_shift()
    shop.ann.asks("queue", "orders")
    shop.ben.rings()
    shop.ben.accepts()
    shop.ben.leg.talks_to(shop.ann.leg)
    shop.ann.hands_over()

    shop.ben.talks_to(caller)


def test_while_a_colleague_is_asked_nothing_else_is_done_to_the_caller(shop: Shop) -> None:
    caller = asking(shop)
    call = shop.ann.call_id()
    for path, body in (("hold", {}), ("resume", {}), ("send", {"to": "queue", "target": "orders"})):
        shop.ann.posts(f"/api/calls/{call}/{path}", expect=409, **body)
        shop.ben.posts(f"/api/calls/{call}/{path}", expect=409, **body)
    shop.ann.posts(f"/api/calls/{call}/ask", expect=409, to="agent", target="us_ben")
    shop.ben.posts(f"/api/calls/{call}/ask/hand-over", expect=409)

    assert shop.ben.leg.hears_nothing_of(caller)


def test_webhooks_twice_and_a_lost_word_of_the_hold_change_nothing(shop: Shop) -> None:
    shop.harms_webhooks("/voice/(agent|leg|room)", "duplicate")
    caller = asking(shop)
    shop.ann.hands_over()
    shop.ben.talks_to(caller)
    caller.hangs_up()
    shop.waits(20)

    assert len(shop.facts("handed_over")) == len(shop.facts("call_ended")) == 1


def test_a_customer_whom_we_called_can_be_handed_over_too(shop: Shop) -> None:
    phone = shop.sim.phone(CUSTOMER)
    shop.ann.starts_shift()
    shop.ben.starts_shift()
    shop.ann.dials()
    shop.ann.talks_to(phone)
    shop.ann.asks("agent", "us_ben")
    shop.ben.rings()
    shop.ben.accepts()
    shop.ben.leg.talks_to(shop.ann.leg)
    shop.ann.hands_over()

    shop.ben.talks_to(phone)
