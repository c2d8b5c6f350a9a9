"""Changing a queue never logs anyone out: whoever is available, rung, talking or writing notes goes on with it."""

from pathlib import Path

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from panel import teams
from panel.audit import By, Hand
from panel.staff import Faulty
from simulator.handset import Caller
from tests.journeys.northwind import FLOW
from tests.journeys.shop import Shop
from voice import models
from voice.publish import go_back
from voice.states import Agent

FOUR = ("ann", "ben", "cem", "dee")
CHANGED = (
    FLOW.replace(
        "  orders: {ring: 20s, wrap_up: 30s, max_wait: 10m}\n",
        "  orders: {ring: 40s, wrap_up: 5s, max_wait: 1m, strategy: linear, agents: {ann: {ring: 15s}},"
        " capacity: 1, join_if: always, skills: {french: 50}, relax: {5s: {}}}\n  returns: {}\n",
    )
    .replace("queues:\n", "skills: {french: {dee: 80}}\nqueues:\n", 1)
    .replace("    full: busy\n", "    full: busy\n    no_agents: returns_line\n")
    .replace("  busy:\n", "  returns_line: {queue: returns, timeout: busy, full: busy}\n  busy:\n", 1)
)
TEAMED = FLOW.replace("max_wait: 10m}", "max_wait: 10m, teams: [front_desk]}")


def test_a_changed_queue_leaves_everybody_where_they_are(tmp_path: Path) -> None:
    shop = Shop(tmp_path, agents=FOUR)
    talks, notes = _two_talks(shop)
    shop.ben.starts_shift()
    rung = shop.joins_queue("+12025550183")
    shop.ben.rings()
    shop.ann.starts_shift()
    before = {name: (shop.desks[name].state, shop.desks[name].row.until_at) for name in FOUR}
    assert [before[name][0] for name in FOUR] == [
        Agent.AVAILABLE,
        Agent.RINGING,
        Agent.ON_CALL,
        Agent.WRAP_UP,
    ]

    shop.publishes(CHANGED)
    shop.waits(2)

    after = {name: (shop.desks[name].state, shop.desks[name].row.until_at) for name in FOUR}
    assert after == before
    shop.ben.accepts()
    shop.ben.talks_to(rung)
    newcomer = shop.joins_queue("+12025550184")  # by the new words: Ann is first of all, and rings for 15 s
    offer = shop.ann.rings(within=15)
    row = next(row for row in shop.rows(models.Offer) if row.id == offer["id"])
    assert row.ring_until_at - row.rang_at == 15.0
    shop.ann.accepts()
    shop.ann.talks_to(newcomer)
    assert shop.cem.leg.is_talking_to(talks)
    shop.cem.ends()
    shop.waits(1)
    notes_end = shop.cem.row.until_at or 0.0
    assert 25 < notes_end - shop.now <= 30  # by the words of the time at which that caller joined
    assert (shop.dee.state, notes.is_over) == (Agent.WRAP_UP, True)
    shop.sim.assert_quiet()


def test_a_queue_that_is_no_more_still_serves_who_waits_in_it_and_logs_nobody_out(shop: Shop) -> None:
    shop.publishes(CHANGED)
    caller = shop.rings_up("+12025550181")
    caller.hears("For orders, press 1")
    caller.presses("1")
    caller.hears_music()
    shop.publishes(FLOW.replace("orders:", "sales:").replace("queue: orders", "queue: sales"))
    shop.ann.starts_shift()
    shop.ann.rings(within=10)
    shop.ann.accepts()
    shop.ann.talks_to(caller)
    shop.ann.ends()
    shop.waits(1)

    assert shop.ann.state == Agent.WRAP_UP


@pytest.mark.both_stores
def test_the_teams_that_a_queue_names_take_its_callers_until_it_names_them_no_more(shop: Shop) -> None:
    _team(shop, "front-desk", "us_ben")
    shop.publishes(TEAMED)
    shop.ben.starts_shift()
    caller = shop.joins_queue()
    shop.ben.rings()
    shop.ben.accepts()
    shop.ben.talks_to(caller)

    go_back(shop.rt, "northwind", "test")
    shop.rt.books.refresh()
    assert shop.ben.leg.is_talking_to(caller)
    shop.ben.ends()
    shop.ben.posts("/api/wrap-up/end")
    shop.joins_queue("+12025550199")
    shop.waits(2)
    assert shop.ben.is_silent()
    assert shop.ben.state == Agent.AVAILABLE


def test_a_team_that_is_made_later_takes_the_queue_that_names_it_and_the_panel_cannot_take_it_away(
    shop: Shop,
) -> None:
    shop.publishes(TEAMED)
    _team(shop, "front-desk", "us_ben")
    with shop.rt.store.read() as tx:
        (team,) = teams.teams(tx, "northwind")
    assert (team.queues, team.by_flow) == (("orders",), ("orders",))
    with pytest.raises(Faulty, match="flow gives 'orders' to the team"), shop.rt.write() as tx:
        teams.stop_serving(_hand(shop, tx), "northwind", "front-desk", "orders")

    shop.ben.starts_shift()
    shop.joins_queue()
    shop.ben.rings()
    with shop.rt.write() as tx:
        teams.rename_team(_hand(shop, tx), "northwind", "front-desk", "lobby")
    with shop.rt.store.read() as tx:
        assert teams.one_team(tx, "northwind", "lobby").queues == ()
        assert tx.scalars(select(models.QueueMember.agent_id)).all() == []


def _team(shop: Shop, name: str, agent_id: str) -> None:
    """A team of one, who takes no queue but by the team."""
    with shop.rt.write() as tx:
        tx.execute(delete(models.QueueMember))
        teams.add_team(_hand(shop, tx), "northwind", name)
        teams.join(_hand(shop, tx), "northwind", name, tx.get_one(models.User, agent_id))


def _hand(shop: Shop, tx: Session) -> Hand:
    return Hand(tx, By("", "the shell"), shop.now)


def _two_talks(shop: Shop) -> tuple[Caller, Caller]:
    """Cem talks, and Dee has talked and writes notes."""
    talks = shop.joins_queue("+12025550181")
    shop.cem.starts_shift()
    shop.cem.rings()
    shop.cem.accepts()
    shop.cem.talks_to(talks)
    notes = shop.joins_queue("+12025550182")
    shop.dee.starts_shift()
    shop.dee.rings()
    shop.dee.accepts()
    shop.dee.talks_to(notes)
    shop.waits(3)
    shop.dee.ends()
    shop.dee.becomes(Agent.WRAP_UP)
    return talks, notes
