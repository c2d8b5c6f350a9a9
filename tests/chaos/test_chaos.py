"""Half a minute in which everything breaks once, on the real processes; `make chaos SEED=…` is the long one."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.chaos.__main__ import main
from tests.chaos.judge import INVARIANTS
from tests.chaos.plan import Target

ROOT = Path(__file__).parents[2]
SEED = "2"


@pytest.mark.timeout(300)
def test_nobody_is_lost_while_everything_breaks_in_turn(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "tests.chaos",
        "--seed",
        SEED,
        "--seconds",
        "30",
        "--keep",
        str(tmp_path),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr[-20_000:] + done.stdout
    told = json.loads(done.stdout)
    assert told["ok"]
    assert set(told["verdicts"]) == set(INVARIANTS)
    assert not any(number for verdicts in told["verdicts"].values() for number in verdicts.values())
    assert {one["target"] for one in told["broken"]} == set(Target)
    assert min(told["calls"], told["talks"], told["recordings"], told["tickets"]) > 5


def test_without_a_seed_it_says_what_it_wants(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["chaos"])

    assert main() == 0
    assert "make chaos SEED=7 SECONDS=30" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--seed", "x"], "SEED and SECONDS are whole numbers"),
        (["--seed", "1", "--seconds", "5"], "give 30 or more"),
    ],
)
def test_what_it_cannot_do_is_said_with_the_way_out(
    words: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["chaos", *words])

    assert main() == 2
    assert said in capsys.readouterr().err
