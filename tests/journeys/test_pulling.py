"""A supervisor moves a caller for whom several desks ring: nobody is rung for a place that is no longer to be had."""

from tests.journeys.shop import Shop
from tests.journeys.supervisor import Supervisor
from voice import models
from voice.states import Agent

BROADCAST = "  orders: {strategy: broadcast, ring: 20s, wrap_up: 30s, max_wait: 10m}"
BILLING = "\n  billing: {ring: 15s, wrap_up: 5s}"


def all_ring(shop: Shop, more: str = BILLING) -> str:
    """Ann and Ben ring for one caller; the call."""
    shop.publishes(
        shop.flow_text.replace("  orders: {ring: 20s, wrap_up: 30s, max_wait: 10m}", BROADCAST + more)
    )
    shop.ann.starts_shift()
    shop.ben.starts_shift()
    shop.joins_queue()
    shop.ann.rings()
    shop.ben.rings()
    return str(shop.only(models.Waiting).call_id)


def test_desks_that_rang_for_a_caller_who_was_moved_fall_silent_and_stay_free(shop: Shop) -> None:
    call_id = all_ring(shop)
    Supervisor(shop).moves(call_id, "queue", "billing")
    shop.waits(30)

    assert len(shop.facts("offered")) == 2
    assert (shop.ann.is_silent(), shop.ben.is_silent()) == (True, True)
    assert (shop.ann.state, shop.ben.state) == (Agent.AVAILABLE, Agent.AVAILABLE)


def test_a_desk_that_rang_for_a_moved_caller_rings_for_the_next_one(shop: Shop) -> None:
    call_id = all_ring(shop)
    second = shop.joins_queue("+12025550199")
    Supervisor(shop).moves(call_id, "queue", "billing")
    shop.waits(2)
    shop.ann.rings(within=1)
    shop.ann.accepts()

    shop.ann.talks_to(second)


def test_a_caller_moved_to_a_queue_whose_agents_have_gone_leaves_it_as_that_queue_says(shop: Shop) -> None:
    flow = shop.flow_text.replace("    full: busy\n", "    full: busy\n    no_agents: busy\n")
    shop.publishes(flow.replace("queues:\n", "queues:\n  billing: {stay_if: signed_in, stay_for: 0s}\n"))
    shop.ann.starts_shift()
    caller = shop.joins_queue()
    shop.ann.rings()
    Supervisor(shop).moves(shop.only(models.Waiting).call_id, "queue", "billing")

    caller.hears("all of us are still busy", within=30)
