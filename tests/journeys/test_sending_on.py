"""An agent sends the caller on, to a colleague, a queue or a number; nobody takes it: the caller comes back."""

import pytest
from sqlalchemy import delete

from tests.journeys.northwind import CUSTOMER, FLOW, NORTHWIND
from tests.journeys.shop import Shop
from voice import models
from voice.states import Agent, CallEnd

OUTSIDE = "+12025550142"
TWO_QUEUES = FLOW.replace("queues:\n", "queues:\n  repairs: {ring: 20s, wrap_up: 30s, max_wait: 1m}\n")


@pytest.fixture
def shop(shop: Shop) -> Shop:
    """The shop has a second queue."""
    shop.publishes(TWO_QUEUES)
    with shop.rt.write() as tx:
        tx.add(models.QueueMember(merchant_id="northwind", queue="repairs", agent_id="us_ben"))
    return shop


@pytest.mark.both_stores
def test_a_caller_sent_to_a_colleague_talks_to_the_colleague(shop: Shop) -> None:
    caller = shop.talk()
    shop.ben.starts_shift()
    shop.ann.sends("agent", "us_ben")

    caller.hears("audio/ringing")
    shop.ann.becomes(Agent.WRAP_UP, within=5)
    assert shop.ben.rings()["sent_by"] == "Ann"
    shop.ben.accepts()
    shop.ben.talks_to(caller)
    shop.waits(10)
    caller.hangs_up()
    shop.waits(20)
    assert (shop.only_call().ended_as, shop.only_call().hung_up_by) == (CallEnd.ANSWERED, "caller")
    assert shop.only(models.Ticket).agent_id == "us_ben"
    assert len(shop.rows(models.Recording)) == 2


def test_a_colleague_who_declines_sends_the_caller_back_to_the_sender(shop: Shop) -> None:
    caller = shop.talk()
    shop.ben.starts_shift()
    shop.ann.sends("agent", "us_ben")
    shop.ben.rings()
    shop.ben.declines()

    assert shop.ann.rings(within=20)["came_back"] is True
    shop.ann.accepts()
    shop.ann.talks_to(caller)


def test_a_caller_who_comes_back_to_the_sender_goes_before_those_who_wait(shop: Shop) -> None:
    caller = shop.talk()
    shop.ben.starts_shift()
    with shop.rt.write() as tx:
        tx.execute(delete(models.QueueMember).where(models.QueueMember.agent_id == "us_ben"))
    other = shop.joins_queue("+12025550199")
    shop.ann.sends("agent", "us_ben")
    shop.ben.rings()
    shop.ben.declines()

    assert shop.ann.rings(within=20)["came_back"] is True
    shop.ann.accepts()
    shop.ann.talks_to(caller)
    assert not other.is_over


@pytest.mark.both_stores
def test_when_neither_colleague_nor_sender_takes_the_caller_the_queue_does(shop: Shop) -> None:
    caller = shop.talk()
    shop.ben.starts_shift()
    other = shop.joins_queue("+12025550199")
    shop.ben.rings()
    shop.ben.declines()
    shop.ann.sends("agent", "us_ben")
    shop.ann.rings(within=120)
    shop.ann.declines()
    shop.waits(60)

    assert not caller.is_over
    shop.any_agent_talks_to(caller, within=120)
    assert not other.is_over


def test_a_caller_sent_on_twice_in_vain_is_back_in_the_queue_of_the_beginning(shop: Shop) -> None:
    caller = shop.talk()
    shop.ben.starts_shift()
    shop.ann.sends("agent", "us_ben")
    shop.ben.rings()
    shop.ben.accepts()
    shop.ben.talks_to(caller)
    shop.ann.posts("/api/wrap-up/end")
    shop.ben.sends("agent", "us_ann")
    shop.ben.posts("/api/shift/end")
    shop.ann.rings()
    shop.ann.declines()
    shop.waits(30)

    assert [row.queue for row in shop.rows(models.Waiting) if row.left_as is None] == ["orders"]
    shop.any_agent_talks_to(caller, within=60)


def test_a_sender_who_went_home_is_not_waited_for(shop: Shop) -> None:
    caller = shop.talk()
    shop.ben.starts_shift()
    shop.ann.sends("agent", "us_ben")
    shop.ann.posts("/api/shift/end")
    shop.ben.rings()
    shop.ben.declines()
    shop.waits(2)
    shop.ben.rings(within=60)

    shop.ben.accepts()
    shop.ben.talks_to(caller)


def test_a_caller_sent_to_a_queue_waits_there_and_comes_back_after_its_longest_wait(shop: Shop) -> None:
    caller = shop.talk()
    shop.ann.sends("queue", "repairs")
    caller.hears("You are next", within=20)

    assert shop.ann.rings(within=100)["came_back"] is True
    shop.ann.accepts()
    shop.ann.talks_to(caller)
    assert [fact.data["queue"] for fact in shop.facts("enqueued")] == ["orders", "repairs"]


def test_a_caller_sent_to_a_queue_is_taken_there(shop: Shop) -> None:
    caller = shop.talk()
    shop.ann.sends("queue", "repairs")
    shop.ben.starts_shift()
    shop.ben.rings(within=20)
    shop.ben.accepts()

    shop.ben.talks_to(caller)
    assert shop.only_call().queue == "repairs"


def test_a_caller_sent_to_a_number_talks_to_it_under_the_shops_line(shop: Shop) -> None:
    outside = shop.sim.phone(OUTSIDE)
    caller = shop.talk()
    shop.ann.sends("number", OUTSIDE)

    outside.talks_to(caller)
    assert outside.leg.from_ == NORTHWIND
    outside.hangs_up()
    caller.ends()
    shop.waits(3)
    assert shop.only_call().ended_as == CallEnd.ANSWERED


def test_a_number_that_does_not_answer_gives_the_caller_back(shop: Shop) -> None:
    shop.sim.phone(OUTSIDE).no_answer()
    caller = shop.talk()
    shop.ann.sends("number", OUTSIDE)

    shop.ann.rings(within=60)
    shop.ann.accepts()
    shop.ann.talks_to(caller)


def test_a_caller_who_hangs_up_on_the_way_ends_every_ring(shop: Shop) -> None:
    caller = shop.talk()
    shop.ben.starts_shift()
    shop.ann.sends("agent", "us_ben")
    shop.ben.rings()
    caller.hangs_up()

    shop.ben.becomes(Agent.AVAILABLE, within=5)
    shop.waits(5)
    assert (shop.only_call().ended_as, shop.only_call().hung_up_by) == (CallEnd.ANSWERED, "caller")


def test_a_customer_whom_we_called_is_sent_on_alike_and_never_into_a_queue_by_accident(shop: Shop) -> None:
    phone = shop.sim.phone(CUSTOMER)
    shop.ann.starts_shift()
    shop.ben.starts_shift()
    shop.ann.dials()
    shop.ann.talks_to(phone)
    shop.ann.sends("agent", "us_ben")
    shop.ben.rings()
    shop.ben.accepts()
    shop.ben.talks_to(phone)
    shop.ann.posts("/api/wrap-up/end")
    shop.ben.sends("agent", "us_ann")
    shop.ann.rings()
    shop.ann.declines()
    shop.waits(2)
    shop.ben.rings(within=30)
    shop.ben.declines()

    phone.hears("We will call you again", within=60)
    phone.ends()


def test_a_lost_poke_and_a_held_caller_are_sent_on_all_the_same(shop: Shop) -> None:
    caller = shop.talk()
    shop.ben.starts_shift()
    shop.ann.holds()
    caller.hears_music(within=5)
    shop.sim.faults.rest("POST .*/Calls/", "timeout-before", times=2)
    shop.ann.sends("agent", "us_ben")
    shop.ben.rings()
    shop.ben.accepts()

    shop.ben.talks_to(caller, within=30)


def test_who_cannot_take_the_caller_is_refused_at_once_and_the_talk_goes_on(shop: Shop) -> None:
    caller = shop.talk()

    for to, target, status in (
        ("agent", "us_ben", 409),
        ("agent", "us_ann", 404),
        ("agent", "us_nobody", 404),
        ("queue", "nowhere", 404),
        ("number", "+4917012345678", 422),
        ("number", "911", 422),
        ("letter", "somebody", 404),
    ):
        shop.ann.sends(to, target, expect=status)

    assert shop.ann.leg.is_talking_to(caller)
    assert shop.ann.state == Agent.ON_CALL


def test_the_agents_cap_counts_callers_sent_to_numbers(shop: Shop) -> None:
    shop.sim.phone(OUTSIDE).no_answer()
    object.__setattr__(shop.rt.settings, "dial_agent_hour", 2)
    caller = shop.talk()
    for _ in range(2):
        shop.ann.sends("number", OUTSIDE)
        shop.ann.rings(within=60)
        shop.ann.accepts()
        shop.ann.talks_to(caller)
        shop.waits(2)
    shop.ann.sends("number", OUTSIDE, expect=422)
    shop.ann.asks("number", OUTSIDE, expect=422)
    assert shop.ann.leg.is_talking_to(caller)
    shop.ann.ends()
    shop.ann.becomes(Agent.WRAP_UP, within=5)

    told = shop.ann.posts("/api/dial", expect=422, merchant="northwind", number=CUSTOMER)
    assert "2 calls in the last hour" in told["message"]
