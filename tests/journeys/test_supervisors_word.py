"""What a supervisor does to agents and waiting callers: set a state, end what hangs, move a caller; nobody is lost by it."""

import pytest

from simulator.handset import Caller
from tests.journeys.northwind import FLOW
from tests.journeys.shop import Shop
from tests.journeys.supervisor import Supervisor
from voice import models
from voice.states import Agent, CallEnd

TWO_QUEUES = FLOW.replace(
    "  orders: {ring: 20s, wrap_up: 30s, max_wait: 10m}",
    "  orders: {ring: 20s, wrap_up: 30s, max_wait: 10m}\n  billing: {ring: 15s, wrap_up: 5s}",
)
OTHER = "+12025550199"


def only_billing(shop: Shop, agent_id: str) -> None:
    with shop.rt.write() as tx:
        tx.delete(tx.get_one(models.QueueMember, ("northwind", "orders", agent_id)))
        tx.add(models.QueueMember(merchant_id="northwind", queue="billing", agent_id=agent_id))


def test_an_agent_is_set_away_and_back_and_the_desk_shows_by_whom(shop: Shop) -> None:
    shop.ann.starts_shift()
    sue = Supervisor(shop)
    assert sue.sets(shop.ann, "away", "training") == "Ann is away."
    caller = shop.joins_queue()
    shop.waits(5)
    assert (shop.ann.state, shop.ann.row.reason, shop.ann.snapshot["set_by"]) == (
        Agent.AWAY,
        "training",
        "Sue",
    )
    assert sue.sets(shop.ann, "available") == "Ann is available."
    shop.ann.rings(within=3)
    assert not caller.is_over
    assert sue.deeds() == [("state_set", "ann@northwind.example")] * 2


def test_a_busy_agent_goes_away_only_after_the_call(shop: Shop) -> None:
    caller, sue = shop.talk(1), Supervisor(shop)
    assert sue.sets(shop.ann, "away", "lunch") == "Ann will be away after the call."
    shop.waits(5)
    assert shop.ann.leg.is_talking_to(caller)
    assert (shop.ann.snapshot["next_state"], shop.ann.snapshot["set_by"]) == ("away:lunch", "Sue")
    shop.ann.ends()
    shop.ann.becomes(Agent.WRAP_UP, within=5)
    shop.ann.posts("/api/wrap-up/end")
    assert shop.ann.state == Agent.AWAY
    assert (shop.ann.row.reason, shop.ann.row.set_by) == ("lunch", "us_sue")
    shop.ann.posts("/api/available")

    assert (shop.ann.state, shop.ann.row.set_by) == (Agent.AVAILABLE, "")


def test_an_agent_is_signed_out_now_or_after_the_call(shop: Shop) -> None:
    shop.talk(1)
    shop.ben.starts_shift()
    sue = Supervisor(shop)
    assert sue.sets(shop.ben, "offline") == "Ben is signed out."
    assert sue.sets(shop.ann, "offline") == "Ann will be signed out after the call."
    shop.ann.ends()
    shop.ann.becomes(Agent.WRAP_UP, within=5)
    shop.ann.posts("/api/wrap-up/end")

    assert (shop.ann.state, shop.ben.state) == (Agent.OFFLINE, Agent.OFFLINE)


def test_nobody_is_made_available_whose_desk_is_not_open(shop: Shop) -> None:
    sue = Supervisor(shop)
    shop.waits(31)
    assert "desk is not open" in sue.sets(shop.ben, "available", expect=409)
    assert "off shift" in sue.sets(shop.ben, "away", expect=409)
    assert shop.ben.state == Agent.OFFLINE
    shop.ben.opens_page()
    shop.waits(10)
    sue.sets(shop.ben, "available")
    shop.joins_queue()

    shop.ben.rings(within=3)


@pytest.mark.both_stores
def test_a_ring_that_hangs_is_taken_back_and_a_colleague_is_rung(shop: Shop) -> None:
    shop.ann.starts_shift()
    shop.joins_queue()
    shop.ann.rings()
    shop.ben.starts_shift()
    call_id = shop.only(models.Waiting).call_id
    sue = Supervisor(shop)
    assert sue.finishes(shop.ann, "ring", call_id) == "Ann is not rung any more. The caller keeps the place."
    shop.ben.rings(within=3)

    assert (shop.ann.state, shop.ann.is_silent()) == (Agent.AVAILABLE, True)
    assert "not rung" in sue.finishes(shop.ann, "ring", call_id, expect=410)


def test_flex_supervisor_complete_reservation_a_wrap_up_is_ended_by_a_supervisor(shop: Shop) -> None:
    shop.talk(1)
    shop.joins_queue(OTHER)
    shop.ann.ends()
    shop.ann.becomes(Agent.WRAP_UP, within=5)
    sue = Supervisor(shop)
    assert sue.finishes(shop.ann, "wrap_up") == "The wrap-up of Ann is ended."
    shop.ann.rings(within=3)

    assert "not in wrap-up" in sue.finishes(shop.ann, "wrap_up", expect=410)


def test_a_talk_is_ended_by_a_supervisor_and_says_so(shop: Shop) -> None:
    caller, sue = shop.talk(1), Supervisor(shop)
    assert sue.finishes(shop.ann, "talk", shop.ann.call_id()) == "The call with Ann is ended."
    caller.ends()
    shop.ann.becomes(Agent.WRAP_UP, within=5)
    shop.waits(5)

    call = shop.only_call()
    assert (call.ended_as, call.hung_up_by) == (CallEnd.ANSWERED, "supervisor")


def test_an_agent_who_hangs_busy_without_a_call_is_set_free(shop: Shop) -> None:
    shop.ann.starts_shift()
    with shop.rt.write() as tx:
        tx.get_one(models.Agent, "us_ann").state = Agent.ON_CALL
    sue = Supervisor(shop)
    shop.waits(5)
    sue.posts("/api/floor/agents/us_ann/free")
    shop.joins_queue()
    shop.ann.rings(within=3)

    sue.posts("/api/floor/agents/us_ann/free", 409)


@pytest.mark.both_stores
def test_a_caller_is_moved_to_another_queue_and_has_waited_as_long_there(shop: Shop) -> None:
    shop.publishes(TWO_QUEUES)
    only_billing(shop, "us_ben")
    caller = shop.joins_queue()
    before = shop.only(models.Waiting)
    shop.waits(40)
    shop.ben.starts_shift()
    sue = Supervisor(shop)
    assert sue.moves(before.call_id, "queue", "billing") == (
        "The caller waits in billing now, as long as before."
    )
    assert shop.ben.rings(within=3)["waited_seconds"] >= 40
    shop.ben.accepts()
    shop.ben.talks_to(caller)
    place = shop.only(models.Waiting)

    assert (place.id, place.queue, place.entered_at) == (before.id, "billing", before.entered_at)
    figures = {row["queue"]: row for row in sue.floor()["figures"]}
    assert (figures["orders"]["queued"], figures["orders"]["answered"]) == (1, 0)
    assert (figures["billing"]["queued"], figures["billing"]["answered"]) == (1, 1)
    assert figures["billing"]["speed_of_answer_seconds"] >= 40
    assert sue.deeds() == [("caller_moved", before.call_id)]


def test_a_caller_who_rings_somewhere_can_be_moved_and_that_ring_ends(shop: Shop) -> None:
    shop.publishes(TWO_QUEUES)
    only_billing(shop, "us_ben")
    shop.ann.starts_shift()
    shop.ben.starts_shift()
    caller = shop.joins_queue()
    shop.ann.rings()
    Supervisor(shop).moves(shop.only(models.Waiting).call_id, "queue", "billing")
    shop.ben.rings(within=3)
    shop.waits(1)
    assert (shop.ann.state, shop.ann.is_silent()) == (Agent.AVAILABLE, True)
    shop.ben.accepts()

    shop.ben.talks_to(caller)


def test_an_agent_is_rung_for_the_caller_whom_a_supervisor_gives_before_all_others(shop: Shop) -> None:
    shop.publishes(TWO_QUEUES)
    only_billing(shop, "us_ben")
    first, second = shop.joins_queue(), shop.joins_queue(OTHER)
    shop.ben.starts_shift()
    (place,) = [one for one in shop.rows(models.Waiting) if one.call_id != _call_of(shop, first)]
    sue = Supervisor(shop)
    assert sue.moves(place.call_id, "agent", "us_ben") == "Ben is rung for this caller."
    shop.ben.rings(within=3)
    shop.ben.accepts()
    shop.ben.talks_to(second)

    assert "not available" in sue.moves(_call_of(shop, first), "agent", "us_ben", expect=409)


def test_a_given_caller_whom_the_agent_declines_keeps_place_and_queue(shop: Shop) -> None:
    caller = shop.joins_queue()
    shop.publishes(TWO_QUEUES)
    only_billing(shop, "us_ben")
    shop.ben.starts_shift()
    before = shop.only(models.Waiting)
    Supervisor(shop).moves(before.call_id, "agent", "us_ben")
    shop.ben.rings(within=3)
    shop.ben.declines()
    shop.ann.starts_shift()
    shop.ann.rings(within=3)
    shop.ann.accepts()
    shop.ann.talks_to(caller)

    assert shop.only(models.Waiting).entered_at == before.entered_at


def test_a_caller_who_is_connected_or_gone_is_not_moved(shop: Shop) -> None:
    caller, sue = shop.talk(1), Supervisor(shop)
    call_id = shop.ann.call_id()
    assert "being connected" in sue.moves(call_id, "queue", "orders", expect=410)
    caller.hangs_up()
    shop.waits(3)

    assert "does not wait" in sue.moves(call_id, "agent", "us_ben", expect=410)


def _call_of(shop: Shop, caller: Caller) -> str:
    sid = caller.leg.sid
    (call,) = [one for one in shop.rows(models.Call) if one.call_sid == sid]
    return str(call.id)
