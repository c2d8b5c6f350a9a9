"""Which agent is rung first, for how long, who may be rung at all, and what happens when all were rung in vain."""

from pathlib import Path

import pytest

from tests.journeys.northwind import FLOW
from tests.journeys.shop import Shop
from voice import models
from voice.states import Agent, CallEnd, Offer

TEAM = ("ann", "ben", "cem")


def routed(how: str) -> str:
    return FLOW.replace("max_wait: 10m}", f"max_wait: 10m, {how}}}")


def shop_of_three(tmp_path: Path, how: str) -> Shop:
    shop = Shop(tmp_path, flow=routed(how), agents=TEAM)
    for name in TEAM:
        shop.desks[name].starts_shift()
        shop.waits(1)
    return shop


def rung(shop: Shop) -> list[str]:
    """Whose desks were rung, in order."""
    rows = sorted(shop.rows(models.Offer), key=lambda row: row.offered_at)
    return [row.agent_id.removeprefix("us_") for row in rows]


def test_linear_goes_down_the_list_each_desk_as_long_as_it_says(tmp_path: Path) -> None:
    shop = shop_of_three(tmp_path, "strategy: linear, agents: {cem: {ring: 10s}, ben: {}}")
    shop.joins_queue()
    for name in ("cem", "ben", "ann"):
        shop.desks[name].rings(within=40)

    offers = {row.agent_id: row for row in shop.rows(models.Offer)}
    lasted = {name: offers[name].ring_until_at - offers[name].rang_at for name in ("us_cem", "us_ben")}
    assert rung(shop) == ["cem", "ben", "ann"]
    assert lasted == {"us_cem": 10.0, "us_ben": 20.0}
    shop.sim.assert_quiet()


@pytest.mark.both_stores
def test_fewest_calls_goes_to_who_took_least_and_who_comes_later_does_not_get_them_all(shop: Shop) -> None:
    shop.publishes(routed("strategy: fewest_calls"))
    shop.ann.starts_shift()
    for count in range(2):
        caller = shop.joins_queue(f"+1202555018{count}")
        shop.ann.rings()
        shop.ann.accepts()
        shop.ann.talks_to(caller)
        shop.waits(10)
        shop.ann.ends()
        shop.waits(35)
    assert (shop.ann.row.calls_taken, round(shop.ann.row.talk_seconds)) == (2, 20)

    shop.ben.starts_shift()
    assert shop.ben.row.calls_taken == 2
    caller = shop.joins_queue("+12025550185")
    shop.ben.rings()  # as many calls, and nobody was offered to him yet
    shop.ben.accepts()
    shop.ben.talks_to(caller)


def test_broadcast_rings_all_desks_and_one_has_the_caller(tmp_path: Path) -> None:
    shop = shop_of_three(tmp_path, "strategy: broadcast")
    caller = shop.joins_queue()
    for name in TEAM:
        shop.desks[name].rings()
    shop.ben.accepts()
    shop.ben.talks_to(caller)
    shop.waits(2)

    assert [shop.desks[name].state for name in TEAM] == [Agent.AVAILABLE, Agent.ON_CALL, Agent.AVAILABLE]
    states = sorted(row.state for row in shop.rows(models.Offer))
    assert states == [Offer.CONNECTED, Offer.WITHDRAWN, Offer.WITHDRAWN]
    shop.sim.assert_quiet()


def test_who_was_rung_in_vain_by_all_leaves_the_queue_where_it_says_so(tmp_path: Path) -> None:
    steps = routed("all_tried: leave").replace(
        "    timeout: busy\n", "    timeout: busy\n    no_answer: nobody\n"
    )
    flow = steps.replace("  busy:\n", '  nobody:\n    hangup: "Nobody takes the call."\n  busy:\n')
    shop = Shop(tmp_path, flow=flow)
    shop.ann.starts_shift()
    shop.ben.starts_shift()
    caller = shop.joins_queue()
    for name in ("ann", "ben"):
        shop.desks[name].rings()
        shop.desks[name].declines()
        shop.waits(1)

    caller.hears("Nobody takes the call", within=25)
    shop.waits(2)
    assert sorted(rung(shop)) == ["ann", "ben"]
    assert shop.only_call().ended_as == CallEnd.MISSED
    shop.sim.assert_quiet()


def test_who_joins_before_anybody_is_there_waits_also_where_all_tried_leaves(tmp_path: Path) -> None:
    shop = Shop(tmp_path, flow=routed("all_tried: leave"))
    caller = shop.joins_queue()
    shop.waits(30)
    shop.ann.starts_shift()
    shop.ann.rings()
    shop.ann.accepts()

    shop.ann.talks_to(caller)


SKILLED = FLOW.replace("queues:\n", "skills: {french: {ann: 80, ben: 20}}\nqueues:\n").replace(
    "max_wait: 10m}", "max_wait: 10m, skills: {french: 50}, relax: {1m: {french: 10}, 2m: {}}}"
)


@pytest.mark.both_stores
def test_a_caller_waits_for_who_knows_enough_and_after_a_while_for_who_knows_less(shop: Shop) -> None:
    shop.publishes(SKILLED)
    shop.ben.starts_shift()
    shop.joins_queue()

    shop.waits(50)
    assert shop.ben.is_silent()
    shop.ben.rings(within=15)
    assert shop.only(models.Offer).offered_at - shop.only(models.Waiting).entered_at >= 60


def test_who_knows_enough_is_rung_at_once_whoever_has_been_idle_longer(shop: Shop) -> None:
    shop.publishes(SKILLED)
    shop.ben.starts_shift()
    shop.waits(5)
    shop.ann.starts_shift()

    shop.joins_queue()
    shop.ann.rings(within=5)
    assert shop.ben.is_silent()


TIERED = FLOW.replace("max_wait: 10m}", "max_wait: 10m, tiers: {backup: 1m}}\n  backup: {}")


@pytest.mark.both_stores
def test_the_agents_of_another_queue_help_out_after_their_time(shop: Shop) -> None:
    shop.publishes(TIERED)
    with shop.rt.write() as tx:
        tx.delete(tx.get_one(models.QueueMember, ("northwind", "orders", "us_ben")))
        tx.add(models.QueueMember(merchant_id="northwind", queue="backup", agent_id="us_ben"))
    shop.ben.starts_shift()
    caller = shop.joins_queue()

    shop.waits(50)
    assert shop.ben.is_silent()
    shop.ben.rings(within=15)
    shop.ben.accepts()
    shop.ben.talks_to(caller)


PREFERRED = FLOW.replace(
    "    queue: orders\n", "    queue: orders\n    prefer: last_agent\n    prefer_for: 40s\n"
)


@pytest.mark.both_stores
def test_who_talked_to_the_caller_last_is_rung_first_and_not_for_ever(shop: Shop) -> None:
    shop.publishes(PREFERRED)
    shop.talk().hangs_up()
    shop.waits(2)
    shop.ben.starts_shift()  # Ann writes notes for 30 seconds
    again = shop.joins_queue()
    shop.waits(20)
    assert shop.ben.is_silent()
    shop.ann.rings(within=15)
    shop.ann.declines()
    shop.ben.rings(within=3)
    again.hangs_up()
    shop.waits(2)

    shop.ann.posts("/api/away", reason="lunch")
    shop.joins_queue()
    shop.ben.rings(within=3)


def test_who_hands_over_or_is_lost_has_talked_as_long_as_who_ends_the_call(shop: Shop) -> None:
    caller = shop.talk(30)
    shop.ben.starts_shift()
    shop.ann.asks("agent", "us_ben")
    shop.ben.rings()
    shop.ben.accepts()
    shop.ben.leg.talks_to(shop.ann.leg)
    shop.ann.hands_over()
    shop.ben.talks_to(caller)
    assert shop.ann.row.calls_taken == 1
    assert (
        shop.ben.row.calls_taken == 2
    )  # he began with as many as the least busy, and who inherits takes one
    assert 30 <= shop.ann.row.talk_seconds < 60
    shop.waits(40)
    shop.ben.closes_laptop()
    shop.waits(20)

    assert shop.facts("requeued")
    assert 40 <= shop.ben.row.talk_seconds < 75
