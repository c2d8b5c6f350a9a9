"""Asterisk's own tests of its queues, each as a call here under the name that it has in asterisk/testsuite."""

from pathlib import Path

from tests.journeys.asterisk import TERMS, rung, shop_with, takes
from tests.journeys.northwind import FLOW
from tests.journeys.shop import Shop
from voice import models
from voice.states import Agent, CallEnd, Offer


def test_queue_baseline(shop: Shop) -> None:
    caller = shop.talk(5)
    caller.hangs_up()
    shop.waits(1)

    told = [fact.kind for fact in shop.facts("enqueued", "offered", "accepted", "answered", "talk_ended")]
    assert told == ["enqueued", "offered", "accepted", "answered", "talk_ended"]
    assert (shop.only_call().ended_as, shop.only_call().hung_up_by) == (CallEnd.ANSWERED, "caller")


def test_queue_no_answer(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, "ring: 5s, max_wait: 8s")
    caller = shop.joins_queue()
    caller.hears("all of us are still busy", within=30)

    assert rung(shop) == ["ann", "ben"]
    assert shop.only(models.Waiting).left_as == "timeout"
    shop.sim.assert_quiet()


def test_queue_all_paused_no_answer(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, "ring: 5s, max_wait: 5s")
    for name in ("ann", "ben"):
        shop.desks[name].posts("/api/away", reason="lunch")
    caller = shop.joins_queue()
    caller.hears("all of us are still busy", within=30)

    assert rung(shop) == []


def test_queue_one_paused_no_answer(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, "ring: 5s, max_wait: 10s")
    shop.ann.posts("/api/away", reason="lunch")
    caller = shop.joins_queue()
    caller.hears("all of us are still busy", within=30)

    assert rung(shop) == ["ben"]
    assert shop.only(models.Offer).state == Offer.EXPIRED


def test_ringinuse_and_pause(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, "ring: 5s, max_wait: 10m", agents=("ann",))
    takes(shop, "ann", shop.joins_queue())
    waits = shop.joins_queue("+12025550199")
    shop.waits(6)
    assert (rung(shop), shop.ann.state) == (
        ["ann"],
        Agent.ON_CALL,
    )  # busy: not rung, and not made away for it

    shop.ann.ends()
    shop.ann.posts("/api/wrap-up/end")
    shop.ann.rings()
    shop.ann.becomes(Agent.AWAY, within=10)
    assert shop.ann.row.reason == "missed"
    shop.waits(6)
    assert rung(shop) == ["ann", "ann"]  # away: not rung
    shop.ann.posts("/api/available")
    takes(shop, "ann", waits)


def test_reason_pause_ami(shop: Shop) -> None:
    shop.ann.starts_shift()
    shop.ann.posts("/api/away", reason="lunch")
    shop.waits(1)

    assert (shop.ann.snapshot["state"], shop.ann.snapshot["reason"]) == ("away", "lunch")


def test_wrapup_time(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, "ring: 20s, wrap_up: 6s", agents=("ann",))
    takes(shop, "ann", shop.joins_queue())
    second = shop.joins_queue("+12025550199")
    shop.ann.ends()
    ended = shop.now
    takes(shop, "ann", second)

    assert [round(row.offered_at - ended) for row in shop.rows(models.Offer)][1] in (6, 7)


def test_wrapup_time_per_member(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, "strategy: linear, wrap_up: 3s, agents: {ann: {wrap_up: 12s}, ben: {}}")
    takes(shop, "ann", shop.joins_queue("+12025550181"))
    takes(shop, "ben", shop.joins_queue("+12025550182"))
    shop.ann.ends()
    shop.ben.ends()
    shop.waits(1)
    notes = {name: (shop.desks[name].row.until_at or 0.0) - shop.now for name in ("ann", "ben")}

    assert (round(notes["ann"]), round(notes["ben"])) == (11, 2)
    shop.ben.becomes(Agent.AVAILABLE, within=5)
    assert shop.ann.state == Agent.WRAP_UP


def test_set_penalty(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, "strategy: linear, agents: {ann: {}, ben: {}}")
    first = shop.joins_queue("+12025550181")
    shop.ann.rings()
    first.hangs_up()
    shop.waits(2)
    shop.publishes(FLOW.replace(TERMS, "strategy: linear, agents: {ben: {}, ann: {}}"))
    shop.joins_queue("+12025550182")
    shop.ben.rings()

    assert rung(shop) == ["ann", "ben"]


def test_queue_penalty_outside_range(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, "max_wait: 8s, tiers: {help: 1m}}\n  help: {ring: 20s")
    with shop.rt.write() as tx:
        for name in ("ann", "ben"):
            tx.delete(tx.get_one(models.QueueMember, ("northwind", "orders", f"us_{name}")))
    shop.joins_queue().hears("all of us are still busy", within=30)

    assert rung(shop) == []


def test_position_priority_maxlen(tmp_path: Path) -> None:
    """There QUEUE_POS lets a caller in at a position. Here nobody is put at one: a step's `priority` gives minutes of
    head start, so that who is urgent passes those who came of late and never those who have waited long.
    """
    two = "    priority: 1m\n    timeout: busy\n    full: busy\n  orders_line:\n    queue: orders\n"
    urgent = FLOW.replace(TERMS, "capacity: 2").replace(
        "  orders_line:\n    queue: orders\n", "  vip:\n    queue: orders\n" + two
    )
    shop = Shop(tmp_path, flow=urgent.replace("{1: orders_line}", "{1: orders_line, 2: vip}"))
    shop.joins_queue("+12025550181").hears("You are next")
    vip = shop.rings_up("+12025550182")
    vip.hears("press 1")
    vip.presses("2")
    vip.hears("You are next")
    third = shop.rings_up("+12025550183")
    third.hears("press 1")
    third.presses("1")
    third.hears("all of us are still busy")

    first, second = sorted(shop.rows(models.Waiting), key=lambda row: row.entered_at)
    assert round(first.rank_at - second.rank_at + second.entered_at - first.entered_at) == 60
    shop.ann.starts_shift()
    takes(shop, "ann", vip)


def test_reload_queue_members(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, "ring: 20s", agents=("ann",))
    caller = shop.joins_queue()
    takes(shop, "ann", caller)
    shop.publishes(FLOW.replace(TERMS, "ring: 25s, strategy: broadcast"))
    with shop.rt.write() as tx:
        tx.delete(tx.get_one(models.QueueMember, ("northwind", "orders", "us_ann")))
    shop.waits(3)

    assert (shop.ann.state, shop.ann.leg.is_talking_to(caller)) == (Agent.ON_CALL, True)
    caller.hangs_up()
    shop.waits(2)
    assert shop.ann.state == Agent.WRAP_UP
