"""A hundred callers and sixteen agents for half a minute, under the virtual clock; `make crowd` is the large one."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos.chronicle import read
from tests.chaos.judge import judge
from tests.chaos.plan import NUMBERS, Wish
from tests.crowd.__main__ import main
from tests.crowd.hall import Hall
from tests.crowd.plan import Plan
from tests.crowd.report import report, unserved

PLAN = Plan(seed=1, seconds=30, calls=100, agents=16)
ANSWERED = {
    "at": 15.0,
    "kind": "webhook.answered",
    "purpose": "status",
    "call": "",
    "status": 0,
    "failure": "",
}
SMALL = Plan(seed=1, seconds=20, calls=6, agents=2)


@pytest.mark.timeout(300)
def test_nobody_is_forgotten_when_a_hundred_call_at_once(tmp_path: Path) -> None:
    hall = Hall(tmp_path, PLAN)
    evidence, told = hall.lives()
    hall.rt.store.close()

    broken = [(name, one) for name, found in judge(evidence).items() for one in found]
    assert told["ok"], (broken[:20], unserved(evidence), told)
    assert told["full_s"] >= 0.95 * PLAN.seconds
    assert told["agents_who_talked"] == PLAN.agents
    assert told["talks"] > PLAN.agents
    assert told["tickets"] == told["callers"] > PLAN.calls


def test_what_is_not_served_or_was_never_full_makes_a_run_bad(tmp_path: Path) -> None:
    hall = Hall(tmp_path, SMALL)
    evidence, told = hall.lives()
    hall.rt.store.close()
    larger = replace(SMALL, calls=2 * SMALL.calls)
    refused = {"n": 0, "at": 0.0, "kind": "webhook.asked"}, {**ANSWERED, "status": 503, "asked": 0}
    late = {"n": 1, "at": 0.0, "kind": "webhook.asked"}, {**ANSWERED, "failure": "total", "asked": 1}

    assert told["ok"], told
    assert not report(larger, evidence, judge(evidence))["ok"]
    evidence.notes.errors.append("500 /api/available")
    worse = replace(evidence, chronicle=read([*evidence.chronicle.facts, *refused, *late]))
    bad = report(SMALL, worse, judge(worse))
    assert bad["unserved"] == {"webhooks_5xx": 1, "webhooks_unanswered": 1, "clicks_5xx": 1}
    assert not bad["ok"]
    assert not any(judge(worse).values())


def test_the_same_seed_gives_the_same_callers() -> None:
    callers = [PLAN.caller(place) for place in range(20_000)]

    assert callers[:50] == [replace(PLAN).caller(place) for place in range(50)]
    assert callers[:50] != [replace(PLAN, seed=2).caller(place) for place in range(50)]
    assert len({call.number for call in callers}) == len(callers)
    assert {len(call.number) for call in callers} == {12}
    assert {call.dials for call in callers} == set(NUMBERS)
    assert {call.wish for call in callers} == set(Wish)


def test_the_house_fills_is_full_and_empties() -> None:
    assert (PLAN.filled_at, PLAN.closes_at, PLAN.lasts) == (25.0, 55.0, 67.5)
    assert [PLAN.wanted(since) for since in (0.0, 12.5, 25.0, 54.9, 55.0)] == [0, 50, 100, 100, 0]
    assert [PLAN.starts_at(agent) for agent in (0, 8, 16)] == [0.0, 12.5, 25.0]
    assert all(0.0 <= PLAN.leaves_after(PLAN.caller(place)) <= 12.5 for place in range(200))
    assert replace(PLAN, arrivals=10).filled_at == 10.0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--calls", "many"], "CALLS, AGENTS, SECONDS, SEED, ARRIVALS are numbers, all but ARRIVALS whole"),
        (["--calls", "0"], "give 1 or more"),
        (["--agents", "1"], "one for each merchant"),
        (["--seconds", "5"], "give 20 or more"),
        (["--arrivals", "0.0"], "give more than 0"),
        (["--seconds", "1.5"], "all but ARRIVALS whole"),
    ],
)
def test_what_it_cannot_do_is_said_with_the_way_out(
    words: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["crowd", *words])

    assert main() == 2
    assert said in capsys.readouterr().err
