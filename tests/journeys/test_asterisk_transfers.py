"""Asterisk's own tests of how callers leave the member who took them, under the names of asterisk/testsuite."""

from pathlib import Path

from simulator.handset import Phone
from tests.journeys.asterisk import shop_with, takes
from tests.journeys.northwind import CUSTOMER
from tests.journeys.shop import Shop
from voice import agents, models
from voice.states import Agent

FORWARDED_TO = "+12025550171"


def test_redirect(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, "ring: 20s, wrap_up: 5s")
    caller = shop.joins_queue()
    takes(shop, "ann", caller)
    shop.ann.sends("agent", "us_ben")
    takes(shop, "ben", caller)

    assert shop.ann.leg.is_over
    assert shop.ann.state == Agent.WRAP_UP
    states = sorted(row.state for row in shop.rows(models.Participation))
    assert states == ["ended", "talking"]  # nothing of the first talk is left over


def test_queue_transfer_callee_blind(tmp_path: Path) -> None:
    shop = shop_with(
        tmp_path, "strategy: linear, agents: {ann: {ring: 7s}}, stay_if: signed_in", agents=("ann",)
    )
    caller = shop.joins_queue()
    takes(shop, "ann", caller)
    shop.ann.sends("queue", "orders")
    caller.hears_music(within=20)

    sent, waits = sorted(shop.rows(models.Waiting), key=lambda row: row.entered_at)
    assert (sent.left_as, shop.ann.state) == ("sent_on", Agent.WRAP_UP)
    assert (waits.strategy, waits.stays_if) == ("linear", "signed_in")  # on the queue's own terms
    shop.ann.posts("/api/wrap-up/end")
    takes(shop, "ann", caller)


def test_queue_transfer_callee_attended(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, "ring: 20s")
    caller = shop.joins_queue()
    takes(shop, "ann", caller)
    shop.ann.asks("agent", "us_ben")
    shop.ben.rings()
    shop.ben.accepts()
    shop.waits(3)
    assert not shop.ben.leg.is_talking_to(caller)
    shop.ann.hands_over()

    shop.ben.talks_to(caller)
    assert shop.ann.state == Agent.WRAP_UP


def customer_whom_ann_called(shop: Shop) -> Phone:
    """The caller who can transfer: here it is the agent who dialled, and the one who was called is a customer."""
    customer = shop.sim.phone(CUSTOMER)
    shop.ann.starts_shift()
    shop.ben.starts_shift()
    shop.ann.dials()
    shop.ann.talks_to(customer)
    return customer


def test_queue_transfer_caller_blind(shop: Shop) -> None:
    """There the caller of a queue sends the member on, which nobody can do to us over the telephone network. Whoever
    called and can send on is here the agent: Ann has called a customer, and sends the customer to Ben.
    """
    customer = customer_whom_ann_called(shop)
    shop.ann.sends("agent", "us_ben")
    customer.hears("audio/ringing")
    takes(shop, "ben", customer)

    assert shop.ann.leg.is_over
    assert (shop.ann.state, shop.ben.state) == (Agent.WRAP_UP, Agent.ON_CALL)


def test_queue_transfer_caller_attended(shop: Shop) -> None:
    """As above, but who called asks first: the customer hears nothing of Ben, nor Ben of the customer, until Ann says so."""
    customer = customer_whom_ann_called(shop)
    shop.ann.asks("agent", "us_ben")
    shop.ben.rings()
    shop.ben.accepts()
    shop.ben.leg.talks_to(shop.ann.leg)
    assert shop.ben.leg.hears_nothing_of(customer)
    shop.ann.hands_over()

    shop.ben.talks_to(customer)
    assert (shop.ann.state, shop.ben.state) == (Agent.WRAP_UP, Agent.ON_CALL)


def test_gosub_what_follows_the_answer_is_the_flows(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, "wrap_up: 0s", agents=("ann",), queue="    answered: goodbye\n")
    caller = shop.joins_queue()
    takes(shop, "ann", caller)
    shop.ann.ends()

    caller.hears("Thank you. Goodbye.")


def test_queue_member_forward_to_a_phone_that_exists_and_one_that_does_not(shop: Shop) -> None:
    other_place = shop.sim.phone(FORWARDED_TO)
    shop.sim.phone("+12025550172").fails()
    with shop.rt.write() as tx:
        for agent_id, number in (("us_ann", "+12025550172"), ("us_ben", FORWARDED_TO)):
            agent = tx.get_one(models.Agent, agent_id)
            agent.phone, agent.on_phone = number, True
    agents.start_shift(shop.rt, "us_ann")
    shop.waits(1)
    agents.start_shift(shop.rt, "us_ben")
    caller = shop.joins_queue()
    other_place.hears("Press 1", within=30)
    other_place.presses("1")

    other_place.talks_to(caller)
    assert (shop.ann.state, shop.ann.row.reason) == (Agent.AWAY, "missed")
