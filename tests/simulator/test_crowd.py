"""A crowd is drawn from a seed and lives by any clock."""

import json
import statistics
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from simulator.cli import main
from simulator.crowd.crowd import Crowd
from simulator.crowd.habits import BadCrowd, Habits, arrivals
from tests.simulator.pages import BASE, NUMBER, Shop, open_shop


def habits(**changes: Any) -> Habits:
    return Habits(**{"to": (NUMBER,), "minutes": 30.0, "per_minute": 4.0, **changes})


def queue_shop() -> Shop:
    """The simplest contact centre: callers wait, browsers that connect get the next one."""
    shop = open_shop(
        False,
        voice='<Enqueue waitUrl="/wait">orders</Enqueue>',
        wait="<Say>please hold</Say><Pause length='19'/>",
    )
    shop.pages["/voice/agent"] = '<Dial timeout="60"><Queue>orders</Queue></Dial>'
    return shop


def let_loose(shop: Shop, wanted: Habits) -> dict[str, Any]:
    crowd = Crowd(shop.sim.world, shop.account, wanted)
    crowd.start()
    while not crowd.is_over:
        shop.sim.advance(60)
    shop.sim.advance(120)
    return crowd.summary()


def test_arrivals_patience_and_talk_have_the_averages_asked_for() -> None:
    drawn = arrivals(habits(minutes=600.0, patience=90.0, talk=200.0))

    assert len(drawn) == pytest.approx(2400, rel=0.1)
    assert statistics.mean(one.patience for one in drawn) == pytest.approx(90, rel=0.1)
    assert statistics.mean(one.talk for one in drawn) == pytest.approx(200, rel=0.1)
    assert statistics.median(one.talk for one in drawn) < 180


def test_keys_are_drawn_by_their_weights() -> None:
    drawn = arrivals(habits(minutes=600.0, presses=("1|1|1|2@4s",)))

    ones = sum(one.presses[0].keys == "1" for one in drawn) / len(drawn)

    assert ones == pytest.approx(0.75, abs=0.05)


def test_enough_agents_talk_to_everybody_who_is_patient() -> None:
    summary = let_loose(queue_shop(), habits(patience=600.0, talk=60.0, takers=tuple("abcdefghijkl")))

    assert summary["calls"] > 80
    assert summary["talked"] > 0.9 * summary["calls"]
    assert summary["debugger"] == {}


def test_without_agents_everybody_gives_up_after_their_patience() -> None:
    shop = queue_shop()

    summary = let_loose(shop, habits(patience=60.0))

    assert (summary["talked"], summary["not_talked"]) == (0, summary["calls"])
    assert [queue for queue in shop.sim.world.queues.values() if queue.members] == []


def test_agents_who_are_dialled_answer_decline_and_miss() -> None:
    shop = open_shop(
        False,
        voice='<Dial timeout="15" action="/again"><Number>+15550100199</Number><Client>ann</Client></Dial>',
    )
    shop.pages["/again"] = lambda form: (
        "<Redirect>/voice/incoming</Redirect>" if form["DialBridged"] == "false" else ""
    )

    summary = let_loose(
        shop,
        habits(
            minutes=10.0,
            patience=40.0,
            talk=20.0,
            phones=("+15550100199",),
            browsers=("ann",),
            declines=0.3,
            misses=0.3,
        ),
    )

    ends = {leg.status for leg in shop.sim.world.legs.values() if leg.parent is not None}
    assert ends >= {"completed", "busy", "canceled"}
    assert summary["talked"] > 10


def test_the_same_seed_gives_the_same_ledger_and_another_one_another() -> None:
    def ledger(seed: int) -> str:
        shop = queue_shop()
        let_loose(shop, habits(minutes=5.0, takers=("ann", "ben"), seed=seed))
        return shop.sim.ledger.text()

    first = ledger(1)

    assert first == ledger(1)
    assert first != ledger(2)


@pytest.mark.parametrize(("changes", "told"), [
    ({"to": ()}, "a number to call"), ({"talk": 0}, "talk must be above 0"), ({"declines": 0.9, "misses": 0.9}, "part of 1"),
])  # fmt: skip
def test_habits_that_cannot_be_are_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(BadCrowd, match=told):
        habits(**changes)


def test_a_number_of_nobody_is_refused() -> None:
    shop = open_shop()

    with pytest.raises(BadCrowd, match="is not a number of this account"):
        Crowd(shop.sim.world, shop.account, habits(to=("+15550100999",)))


def test_the_command_runs_an_application_under_the_virtual_clock(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = queue_shop().pages
    account = {
        "account_sid": "AC" + "1" * 32, "auth_token": app.account.auth_token, "app_sid": "AP" + "1" * 32,
        "app": {"voice_url": BASE + "/voice/agent"}, "numbers": [{"e164": NUMBER, "voice_url": BASE + "/voice/incoming"}],
    }  # fmt: skip
    (tmp_path / "twilio.json").write_text(json.dumps(account))
    module = ModuleType("a_shop")
    monkeypatch.setitem(sys.modules, "a_shop", module)
    monkeypatch.setattr(module, "app", app, raising=False)

    words = [
        "crowd",
        "--app",
        "a_shop:app",
        "--account",
        str(tmp_path / "twilio.json"),
        "--minutes",
        "5",
        "--taker",
        "ann",
    ]
    code = main([*words, "--talk", "30s", "--patience", "2m"])

    result = json.loads(capsys.readouterr().out)
    assert (code, result["over"], result["debugger"]) == (0, True, {})
    assert result["talked"] + result["not_talked"] == result["calls"] > 10
    assert result["real_seconds"] < result["simulated_seconds"]


def test_a_wrong_application_is_one_clear_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "twilio.json").write_text('{"account_sid": "AC1", "auth_token": "x"}')

    code = main(["crowd", "--app", "nowhere_at_all:app", "--account", str(tmp_path / "twilio.json")])

    assert code == 1
    assert "write it like shop:app" in capsys.readouterr().err
