"""A round of the clock that finds nothing to end writes nothing but its beat: SQLite has one writer for all."""

from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.journeys.shop import Shop
from tests.journeys.test_strategies import routed
from voice import clock

OTHER = "+12025550199"


@pytest.fixture
def leaving(tmp_path: Path) -> Shop:
    """A shop whose callers leave the queue when everybody was rung in vain."""
    return Shop(tmp_path, flow=routed("all_tried: leave"))


def writes_of_a_round(shop: Shop) -> int:
    """How many decisions one round of the clock opens now."""
    opened, write = list[float](), shop.rt.store.write

    def counted() -> AbstractContextManager[Session]:
        opened.append(shop.now)
        return write()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shop.rt.store, "write", counted)
        clock.step(shop.rt)
    return len(opened)


def test_who_waits_where_all_tried_leaves_and_was_not_rung_costs_no_decision(leaving: Shop) -> None:
    leaving.talk()
    leaving.joins_queue(OTHER)
    leaving.waits(3)

    assert writes_of_a_round(leaving) == 1


def test_who_was_rung_in_vain_by_some_and_waits_for_a_busy_agent_costs_none_either(leaving: Shop) -> None:
    leaving.talk()
    leaving.ben.starts_shift()
    caller = leaving.joins_queue(OTHER)
    leaving.ben.rings()
    leaving.ben.declines()
    leaving.waits(15)

    assert writes_of_a_round(leaving) == 1
    assert not caller.is_over
    leaving.ann.ends()
    leaving.waits(3)
    leaving.ann.posts("/api/wrap-up/end")
    leaving.ann.rings(within=5)
    leaving.ann.declines()
    caller.hears("Please leave a message", within=30)
