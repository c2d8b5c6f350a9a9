"""Signals that never come: within five minutes the clock asks the carrier and makes good what was lost."""

from contextlib import suppress

import pytest
from sqlalchemy import delete, update
from structlog.testing import capture_logs

from tests.journeys.northwind import CUSTOMER, NORTHWIND
from tests.journeys.shop import Shop
from voice import models, reconcile, signals
from voice.states import Agent, CallEnd
from voice.store import StoreAway

FIVE_MINUTES = 300


def test_twilio_studio_2021_a_call_whose_end_was_never_told_is_not_stuck_but_becomes_a_ticket(
    shop: Shop,
) -> None:
    shop.sim.faults.webhook("/voice/status", "lose", times=None)
    caller = shop.rings_up()
    caller.hears("Thank you for calling")
    shop.waits(2)
    caller.hangs_up()
    ended_at = shop.now
    shop.waits(20)
    assert shop.only_call().ended_at is None

    shop.is_quiet = False
    shop.waits(FIVE_MINUTES - 20)
    assert shop.only_call().ended_at == pytest.approx(ended_at, abs=2)
    assert shop.only_call().hung_up_by == "caller"
    assert len(shop.rows(models.Ticket)) == 1


def test_a_caller_who_left_unheard_does_not_wait_for_ever(shop: Shop) -> None:
    caller = shop.joins_queue()
    shop.waits(10)
    shop.harms_webhooks("/voice/(status|leg|wait)", "lose")
    caller.hangs_up()
    _next_round(shop)

    assert shop.only_call().ended_as == CallEnd.ABANDONED
    assert shop.only_call().waited_seconds == pytest.approx(11, abs=3)


@pytest.mark.both_stores
def test_a_talk_that_ended_unheard_gives_the_agent_back(shop: Shop) -> None:
    caller = shop.talk(seconds=20)
    shop.harms_webhooks("/voice/(status|room|leg|agent-left)", "lose")
    caller.hangs_up()
    shop.waits(5)
    assert shop.ann.state == Agent.ON_CALL

    _next_round(shop)
    shop.ann.becomes(Agent.AVAILABLE, within=31)
    assert shop.only_call().ended_as == CallEnd.ANSWERED
    (talked,) = [fact.data["talked"] for fact in shop.facts("talk_ended")]
    assert talked == pytest.approx(20, abs=3)


def test_an_agent_whose_phone_vanished_unheard_is_noticed(shop: Shop) -> None:
    caller = shop.talk()
    shop.harms_webhooks("/voice/(status|room|agent-left)", "lose")
    shop.ann.leg.vanishes()
    shop.waits(5)
    assert not shop.facts("agent_vanished")

    _next_round(shop)
    caller.hears("we lost your agent for a moment", within=5)
    assert len(shop.facts("agent_vanished")) == 1


def test_a_recording_whose_end_was_never_told_is_on_its_ticket(shop: Shop) -> None:
    caller = shop.talk(seconds=20)
    shop.harms_webhooks("/voice/recording", "lose")
    caller.hangs_up()
    shop.waits(10)
    assert shop.only(models.Ticket)
    assert shop.only(models.Recording).state == "in_progress"

    _next_round(shop)
    assert shop.only(models.Recording).state == "stored"


@pytest.mark.both_stores
def test_a_recording_whose_beginning_was_lost_too_is_made(shop: Shop) -> None:
    shop.harms_webhooks("/voice/recording", "lose")
    caller = shop.talk(seconds=20)
    caller.hangs_up()
    shop.waits(10)
    assert not shop.rows(models.Recording)

    _next_round(shop)
    row = shop.only(models.Recording)
    assert (row.state, row.kind, row.channels, row.call_id) == ("stored", "call", 2, shop.only_call().id)


def test_a_recording_that_the_carrier_no_longer_has_is_absent(shop: Shop) -> None:
    caller = shop.talk(seconds=20)
    shop.harms_webhooks("/voice/recording", "lose")
    caller.hangs_up()
    shop.waits(2)
    shop.sim.world.recordings.delete(next(iter(shop.sim.world.recordings.all.values())))
    _next_round(shop)

    assert shop.only(models.Recording).state == "absent"


def test_a_call_that_came_while_we_were_away_is_found(shop: Shop) -> None:
    shop.waits(5)
    shop.harms_webhooks("/voice", "lose")
    caller = shop.rings_up(CUSTOMER)
    shop.waits(40)
    assert caller.is_over
    shop.sim.faults.clear()
    _next_round(shop)

    assert (shop.only_call().caller, shop.only_call().dialled) == (CUSTOMER, NORTHWIND)
    assert len(shop.rows(models.Ticket)) == 1


def test_calls_of_before_we_came_are_no_business_of_ours(shop: Shop) -> None:
    shop.harms_webhooks("/voice", "lose")
    caller = shop.rings_up(CUSTOMER)
    shop.waits(40)
    assert caller.is_over
    with shop.rt.write() as tx:
        tx.execute(delete(models.Beat))
    shop.waits(15)

    assert not shop.rows(models.Call)


def test_a_healthy_call_is_left_alone(shop: Shop) -> None:
    shop.talk()
    _next_round(shop)

    assert shop.ann.state == Agent.ON_CALL
    assert shop.only_call().ended_at is None
    assert not shop.facts("agent_vanished")


@pytest.mark.both_stores
def test_of_two_clocks_one_asks(shop: Shop) -> None:
    shop.waits(2)
    _is_due(shop)
    before = len(shop.sim.ledger.of("rest"))
    reconcile.step(shop.rt)
    shop.waits(0.1)
    asked = len(shop.sim.ledger.of("rest"))
    reconcile.step(shop.rt)
    shop.waits(0.1)

    assert before < asked == len(shop.sim.ledger.of("rest"))


def test_a_carrier_that_does_not_answer_is_asked_again_a_minute_later(shop: Shop) -> None:
    shop.waits(5)
    shop.sim.faults.rest("GET .*/Calls", "status", times=None, status=503)
    with capture_logs() as lines:
        _next_round(shop)
    assert [line["log_level"] for line in lines if line["event"] == "not reconciled"][:1] == ["warning"]
    shop.sim.faults.clear()
    before = _last(shop)
    shop.waits(62)

    assert _last(shop) > before


def test_what_was_repaired_is_one_line_in_the_log(shop: Shop) -> None:
    caller = shop.talk(seconds=20)
    shop.harms_webhooks("/voice/(status|room|leg|agent-left)", "lose")
    caller.hangs_up()
    with capture_logs() as lines:
        _next_round(shop)

    (line,) = [line for line in lines if line["event"] == "reconciled"]
    assert line["calls_ended"] == 1


def _makes_amends(shop: Shop, seconds: int) -> None:
    """Time passes, and the loop of a web process asks each second for what it owes."""
    for _ in range(seconds):
        shop.waits(1)
        with suppress(StoreAway):
            reconcile.make_amends(shop.rt)


@pytest.mark.both_stores
def test_a_caller_who_hung_up_while_sql_was_away_is_made_good_soon_after(shop: Shop) -> None:
    caller = shop.talk(seconds=20)
    shop.is_quiet = False
    shop.ann.loses_stream()
    shop.sql_goes_away()
    caller.hangs_up()
    _makes_amends(shop, 30)
    shop.sql_comes_back()
    assert shop.ann.state == Agent.ON_CALL
    _makes_amends(shop, 20)

    assert shop.only_call().ended_as == CallEnd.ANSWERED
    assert shop.ann.state != Agent.ON_CALL
    (talked,) = [fact.data["talked"] for fact in shop.facts("talk_ended")]
    assert talked == pytest.approx(20, abs=3)
    assert shop.only(models.Recording).state == "stored"


def test_a_process_that_fell_on_a_signal_asks_for_a_round(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = shop.rings_up()
    caller.hears("Thank you for calling")
    shop.is_quiet = False
    with monkeypatch.context() as patch:
        patch.setattr(signals, "leg_status", lambda *_: 1 / 0)
        caller.hangs_up()
        shop.waits(5)
    assert shop.only_call().ended_at is None
    _makes_amends(shop, 20)

    assert shop.only_call().ended_at is not None
    assert not shop.rt.missed.is_set()


def test_who_begins_asks_for_a_round_and_never_puts_one_off(shop: Shop) -> None:
    shop.waits(200)
    reconcile.soon(shop.rt)
    due = [row.at for row in shop.rows(models.Beat) if row.name == "reconcile main"]
    shop.waits(5)
    reconcile.soon(shop.rt)

    assert [row.at for row in shop.rows(models.Beat) if row.name == "reconcile main"] == due
    last = _last(shop)
    shop.waits(10)
    assert _last(shop) > last


def test_a_round_that_comes_too_soon_after_a_miss_is_followed_by_another(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = shop.rings_up()
    caller.hears("Thank you for calling")
    shop.is_quiet = False
    reconcile.soon(shop.rt)
    shop.waits(9)
    with monkeypatch.context() as patch:
        patch.setattr(signals, "leg_status", lambda *_: 1 / 0)
        caller.hangs_up()
        shop.waits(1)
    _makes_amends(shop, 5)
    assert shop.only_call().ended_at is None
    _makes_amends(shop, 15)

    assert shop.only_call().ended_at is not None


def _last(shop: Shop) -> float:
    return float(max(row.at for row in shop.rows(models.Beat) if row.name.startswith("reconciled")))


def _is_due(shop: Shop) -> None:
    with shop.rt.write() as tx:
        tx.execute(
            update(models.Beat)
            .where(models.Beat.name.like("reconcile %"))
            .values(at=shop.now - reconcile.EVERY_SECONDS)
        )


def _next_round(shop: Shop) -> None:
    """What ended is old enough, and the next round is due."""
    shop.waits(reconcile.GRACE_SECONDS + 1)
    _is_due(shop)
    shop.waits(5)
