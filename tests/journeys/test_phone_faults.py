"""An ordinary phone whose words are lost, told twice or refused loses no caller, and no agent."""

from sqlalchemy import Engine, event, select

from panel.audit import By
from panel.staff import disable
from simulator.handset import Phone
from tests.journeys.own_phones import MOBILE, begin, talk
from tests.journeys.shop import Shop
from voice import models, reconcile, signals
from voice.heard import CallStatusHeard, LegStatus, Party
from voice.states import Agent


def test_webhooks_twice_bring_the_caller_to_one_talk(shop: Shop, mobile: Phone) -> None:
    shop.harms_webhooks("/voice/(phone|leg|room)", "duplicate")
    caller = talk(shop, mobile)
    caller.hangs_up()
    shop.waits(20)

    assert len(shop.facts("answered")) == len(shop.facts("call_ended")) == len(mobile.legs) == 1


def test_lost_words_of_the_phone_are_amended(shop: Shop, mobile: Phone) -> None:
    shop.harms_webhooks("/voice/(phone-told|room|agent-left|status)", "lose")
    talk(shop, mobile)
    mobile.hangs_up()
    shop.waits(12)
    reconcile.soon(shop.rt)
    shop.waits(20)

    assert shop.only_call().hung_up_by == "agent"
    assert shop.ann.state == Agent.WRAP_UP


def test_an_order_to_ring_whose_answer_was_lost_rings_once(shop: Shop, mobile: Phone) -> None:
    shop.sim.faults.rest("POST .*/Calls.json", "timeout-after", times=1)
    shop.is_quiet = False
    talk(shop, mobile)

    assert len(mobile.legs) == 1


def test_a_process_that_dies_before_the_order_is_sent_loses_nobody(shop: Shop, mobile: Phone) -> None:
    begin(shop)
    shop.forgets_promises = True
    caller = shop.joins_queue()
    shop.waits(2)
    shop.forgets_promises = False
    mobile.hears("Press 1", within=30)
    mobile.presses("1")

    mobile.talks_to(caller)


def test_a_process_that_dies_while_it_sends_the_order_is_not_the_agents_fault(
    shop: Shop, mobile: Phone
) -> None:
    begin(shop)
    shop.forgets_promises = True
    caller = shop.joins_queue()
    with shop.rt.write() as tx:
        (order,) = tx.scalars(select(models.Action))
        order.state, order.attempts, order.lease_until_at = "sent", 1, shop.now + 5
    shop.forgets_promises = False
    shop.waits(10)

    assert (shop.ann.state, mobile.legs) == (Agent.AVAILABLE, [])
    shop.ben.starts_shift()
    shop.ben.rings()
    shop.ben.accepts()
    shop.ben.talks_to(caller)


def test_a_phone_that_the_carrier_refuses_is_left_alone_a_minute_and_the_desk_says_why(
    shop: Shop, mobile: Phone
) -> None:
    shop.sim.faults.rest("POST .*/Calls.json", "status", times=1, status=400)
    shop.is_quiet = False
    shop.ann.starts_shift()
    caller = shop.joins_queue()
    shop.waits(5)

    assert shop.ann.state == Agent.AVAILABLE
    assert "could not be rung" in shop.ann.snapshot["phone"]["fault"]
    mobile.hears("Press 1", within=70)
    mobile.presses("1")
    mobile.talks_to(caller)
    assert shop.ann.snapshot["phone"]["fault"] == ""


def test_the_cap_of_calls_out_holds_for_phones_too(shop: Shop, mobile: Phone) -> None:
    object.__setattr__(shop.rt.settings, "dial_merchant_hour", 0)
    shop.ann.starts_shift()
    caller = shop.joins_queue()
    shop.waits(5)

    assert mobile.legs == []
    assert "0 calls have gone out" in shop.ann.snapshot["phone"]["fault"]
    shop.ben.starts_shift()
    shop.ben.rings()
    shop.ben.accepts()
    shop.ben.talks_to(caller)


def test_the_phone_of_an_agent_whose_account_is_closed_falls_silent_and_takes_nobody(
    shop: Shop, mobile: Phone
) -> None:
    begin(shop)
    caller = shop.joins_queue()
    mobile.hears("Press 1")
    disable(shop.rt, By("Sue"), "us_ann")
    mobile.presses("1")

    mobile.ends(within=5)
    assert mobile.hears_nothing_of(caller)
    assert shop.ann.state == Agent.OFFLINE
    shop.ben.starts_shift()
    shop.ben.rings()
    shop.ben.accepts()
    shop.ben.talks_to(caller)


def test_who_moves_the_calls_to_the_phone_is_not_lost_by_a_ring_that_the_browser_never_showed(
    shop: Shop,
) -> None:
    shop.ann.starts_shift()
    shop.ann.posts("/api/phone", on="browser", number=MOBILE)
    mobile = shop.sim.phone(MOBILE)
    shop.ann.acknowledges = False
    caller = shop.joins_queue()
    shop.ann.rings()
    shop.ann.posts("/api/phone", on="phone")
    shop.ann.closes_laptop()

    mobile.hears("Press 1", within=15)
    mobile.presses("1")
    mobile.talks_to(caller)


def test_the_end_of_a_customers_leg_is_not_looked_for_among_the_phones_of_agents(shop: Shop) -> None:
    caller, nobody, asked = shop.rings_up(), Party(None, ""), list[str]()
    account = shop.rt.books.account_of("northwind").account_sid
    over = CallStatusHeard(caller.sid, account, LegStatus.FAILED, 1, 5, None, None, nobody, nobody, None)

    def note(*told: object) -> None:
        asked.append(str(told[2]))

    shop.waits(1)
    event.listen(Engine, "before_cursor_execute", note)
    try:
        signals.leg_status(shop.rt, over)
    finally:
        event.remove(Engine, "before_cursor_execute", note)

    assert shop.only_call().ended_at is not None
    assert asked
    assert not [one for one in asked if "FROM phone_ring" in one]
