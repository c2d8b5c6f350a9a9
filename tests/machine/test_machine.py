"""Whatever callers, agents, clocks and the wire do, in any order: what routing promises holds, on either database.

A life that breaks something is printed as a program and is to be kept at the end of this page, as a test of that name:
it can be read and survives changes of the machine, which an example database would not (decision 195). The seeds are
fixed, so whatever broke here breaks again until it is mended.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from tests.machine.full import FullLife
from tests.machine.legs import Harm
from tests.machine.live import live
from tests.machine.machine import Life
from tests.machine.planted import BUGS, OF_TALK_CONTROL, Bug
from tests.machine.premises import Premises
from voice.states import Heard

LIVES, STEPS = 40, 40


@pytest.fixture(params=["sqlite", "postgresql"])
def premises(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Premises]:
    """A merchant, three agents and three processes on a database of their own."""
    url = {} if request.param == "sqlite" else {"database_url": request.getfixturevalue("postgres_url")}
    made = Premises(tmp_path, url)
    yield made
    made.close()


def test_in_any_order_of_steps_what_routing_promises_holds(premises: Premises) -> None:
    live(premises, LIVES, STEPS, kind=Life)


def test_the_same_seed_lives_the_same_lives_whatever_else_is_loaded() -> None:
    def begins(hash_seed: str, *modules: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.machine.story", "2", "25", "0", *modules],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
            text=True,
        )

    with begins("1") as alone, begins("2", "simulator.cli", "voice.draining") as among_others:
        told = [lives.communicate()[0].partition("\n")[2] for lives in (alone, among_others)]

    assert " joins ca_" in told[0]
    assert told[0] == told[1]


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_the_machine_finds_a_planted_bug(bug: Bug, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    premises = Premises(tmp_path, {})
    bug.once(premises.rt, monkeypatch)

    with pytest.raises((AssertionError, IntegrityError), match=bug.breaks):
        live(premises, LIVES, STEPS, kind=Life, in_each=bug.in_each)
    premises.close()


@pytest.mark.parametrize(
    "bug", [None, *OF_TALK_CONTROL], ids=lambda bug: "whole" if bug is None else bug.name
)
def test_a_planted_bug_of_talk_control_shows_in_the_first_talk(
    bug: Bug | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    premises = Premises(tmp_path, {})
    if bug is not None:
        bug.once(premises.rt, monkeypatch)
    life: FullLife = type("OneLife", (FullLife,), {"premises": premises})()
    life.the_day_begins(keys=["1"], lots=4)
    life.time_passes(3.0)
    life.an_agent_says(which=2, word="at work")

    with pytest.raises(AssertionError, match=bug.breaks) if bug is not None else nullcontext():
        life.a_supervisor_is_in_a_talk(which=0, heard=Heard.LISTENING)
        life.time_passes(3.0)
        life.an_agent_asks_first(which=0, whom="a number", then="together")
        life.time_passes(3.0)
        life.goes_home()
    premises.close()


# --- lives that broke something ---------------------------------------------------------------------------------------


@pytest.fixture
def life(premises: Premises) -> Life:
    """One life, lived by hand."""
    lived: Life = type("OneLife", (Life,), {"premises": premises})()
    return lived


@pytest.mark.parametrize("lots", [2, 14])
def test_a_phone_that_comes_again_while_the_caller_hangs_up_is_not_left_alone_in_the_room(
    life: Life, lots: int
) -> None:
    life.the_day_begins(keys=["1"], lots=lots)
    life.callers_come(keys=["1", "1"])
    life.goes_home()


def test_a_late_word_of_a_phone_that_is_gone_takes_the_talk_from_the_living_one_for_seconds_only(
    life: Life,
) -> None:
    life.the_day_begins(keys=["3"], lots=86)
    life.centre.exchange.harms.append(Harm(("agent",), "lost", 6.0))
    life.more_time_passes(8.0)
    life.promises.hold()
    life.more_time_passes(8.0)
    life.promises.hold()
    life.goes_home()
