"""What fails on the way: answers lost, requests repeated, late or never, SQL away. Nobody is stranded, nobody met twice."""

import pytest
from sqlalchemy import update

from tests.journeys.northwind import NORTHWIND
from tests.journeys.shop import Shop
from voice import models
from voice.states import Agent, CallEnd, Waiting


def test_a_lost_poke_is_made_good_by_the_next_piece_of_waiting(shop: Shop) -> None:
    shop.ann.starts_shift()
    caller = shop.joins_queue()
    shop.sim.faults.rest("POST .*/Calls/", "timeout-before", times=None)
    shop.ann.rings()
    shop.ann.accepts()
    shop.waits(1)
    shop.sim.faults.clear()

    shop.any_agent_talks_to(caller, within=60)


@pytest.mark.both_stores
def test_a_poke_whose_answer_was_lost_bridges_once(shop: Shop) -> None:
    shop.ann.starts_shift()
    caller = shop.joins_queue()
    shop.sim.faults.rest("POST .*/Calls/", "timeout-after", times=1)
    shop.ann.rings()
    shop.ann.accepts()

    shop.ann.talks_to(caller)
    shop.waits(30)
    assert shop.ann.leg.is_talking_to(caller)
    assert len(shop.facts("answered")) == 1


def test_a_refused_poke_releases_the_claim_and_the_caller_keeps_the_place(shop: Shop) -> None:
    shop.ann.starts_shift()
    caller = shop.joins_queue()
    shop.waits(3)
    shop.sim.faults.rest("POST .*/Calls/", "status", times=3, status=500)
    shop.ann.rings()
    shop.ann.accepts()

    shop.any_agent_talks_to(caller, within=90)


def test_a_stale_poke_sends_the_caller_back_to_the_same_place(shop: Shop) -> None:
    shop.ann.starts_shift()
    caller = shop.joins_queue()
    before = shop.only(models.Waiting)
    account = shop.rt.books.account_of("northwind")
    shop.rt.carrier.move_leg(account, caller.sid, shop.rt.links.leg(shop.only_call().id))
    shop.waits(5)

    after = shop.only(models.Waiting)
    assert (after.id, after.entered_at) == (before.id, before.entered_at)
    shop.ann.rings()
    shop.ann.accepts()
    shop.ann.talks_to(caller)


@pytest.mark.both_stores
def test_the_process_is_killed_between_claim_and_poke(shop: Shop) -> None:
    shop.ann.starts_shift()
    caller = shop.joins_queue()
    shop.waits(3)
    shop.ann.rings()
    shop.forgets_promises = True
    shop.ann.accepts()
    shop.sim.advance(1)
    shop.forgets_promises = False

    shop.ann.talks_to(caller, within=20)


def test_an_ending_whose_request_was_lost_ends_the_call_all_the_same(shop: Shop) -> None:
    caller = shop.talk()
    shop.sim.faults.rest("POST .*/Conferences/", "timeout-before", times=1)
    shop.ann.ends()

    caller.ends(within=20)


@pytest.mark.both_stores
def test_every_webhook_twice_changes_nothing(shop: Shop) -> None:
    shop.sim.faults.webhook("", "duplicate", times=None)
    caller = shop.talk(seconds=20)
    shop.ann.ends()
    caller.ends()
    shop.waits(40)

    assert len(shop.rows(models.Call)) == len(shop.rows(models.Waiting)) == len(shop.rows(models.Ticket)) == 1
    assert len(shop.rows(models.Recording)) == 1
    assert len(shop.facts("answered")) == len(shop.facts("talk_ended")) == len(shop.facts("call_ended")) == 1
    assert len(shop.facts("menu_presented")) == 1


@pytest.mark.parametrize("late", ["/voice/room/", "/voice/status", "/voice/recording/", "/voice/agent-left/"])
def test_signals_that_come_ten_seconds_late_change_nothing_final(shop: Shop, late: str) -> None:
    shop.harms_webhooks(late, "delay", seconds=10)
    caller = shop.talk(seconds=20)
    caller.hangs_up()
    shop.waits(60)

    assert shop.only_call().ended_as == CallEnd.ANSWERED
    assert shop.only_call().hung_up_by == "caller"
    assert len(shop.rows(models.Ticket)) == 1
    assert shop.ann.state in (Agent.WRAP_UP, Agent.AVAILABLE)


def test_signals_in_any_order_tell_the_same_story(shop: Shop) -> None:
    shop.harms_webhooks("/voice/(room|recording)", "reorder")
    caller = shop.talk(seconds=20)
    shop.ann.ends()
    caller.ends()
    shop.waits(60)

    assert (shop.only_call().ended_as, shop.only_call().hung_up_by) == (CallEnd.ANSWERED, "agent")
    assert not shop.facts("agent_vanished")


@pytest.mark.parametrize("lost", ["/voice/room/", "/voice/status"])
def test_one_signal_of_a_vanished_agent_is_enough(shop: Shop, lost: str) -> None:
    shop.harms_webhooks(lost, "lose")
    caller = shop.talk()
    shop.ann.closes_laptop()

    caller.hears("we lost your agent for a moment", within=10)
    shop.ben.starts_shift()
    shop.ben.rings(within=25)
    shop.ben.accepts()
    shop.ben.talks_to(caller)


@pytest.mark.both_stores
def test_the_menu_goes_on_and_joining_waits_while_sql_is_away(shop: Shop) -> None:
    caller = shop.rings_up()
    caller.hears("Thank you for calling")
    shop.sql_goes_away()
    second = shop.sim.call(to=NORTHWIND, from_="+12025550199")
    second.hears("Thank you for calling")
    caller.presses("1")
    caller.hears("One moment please")
    shop.waits(12)
    assert not caller.is_over
    shop.sql_comes_back()

    caller.hears("You are next")
    shop.ann.starts_shift()
    shop.ann.rings()
    shop.ann.accepts()
    shop.ann.talks_to(caller)
    assert len([fact for fact in shop.facts("call_started")]) == 2


@pytest.mark.both_stores
def test_waiting_callers_hear_music_while_sql_is_away_and_keep_their_place(shop: Shop) -> None:
    first, second = shop.joins_queue(), shop.joins_queue("+12025550199")
    shop.sql_goes_away()
    shop.waits(60)
    assert first.hears_music()
    assert second.hears_music()
    shop.sql_comes_back()
    shop.ann.starts_shift()
    shop.ann.rings()
    shop.ann.accepts()

    shop.ann.talks_to(first)
    assert {row.state for row in shop.rows(models.Waiting)} == {Waiting.CONNECTED, Waiting.WAITING}


def test_a_flow_that_is_published_in_the_middle_of_a_call_does_not_move_it(shop: Shop) -> None:
    caller = shop.rings_up()
    caller.hears("For orders, press 1")
    shop.publishes(shop.flow_text.replace("For orders, press 1.", "For repairs, press 1."))
    caller.presses("9")

    caller.hears("For orders, press 1")
    later = shop.sim.call(to=NORTHWIND, from_="+12025550199")
    later.hears("For repairs, press 1")


def test_one_row_that_cannot_be_ended_does_not_hold_up_the_others(shop: Shop) -> None:
    first, second = shop.joins_queue(), shop.joins_queue("+12025550199")
    with shop.rt.write() as tx:
        tx.execute(update(models.Call).where(models.Call.call_sid == first.sid).values(outcome="nonsense"))

    second.hears("all of us are still busy", within=700)
