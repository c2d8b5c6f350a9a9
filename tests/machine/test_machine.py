"""Whatever callers, agents, clocks and the wire do, in any order: what routing promises holds, on either database.

A life that breaks something is printed as a program and is to be kept at the end of this page, as a test of that name:
it can be read and survives changes of the machine, which an example database would not (decision 195). There is none yet;
the seeds are fixed, so whatever broke here breaks again until it is mended.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from tests.machine.live import live
from tests.machine.planted import BUGS, Bug
from tests.machine.premises import Premises

LIVES, STEPS = 40, 40


@pytest.fixture(params=["sqlite", "postgresql"])
def premises(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Premises]:
    """A merchant, three agents and three processes on a database of their own."""
    url = {} if request.param == "sqlite" else {"database_url": request.getfixturevalue("postgres_url")}
    made = Premises(tmp_path, url)
    yield made
    made.close()


def test_in_any_order_of_steps_what_routing_promises_holds(premises: Premises) -> None:
    live(premises, LIVES, STEPS)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_the_machine_finds_a_planted_bug(bug: Bug, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    premises = Premises(tmp_path, {})
    bug.once(premises.rt, monkeypatch)

    with pytest.raises((AssertionError, IntegrityError), match=bug.breaks):
        live(premises, LIVES, STEPS, in_each=bug.in_each)
    premises.close()
