"""What users of other contact centres have reported, some of it for ten years: each report is a call here."""

from pathlib import Path

from sqlalchemy import update

from tests.journeys.asterisk import rung
from tests.journeys.northwind import FLOW
from tests.journeys.shop import Shop
from voice import models
from voice.states import OFFER_LIVE, PARTICIPATION_LIVE, Agent, CallEnd

SIX = ("first", "second", "third", "fourth", "fifth", "sixth")
SIX_QUEUES = FLOW.replace(
    "  orders: {ring: 20s, wrap_up: 30s, max_wait: 10m}\n",
    "  orders: {ring: 20s, wrap_up: 30s, max_wait: 10m}\n"
    + "".join(f"  {name}: {{ring: 20s, wrap_up: 5s}}\n" for name in SIX[1:]),
)
LONG_WORDS = FLOW.replace("    queue: orders\n", "    queue: orders\n    wait: chatty\n").replace(
    "start: greeting\n",
    'waits:\n  chatty:\n    - {say: "'
    + "We are glad that you called us today. " * 20
    + '", first: 0s, every: 1m}\nstart: greeting\n',
)
TOP_DOWN = FLOW.replace("max_wait: 10m}", "max_wait: 10m, strategy: linear, agents: {ann: {}, ben: {}}}")
ALL_AT_ONCE = FLOW.replace("max_wait: 10m}", "max_wait: 10m, strategy: broadcast}")
TWO_QUEUES = (
    FLOW.replace("options: {1: orders_line}", "options: {1: orders_line, 2: broken_line}")
    .replace("  busy:\n", "  broken_line:\n    queue: broken\n    timeout: busy\n    full: busy\n  busy:\n")
    .replace("  orders: {", "  broken: {}\n  orders: {")
)
IMPATIENT = FLOW.replace("ring: 20s", "ring: 60s").replace("max_wait: 10m", "max_wait: 10s")


def test_freeswitch_2529_a_caller_who_hangs_up_while_the_agent_connects_leaves_no_zombie(shop: Shop) -> None:
    shop.ann.starts_shift()
    caller = shop.joins_queue()
    shop.ann.rings()
    shop.ann.accepts(connects=False)
    caller.hangs_up()
    shop.ann.connects()
    shop.waits(20)

    assert shop.ann.leg.is_over
    assert shop.ann.state == Agent.AVAILABLE
    assert shop.only_call().ended_as == CallEnd.ABANDONED
    assert _alive(shop) == []


def test_freeswitch_1973_nobody_is_on_a_call_long_after_it(shop: Shop) -> None:
    caller = shop.talk()
    shop.harms_webhooks("/voice/(status|room|agent-left|leg)", "lose")
    caller.hangs_up()
    shop.waits(15 * 60)

    assert shop.ann.state in (Agent.AVAILABLE, Agent.UNREACHABLE, Agent.AWAY)
    assert shop.only_call().ended_at is not None
    assert _alive(shop) == []


def test_freeswitch_1641_a_queue_that_cannot_be_decided_does_not_silence_the_others(tmp_path: Path) -> None:
    shop = Shop(tmp_path, flow=TWO_QUEUES)
    stuck = shop.rings_up("+12025550199")
    stuck.hears("For orders, press 1")
    stuck.presses("2")
    stuck.hears_music()
    caller = shop.joins_queue()
    shop.ann.opens_page()
    with shop.rt.write() as tx:  # a place that nobody can read, and Ann is there all the same
        tx.execute(
            update(models.Waiting).where(models.Waiting.queue == "broken").values(plan={"stages": [1]})
        )
        agent = tx.get_one(models.Agent, "us_ann")
        agent.state, agent.seen_at = Agent.AVAILABLE, shop.now
    shop.ann.rings(within=4)
    shop.ann.accepts()

    shop.ann.talks_to(caller)


def test_freeswitch_1221_one_agent_who_does_not_answer_does_not_halt_the_queue(tmp_path: Path) -> None:
    shop = Shop(tmp_path, flow=TOP_DOWN)
    shop.ben.starts_shift()
    shop.ann.starts_shift()
    shop.ann.acknowledges = False
    caller = shop.joins_queue()
    shop.ben.rings(within=10)
    shop.ben.accepts()
    shop.ben.talks_to(caller)

    assert rung(shop) == ["ann", "ben"]


def test_freeswitch_1062_a_browser_that_freezes_while_it_connects_freezes_nobody_else(tmp_path: Path) -> None:
    shop = Shop(tmp_path, agents=("ann", "ben", "cem"))
    stuck = shop.joins_queue()
    other = shop.joins_queue("+12025550199")
    shop.ann.starts_shift()
    shop.ann.rings()
    shop.ann.accepts(connects=False)
    shop.ann.is_awake = False
    shop.ben.starts_shift()
    shop.ben.rings(within=5)
    shop.ben.accepts()
    shop.ben.talks_to(other, within=5)
    shop.cem.starts_shift()
    shop.cem.rings(within=15)
    shop.cem.accepts()
    shop.cem.talks_to(stuck)
    for caller in (stuck, other):
        caller.hangs_up()
    shop.waits(60)

    assert shop.ann.state in (Agent.AWAY, Agent.UNREACHABLE)
    assert _alive(shop) == []


def test_freeswitch_1148_no_announcement_delays_the_answer(tmp_path: Path) -> None:
    shop = Shop(tmp_path, flow=LONG_WORDS)
    shop.ann.starts_shift()
    caller = shop.rings_up()
    caller.hears("For orders, press 1")
    caller.presses("1")
    shop.ann.rings()
    caller.hears("We are glad that you called")
    shop.ann.accepts()

    shop.ann.talks_to(caller, within=2)


def test_asterisk_1006_the_wrap_up_of_an_agent_in_six_queues_is_the_one_of_the_call(tmp_path: Path) -> None:
    shop = Shop(tmp_path, flow=SIX_QUEUES)
    caller = shop.talk()
    second = shop.joins_queue("+12025550199")
    shop.ann.ends()
    shop.waits(25)

    assert shop.ann.state == Agent.WRAP_UP
    assert shop.ann.is_silent()
    shop.ann.rings(within=7)
    caller.ends()
    second.hangs_up()


def test_openacd_91_the_ring_stops_when_the_caller_goes_to_voicemail(tmp_path: Path) -> None:
    shop = Shop(tmp_path, flow=IMPATIENT)
    shop.ann.starts_shift()
    caller = shop.joins_queue()
    shop.ann.rings()
    caller.hears("Please leave a message", within=30)
    shop.waits(1.5)

    assert shop.ann.is_silent()
    assert shop.ann.state == Agent.AVAILABLE


def test_freeswitch_2540_nobody_is_stuck_when_two_answer_at_once(tmp_path: Path) -> None:
    shop = Shop(tmp_path, flow=ALL_AT_ONCE)
    shop.ann.starts_shift()
    shop.ben.starts_shift()
    caller = shop.joins_queue()
    shop.ann.rings()
    ring = shop.ben.rings()["id"]
    shop.ann.accepts()
    shop.ben.posts(f"/api/offers/{ring}/accept", expect=410)

    shop.ann.talks_to(caller)
    assert shop.ben.state == Agent.AVAILABLE
    second = shop.joins_queue("+12025550199")
    shop.ben.rings()
    shop.ben.accepts()
    shop.ben.talks_to(second)


def test_flex_dialpad_39_a_customer_is_taken_off_hold_when_asking_a_colleague_is_cancelled(
    shop: Shop,
) -> None:
    caller = shop.talk()
    shop.ben.starts_shift()
    shop.ann.asks("agent", "us_ben")
    shop.ben.rings()
    caller.hears_music(within=5)
    shop.ann.takes_back()

    shop.ann.talks_to(caller)
    shop.waits(1)
    assert shop.ben.is_silent()
    assert shop.ben.state == Agent.AVAILABLE


def _alive(shop: Shop) -> list[str]:
    """Rings and talks that go on."""
    return [row.id for row in shop.rows(models.Offer) if row.state in OFFER_LIVE] + [
        row.id for row in shop.rows(models.Participation) if row.state in PARTICIPATION_LIVE
    ]
