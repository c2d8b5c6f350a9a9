"""Bugs planted in the product itself, in this process and under the virtual clock: the judge finds each of them.

A judge that finds nothing in a broken build proves nothing, and neither does one that finds something in a sound one.
"""

from pathlib import Path

import pytest

from tests.chaos.judge import is_clean
from tests.chaos.planted import BUGS, Bug
from tests.chaos.town import WHOLE_SECONDS, Town

SEED = 4


def test_a_sound_build_is_clean_whatever_goes_wrong_around_it(tmp_path: Path) -> None:
    town = Town(tmp_path, SEED)
    verdicts = town.run()

    assert is_clean(verdicts), [(name, one) for name, found in verdicts.items() for one in found]
    town.rt.store.close()


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_bug_is_found_within_two_minutes(
    bug: Bug, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert WHOLE_SECONDS <= 120
    town = Town(tmp_path, SEED)
    bug.plant(town, monkeypatch)

    found = {name: [one.said for one in broken] for name, broken in town.run().items() if broken}

    assert bug.verdict in found, found
    town.rt.store.close()
