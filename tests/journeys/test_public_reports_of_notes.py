"""More of what users of other contact centres have reported: transfers, notes after the talk, skills, changes, who hung up."""

from pathlib import Path

import pytest

from tests.journeys.asterisk import TERMS, rung, shop_with, takes
from tests.journeys.northwind import CUSTOMER, FLOW
from tests.journeys.shop import Shop
from voice import models
from voice.states import Agent, CallEnd

SKILLED = FLOW.replace("queues:\n", "skills: {french: {ben: 80}}\nqueues:\n", 1).replace(
    TERMS, "ring: 20s, skills: {french: 50}, relax: {4s: {}}"
)


def test_asterisk_1377_writing_notes_is_a_state_that_everybody_sees_with_its_end(shop: Shop) -> None:
    shop.talk(3).hangs_up()
    shop.ann.becomes(Agent.WRAP_UP, within=5)
    shop.waits(1)

    assert shop.ann.snapshot["state"] == Agent.WRAP_UP
    assert shop.ann.row.until_at is not None
    assert 25 < shop.ann.row.until_at - shop.now <= 30


def test_opensips_2679_the_notes_that_end_are_those_of_the_agent_who_talked_first(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, "ring: 20s, wrap_up: 5s")
    takes(shop, "ann", shop.joins_queue("+12025550181"))
    takes(shop, "ben", shop.joins_queue("+12025550182"))
    shop.ann.ends()
    shop.waits(3)
    shop.ben.ends()

    shop.ann.becomes(Agent.AVAILABLE, within=8)
    assert shop.ben.state == Agent.WRAP_UP
    shop.ben.becomes(Agent.AVAILABLE, within=8)


def test_cloudspire_51_notes_end_early_and_the_journal_knows_how_long_they_took(shop: Shop) -> None:
    shop.talk(3).hangs_up()
    shop.ann.becomes(Agent.WRAP_UP, within=5)
    shop.waits(4)
    shop.ann.posts("/api/wrap-up/end")

    assert shop.ann.state == Agent.AVAILABLE
    (began,) = shop.facts("wrap_up_started")
    assert 3 < shop.now - began.at < 6


def test_flex_closing_the_browser_does_not_void_the_notes(shop: Shop) -> None:
    shop.talk(3).hangs_up()
    shop.ann.becomes(Agent.WRAP_UP, within=5)
    shop.joins_queue("+12025550199")
    shop.ann.closes_laptop()
    shop.waits(10)
    shop.ann.opens_page()
    shop.waits(2)
    assert (shop.ann.state, shop.ann.is_silent()) == (Agent.WRAP_UP, True)

    shop.ann.rings(within=30)


def test_cloudspire_49_when_nobody_who_knows_enough_is_there_anybody_is_rung_after_a_while(
    tmp_path: Path,
) -> None:
    shop = Shop(tmp_path, flow=SKILLED)
    shop.ann.starts_shift()
    caller = shop.joins_queue()
    shop.waits(2)
    assert shop.ann.is_silent()

    takes(shop, "ann", caller)
    (offer,) = shop.rows(models.Offer)
    assert offer.offered_at - shop.only(models.Waiting).entered_at >= 4


def test_freeswitch_pr_39_and_wazo_a_queue_becomes_linear_and_nobody_is_logged_out(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, "ring: 20s")
    shop.publishes(FLOW.replace(TERMS, "ring: 20s, strategy: linear, agents: {ben: {}}"))
    caller = shop.joins_queue()

    takes(shop, "ben", caller)
    assert (rung(shop), shop.ann.state) == (["ben"], Agent.AVAILABLE)


def test_flex_plugin_dialpad_38_a_call_that_an_agent_made_can_be_transferred(shop: Shop) -> None:
    customer = shop.sim.phone(CUSTOMER)
    shop.ann.starts_shift()
    shop.ben.starts_shift()
    shop.ann.dials()
    customer.rings()
    customer.answers()
    shop.ann.talks_to(customer)
    shop.ann.sends("agent", "us_ben")
    shop.ben.rings()
    shop.ben.accepts()

    shop.ben.talks_to(customer)


def test_flex_plugins_1493_the_caller_is_on_hold_with_music_while_a_colleague_is_asked(shop: Shop) -> None:
    caller = shop.talk(3)
    shop.ben.starts_shift()
    shop.ann.asks("agent", "us_ben")
    caller.hears_music(within=5)
    shop.ben.rings()
    shop.ben.accepts()
    shop.waits(3)

    assert not shop.ann.leg.is_talking_to(caller)
    assert not shop.ben.leg.is_talking_to(caller)


def test_openvbx_197_a_caller_is_given_to_a_colleague(shop: Shop) -> None:
    caller = shop.talk(3)
    shop.ben.starts_shift()
    shop.ann.sends("agent", "us_ben")

    takes(shop, "ben", caller)


@pytest.mark.parametrize(
    ("way", "states"),
    [
        ("accepted", ["holding", "ringing", "consulting", "together", "taken"]),
        ("rejected", ["holding", "ringing", "failed"]),
        ("cancelled", ["holding", "ringing", "consulting", "cancelled"]),
    ],
)
def test_quickvoice_99_every_stage_of_a_warm_transfer_is_a_state_with_a_name(
    shop: Shop, way: str, states: list[str]
) -> None:
    caller = shop.talk(1)
    shop.ben.starts_shift()
    shop.ann.asks("agent", "us_ben")
    seen = [shop.only(models.Consult).state]
    shop.ben.rings()
    seen.append(shop.only(models.Consult).state)
    if way == "rejected":
        shop.ben.declines()
    else:
        shop.ben.accepts()
        shop.ben.leg.talks_to(shop.ann.leg)
        seen.append(shop.only(models.Consult).state)
        ends = ("together", "hand-over") if way == "accepted" else ("cancel",)
        for word in ends[:-1]:
            shop.ann.posts(f"/api/calls/{shop.ann.call_id()}/ask/{word}")
            seen.append(shop.only(models.Consult).state)
        shop.ann.posts(f"/api/calls/{shop.ann.call_id()}/ask/{ends[-1]}")
    shop.waits(2)

    assert [*seen, shop.only(models.Consult).state] == states
    assert not caller.is_over
    kinds = [fact.kind for fact in shop.facts("consult_asked", "handed_over", "consult_ended")]
    assert kinds == ["consult_asked", "handed_over" if way == "accepted" else "consult_ended"]


@pytest.mark.parametrize("who", ["caller", "agent"])
def test_flex_hang_up_by_who_ended_the_call_is_known(shop: Shop, who: str) -> None:
    caller = shop.talk()
    if who == "caller":
        caller.hangs_up()
    else:
        shop.ann.ends()

    shop.ann.becomes(Agent.WRAP_UP, within=3)
    shop.waits(3)
    assert (shop.only_call().ended_as, shop.only_call().hung_up_by) == (CallEnd.ANSWERED, who)
    assert not shop.facts("agent_vanished")
