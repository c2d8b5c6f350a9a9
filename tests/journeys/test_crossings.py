"""Things that meet in the wrong order: requests in flight, answers that come late, two wishes at once."""

from pathlib import Path

from tests.journeys.northwind import CUSTOMER, FLOW
from tests.journeys.shop import Shop
from voice import models, signals
from voice.heard import CallStatusHeard, LegStatus, Party
from voice.states import Agent, CallEnd, Participation

SHORT = FLOW.replace("max_wait: 10m", "max_wait: 20s")
TWO_WAYS = (
    FLOW.replace("options: {1: orders_line}", "options: {1: orders_line, 2: repairs_line}")
    .replace("  busy:\n", "  repairs_line:\n    queue: repairs\n    timeout: busy\n    full: busy\n  busy:\n")
    .replace("  orders: {", "  repairs: {}\n  orders: {")
)
SURVEY = FLOW.replace("    full: busy\n", "    full: busy\n    answered: survey\n").replace(
    "  busy:\n",
    '  survey:\n    menu: "Press 1 to speak to somebody else."\n    options: {1: orders_line}\n'
    "    no_input: goodbye\n    no_match: goodbye\n  busy:\n",
)


def test_a_poke_that_lands_when_both_already_talk_parts_them_for_a_moment_only(shop: Shop) -> None:
    caller = shop.talk()
    account = shop.rt.books.account_of("northwind")
    shop.rt.carrier.move_leg(account, caller.sid, shop.rt.links.leg(shop.only_call().id))
    shop.waits(5)
    if shop.ann.snapshot["rejoin"]:
        shop.ann.connects()

    shop.ann.talks_to(caller)
    assert not shop.facts("talk_ended")


def test_who_took_the_caller_off_hold_stays_off_hold(shop: Shop) -> None:
    caller = shop.talk()
    shop.sim.faults.rest("POST .*/Participants/", "timeout-after", times=1)
    shop.ann.holds()
    shop.waits(2)
    shop.ann.resumes()
    shop.waits(15)

    assert shop.ann.leg.is_talking_to(caller)


def test_a_talk_ends_when_the_carrier_was_away_for_a_minute(shop: Shop) -> None:
    caller = shop.talk()
    shop.sim.faults.rest("", "timeout-before", times=None)
    shop.ann.ends()
    shop.waits(60)
    shop.sim.faults.clear()

    caller.ends(within=20)


def test_a_lost_agents_caller_comes_back_when_the_carrier_was_away_for_a_minute(shop: Shop) -> None:
    caller = shop.talk()
    shop.sim.faults.rest("", "timeout-before", times=None)
    shop.ann.closes_laptop()
    shop.waits(75)
    shop.sim.faults.clear()
    shop.waits(10)
    shop.ben.starts_shift()

    shop.any_agent_talks_to(caller, within=60)


def test_a_caller_whose_time_ran_out_while_the_carrier_was_away_goes_on_in_the_flow(tmp_path: Path) -> None:
    shop = Shop(tmp_path, flow=SHORT)
    caller = shop.talk()
    shop.sim.faults.rest("", "timeout-before", times=None)
    shop.ann.closes_laptop()
    shop.waits(75)
    shop.sim.faults.clear()

    caller.hears("all of us are still busy", within=30)


def test_a_caller_whose_leg_fails_while_waiting_is_abandoned_and_rings_nobody(shop: Shop) -> None:
    shop.ann.starts_shift()
    caller = shop.joins_queue()
    shop.ann.rings()
    nobody = Party(None, "")
    account = shop.rt.books.account_of("northwind").account_sid
    signals.leg_status(
        shop.rt,
        CallStatusHeard(caller.sid, account, LegStatus.FAILED, 1, 5, None, None, nobody, nobody, None),
    )
    shop.waits(2)

    assert shop.only_call().ended_at is not None
    assert shop.ann.state == Agent.AVAILABLE


def test_two_tabs_of_one_agent_are_one_voice_in_the_room(shop: Shop) -> None:
    caller = shop.talk()
    first = shop.ann.leg
    shop.ann.connects()
    shop.waits(3)

    assert first.is_over
    shop.ann.talks_to(caller)
    assert not shop.facts("agent_vanished")


def test_a_late_repeat_of_the_first_tab_does_not_take_the_talk_back(shop: Shop) -> None:
    shop.ann.starts_shift()
    caller = shop.joins_queue()
    shop.ann.rings()
    shop.sim.faults.webhook("/voice/agent$", "duplicate", times=1, seconds=8)
    shop.ann.accepts()
    shop.ann.talks_to(caller)
    shop.ann.connects()
    shop.waits(12)
    shop.ann.closes_laptop()

    caller.hears("we lost your agent for a moment", within=10)


def test_nobody_is_offered_a_caller_who_just_hung_up(shop: Shop) -> None:
    shop.ann.starts_shift()
    shop.ben.starts_shift()
    caller = shop.joins_queue()
    shop.waits(3)
    desk = shop.ann if shop.ann.offer else shop.ben
    desk.accepts()
    caller.hangs_up()
    shop.waits(15)

    assert len(shop.facts("offered")) == 1
    assert desk.state == Agent.AVAILABLE


def test_a_key_that_was_pressed_while_sql_was_away_is_not_forgotten(tmp_path: Path) -> None:
    shop = Shop(tmp_path, flow=TWO_WAYS)
    caller = shop.rings_up()
    caller.hears("Thank you for calling")
    shop.sql_goes_away()
    caller.presses("2")
    caller.hears("One moment please")
    shop.waits(12)
    shop.sql_comes_back()
    caller.hears_music(within=20)

    assert shop.only(models.Waiting).queue == "repairs"


def test_hold_waits_until_both_are_in_the_talk(shop: Shop) -> None:
    caller = shop.talk()
    shop.ann.closes_laptop()
    caller.hears("we lost your agent for a moment")
    shop.ann.posts(f"/api/calls/{shop.ann.call_id()}/hold", expect=409)
    shop.ann.opens_page()
    shop.ann.connects()

    shop.ann.talks_to(caller)
    assert shop.only(models.Participation).held_at is None


def test_who_wished_to_go_home_after_the_call_and_was_lost_is_home_when_back(shop: Shop) -> None:
    shop.talk()
    shop.ann.posts("/api/shift/end")
    shop.ann.closes_laptop()
    shop.ann.becomes(Agent.OFFLINE, within=40)
    shop.ann.opens_page()
    shop.waits(15)

    assert shop.ann.state == Agent.OFFLINE


def test_a_ring_out_does_not_forget_the_wish_to_go_home(shop: Shop) -> None:
    shop.ann.starts_shift()
    shop.joins_queue()
    shop.ann.rings()
    shop.ann.posts("/api/shift/end")
    shop.waits(25)

    assert shop.ann.state == Agent.OFFLINE


def test_a_caller_who_enters_a_room_that_is_over_is_led_out_of_it(shop: Shop) -> None:
    shop.ann.starts_shift()
    caller = shop.joins_queue()
    shop.ann.rings()
    shop.sim.faults.webhook("/voice/leg/", "slow", times=2, seconds=2)
    shop.ann.accepts()
    shop.waits(0.5)
    assert shop.facts("answered")
    shop.ann.ends()

    caller.ends(within=20)


def test_an_agent_who_comes_back_just_when_the_caller_hangs_up_is_led_out_of_the_room(shop: Shop) -> None:
    caller = shop.talk()
    shop.ann.leg.hangs_up()
    shop.sim.faults.webhook("/voice/agent$", "slow", times=1, seconds=1)
    shop.ann.connects()
    shop.waits(0.5)
    caller.hangs_up()

    shop.ann.leg.ends(within=10)


def test_who_hangs_up_in_the_second_queue_hung_up(tmp_path: Path) -> None:
    shop = Shop(tmp_path, flow=SURVEY)
    caller = shop.talk()
    shop.ann.ends()
    caller.hears("Press 1 to speak to somebody else")
    caller.presses("1")
    caller.hears_music()
    shop.waits(5)
    caller.hangs_up()
    shop.waits(3)

    assert (shop.only_call().ended_as, shop.only_call().hung_up_by) == (CallEnd.ANSWERED, "caller")
    assert len(shop.rows(models.Waiting)) == 2


def test_a_second_queue_leads_to_a_second_talk_in_a_room_of_its_own(tmp_path: Path) -> None:
    shop = Shop(tmp_path, flow=SURVEY)
    caller = shop.talk()
    shop.ann.ends()
    caller.hears("Press 1 to speak to somebody else")
    caller.presses("1")
    shop.ben.starts_shift()
    shop.ben.rings()
    shop.ben.accepts()
    shop.ben.talks_to(caller)
    caller.hangs_up()
    shop.waits(5)

    assert len({talk.room for talk in shop.rows(models.Participation)}) == 2
    assert {talk.state for talk in shop.rows(models.Participation)} == {Participation.ENDED}


def test_a_call_that_the_flow_ends_was_ended_by_the_flow(tmp_path: Path) -> None:
    shop = Shop(tmp_path, flow=FLOW.replace("options: {1:", "options: {9: goodbye, 1:"))
    caller = shop.rings_up(CUSTOMER)
    caller.hears("Thank you for calling")
    caller.presses("9")
    caller.hears("Goodbye")
    caller.ends()
    shop.waits(3)

    assert (shop.only_call().ended_as, shop.only_call().hung_up_by) == (CallEnd.COMPLETED_IN_FLOW, "flow")
