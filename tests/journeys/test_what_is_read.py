"""Nothing that a call or a desk asks of SQL grows with a merchant's past: every row is found by an index that fits."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from tests.journeys.shop import Shop
from tests.journeys.supervisor import Supervisor
from voice.models import Base

ROOT = Path(__file__).parents[2]
GROWING = {"call"} | {
    table.name
    for table in Base.metadata.tables.values()
    if any(key.column.table.name == "call" for key in table.foreign_keys)
}  # what is kept of every call
WHOLE = re.compile(r"SCAN (\w+)$")
WHOLE_MERCHANT = re.compile(
    r"SEARCH (\w+) USING (?!INDEX waiting_foremost).*\(merchant_id=\?\)$"
)  # that one: who is there now


class Reader:
    """How SQLite finds the rows of each question that the product asks."""

    def __init__(self) -> None:
        self.plans: dict[str, list[str]] = {}

    def explain(self, _conn: Any, cursor: Any, statement: str, given: Any, _context: Any, many: bool) -> None:
        if many or statement in self.plans or not statement.startswith(("SELECT", "UPDATE", "DELETE")):
            return
        if _asked_by_product():
            explained = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", given)
            self.plans[statement] = [step[3] for step in explained]

    def too_much(self) -> list[str]:
        """Questions that read a table, or all that there is of a merchant."""
        return [
            f"{step}: {' '.join(statement.split())}"
            for statement, steps in self.plans.items()
            for step in steps
            if (found := WHOLE.match(step) or WHOLE_MERCHANT.match(step)) and found[1] in GROWING
        ]


def _asked_by_product() -> bool:
    frame = sys._getframe(2)
    while frame.f_back is not None:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(ROOT) and ".venv" not in path.parts:
            return not path.is_relative_to(ROOT / "tests")
        frame = frame.f_back
    return False


@pytest.fixture
def reader(shop: Shop) -> Iterator[Reader]:
    reader = Reader()
    event.listen(Engine, "before_cursor_execute", reader.explain)
    yield reader
    event.remove(Engine, "before_cursor_execute", reader.explain)
    assert len(reader.plans) > 60
    assert not reader.too_much(), "\n".join(reader.too_much())


@pytest.mark.usefixtures("reader")
def test_a_call_from_the_greeting_to_the_ticket(shop: Shop) -> None:
    sue = Supervisor(shop)
    caller = shop.talk()
    sue.floor()
    shop.ann.holds()
    shop.waits(3)
    shop.ann.resumes()
    shop.ann.talks_to(caller)
    sue.comes(shop.ann)
    sue.leaves()
    shop.ann.ends()
    caller.ends()
    shop.waits(60)


@pytest.mark.usefixtures("reader")
def test_a_call_that_others_are_asked_about_and_that_is_sent_on(shop: Shop) -> None:
    outside = shop.sim.phone("+12025550142")
    shop.ben.starts_shift()
    caller = shop.talk(2)
    shop.ann.asks("number", "+12025550142")
    outside.talks_to(shop.ann.leg)
    shop.ann.takes_back()
    outside.ends()
    shop.ann.talks_to(caller)
    shop.ann.asks("agent", "us_ben")
    shop.waits(3)
    shop.ben.rings()
    shop.ben.accepts()
    shop.ben.leg.talks_to(shop.ann.leg)
    shop.ann.hands_over()
    shop.ben.talks_to(caller)
    shop.ben.leg.hangs_up()
    shop.waits(40)
    caller.hangs_up()
    shop.waits(10)
