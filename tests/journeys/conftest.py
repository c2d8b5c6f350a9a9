"""Every journey ends with an empty debugger: a warning of Twilio's is a fault of ours."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.shop import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A merchant with Ann and Ben, nobody on shift yet."""
    made = Shop(tmp_path)
    yield made
    if made.is_quiet:
        made.sim.assert_quiet()
