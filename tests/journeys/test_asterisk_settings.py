"""The settings of Asterisk's queues.conf, each as a call here under its name, with ours that does the same."""

from pathlib import Path

from simulator.handset import Caller
from tests.journeys.asterisk import TERMS, rung, shop_with, takes
from tests.journeys.northwind import FLOW
from tests.journeys.shop import Shop
from voice import models
from voice.states import Agent, Offer

NOBODY = "    no_agents: nobody\n"
TWO_WEIGHTS = (
    FLOW.replace(TERMS, "ring: 20s}\n  vip: {priority: 1m")
    .replace("{1: orders_line}", "{1: orders_line, 2: vip_line}")
    .replace("  busy:\n", "  vip_line: {queue: vip, timeout: busy, full: busy}\n  busy:\n", 1)
)


def joins(shop: Shop, key: str, number: str) -> Caller:
    caller = shop.rings_up(number)
    caller.hears("press 1")
    caller.presses(key)
    caller.hears_music()
    return caller


def words_of(caller: Caller) -> str:
    """All that was said to a caller so far."""
    return str(caller.transcript)


def test_joinempty(tmp_path: Path) -> None:
    flow = FLOW.replace(TERMS, "join_if: signed_in").replace("    full: busy\n", "    full: busy\n" + NOBODY)
    shop = Shop(
        tmp_path, flow=flow.replace("  busy:\n", '  nobody: {hangup: "Nobody is here."}\n  busy:\n', 1)
    )
    caller = shop.rings_up()
    caller.hears("press 1")
    caller.presses("1")
    caller.hears("Nobody is here.")

    shop.ann.starts_shift()
    shop.joins_queue("+12025550199")


def test_leavewhenempty(tmp_path: Path) -> None:
    flow = FLOW.replace(TERMS, "stay_if: signed_in, stay_for: 2s").replace(
        "    full: busy\n", "    full: busy\n" + NOBODY
    )
    shop = Shop(
        tmp_path, flow=flow.replace("  busy:\n", '  nobody: {hangup: "Nobody is here."}\n  busy:\n', 1)
    )
    shop.ann.starts_shift()
    shop.ann.posts("/api/away", reason="lunch")
    caller = shop.joins_queue()
    shop.ann.posts("/api/shift/end")

    caller.hears("Nobody is here.", within=30)


def test_maxlen(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, "capacity: 1", agents=("ann",))
    shop.joins_queue()
    second = shop.rings_up("+12025550199")
    second.hears("press 1")
    second.presses("1")

    second.hears("all of us are still busy")


def test_timeout_is_how_long_one_desk_rings_and_begins_anew_for_the_next(tmp_path: Path) -> None:
    """`timeout` with `timeoutrestart`: a desk that rings late has no less time, and a decline costs nobody any."""
    shop = shop_with(tmp_path, "ring: 6s")
    shop.joins_queue()
    shop.ann.rings()
    shop.waits(3)
    shop.ann.declines()
    shop.ben.rings(within=2)
    shop.ben.becomes(Agent.AWAY, within=10)

    (second,) = (row for row in shop.rows(models.Offer) if row.agent_id == "us_ben")
    assert second.ring_until_at - second.rang_at == 6.0
    assert round(second.ended_at - second.rang_at) in (6, 7)


def test_retry(tmp_path: Path) -> None:
    """Between two desks nobody waits: the next rings at once."""
    shop = shop_with(tmp_path, "ring: 5s")
    shop.joins_queue()
    shop.ben.rings(within=10)
    ann, ben = sorted(shop.rows(models.Offer), key=lambda row: row.offered_at)

    assert ben.offered_at - ann.ended_at <= 1.0


def test_weight(tmp_path: Path) -> None:
    """A queue that weighs more goes first, by as many minutes as it says and not for ever."""
    shop = Shop(tmp_path, flow=TWO_WEIGHTS, agents=("ann",))
    joins(shop, "1", "+12025550181")
    shop.waits(3)
    weighs_more = joins(shop, "2", "+12025550182")
    shop.ann.starts_shift()

    takes(shop, "ann", weighs_more)


def test_autofill(tmp_path: Path) -> None:
    """Two callers and two agents meet at the same moment, not one pair after the other."""
    shop = shop_with(tmp_path, "ring: 20s")
    first, second = shop.joins_queue("+12025550181"), shop.joins_queue("+12025550182")
    shop.ann.rings()
    shop.ben.rings()
    shop.ben.accepts()
    shop.ben.talks_to(second)

    assert shop.ann.state == Agent.RINGING
    shop.ann.accepts()
    shop.ann.talks_to(first)


def test_autopause(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, "ring: 5s", agents=("ann",))
    shop.joins_queue()
    shop.ann.rings()
    shop.ann.becomes(Agent.AWAY, within=10)

    assert shop.ann.row.reason == "missed"
    assert shop.only(models.Offer).state == Offer.EXPIRED


def test_announce_position_and_frequency(tmp_path: Path) -> None:
    flow = FLOW.replace(TERMS, "max_wait: 10m").replace(
        "    queue: orders\n", "    queue: orders\n    wait: calm\n"
    )
    shop = Shop(
        tmp_path,
        flow=flow.replace("start: greeting\n", "waits: {calm: [{position: 15s}]}\nstart: greeting\n"),
    )
    caller = shop.joins_queue()
    shop.waits(40)

    assert words_of(caller).count("You are next") in (2, 3)


def test_announce_holdtime(tmp_path: Path) -> None:
    """Nothing is said without recent answers, and then what they tell, in whole minutes."""
    shop = shop_with(tmp_path, "wrap_up: 0s", agents=("ann",))
    for number in ("+12025550181", "+12025550182"):
        shop.ann.posts("/api/away", reason="lunch")
        caller = shop.joins_queue(number)
        shop.waits(4)
        assert "The wait is about" not in words_of(caller)
        shop.ann.posts("/api/available")
        takes(shop, "ann", caller)
        shop.ann.ends()
        shop.ann.becomes(Agent.AVAILABLE)
    shop.ann.posts("/api/away", reason="lunch")

    shop.joins_queue("+12025550199").hears("You are next. The wait is about one minute.")


def test_context_keys_lead_out_of_the_queue(tmp_path: Path) -> None:
    flow = FLOW.replace("    full: busy\n", "    full: busy\n    exit_keys: {9: message}\n")
    shop = Shop(tmp_path, flow=flow)
    caller = shop.joins_queue()
    caller.presses("9")

    caller.hears("Please leave a message", within=25)


def test_persistentmembers(shop: Shop) -> None:
    """Who is signed in and who takes which queue is in the database, and so survives every process."""
    shop.ann.starts_shift()
    shop.begins_anew()
    caller = shop.joins_queue()

    takes(shop, "ann", caller)


def test_strategy_ringall_leastrecent_and_memberdelay(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, "strategy: broadcast", agents=("ann", "ben", "cem"))
    caller = shop.joins_queue()
    for name in ("ann", "ben", "cem"):
        shop.desks[name].rings()
    shop.cem.accepts()
    shop.cem.talks_to(caller, within=2)  # nothing delays the sound

    assert sorted(rung(shop)) == ["ann", "ben", "cem"]
    shop.waits(1)
    assert [shop.desks[name].state for name in ("ann", "ben")] == [Agent.AVAILABLE, Agent.AVAILABLE]


def test_force_longest_waiting_caller(tmp_path: Path) -> None:
    shop = Shop(tmp_path, flow=TWO_WEIGHTS.replace("{priority: 1m", "{ring: 20s"), agents=("ann",))
    longest = joins(shop, "2", "+12025550181")
    shop.waits(5)
    joins(shop, "1", "+12025550182")
    shop.ann.starts_shift()

    takes(shop, "ann", longest)
