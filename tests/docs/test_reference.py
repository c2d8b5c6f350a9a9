"""What the code says and what the pages say are one."""

import re
from enum import StrEnum
from pathlib import Path

import pytest

from routing import callbacks
from voice import states
from voice.events import EVENTS
from voice.reference import PAGES, states_page
from voice.states import CONSULT_LIVE, CONSULT_MOVES, sources

ROOT = Path(__file__).parents[2]
_KIND = re.compile(
    r"journal\.write\(\s*tx,(?:[^,\"]+,){2}\s*\"(\w+)\""
)  # tx, merchant, call, the kind in words


@pytest.mark.parametrize("page", PAGES)
def test_the_page_is_what_the_code_says(page: str) -> None:
    assert (ROOT / "docs" / page).read_text(encoding="utf-8") == PAGES[page](), (
        f"docs/{page} is old; run: make docs"
    )


def test_every_table_of_moves_is_drawn_and_reaches_every_state() -> None:
    page = states_page()
    tables = [
        table
        for place in (states, callbacks)
        for name, table in vars(place).items()
        if name.endswith("_MOVES")
    ]

    assert len(tables) == page.count("stateDiagram") >= 9
    for table in tables:
        for (source, happened), target in table.items():
            assert f"    {source} --> {target}: {happened}\n" in page
        course: type[StrEnum] = type(next(iter(table.values())))
        assert {state for state, _ in table} | set(table.values()) == set(course), f"{course} is not reached"


def test_wherever_an_asking_is_the_loss_of_the_first_agent_leads_on() -> None:
    assert sources(CONSULT_MOVES, "asker_lost") == CONSULT_LIVE
    assert sources(CONSULT_MOVES, "asker_of_stranger_lost") <= CONSULT_LIVE


def test_every_event_that_the_code_writes_is_in_the_vocabulary() -> None:
    written = {
        kind
        for file in (*ROOT.glob("voice/*.py"), *ROOT.glob("recordings/*.py"))
        for kind in _KIND.findall(file.read_text(encoding="utf-8"))
    }

    assert written
    assert written <= EVENTS.keys()


def test_every_decision_record_is_short_and_says_what_it_costs() -> None:
    for record in (ROOT / "docs" / "decisions").glob("[0-9]*.md"):
        lines = record.read_text(encoding="utf-8").splitlines()
        assert len(lines) <= 40, f"{record.name} has {len(lines)} lines"
        assert lines[0].startswith("# "), record.name


def test_every_package_says_its_rule_and_its_reading_order() -> None:
    for package in ("voice", "callflows", "routing", "recordings", "panel", "simulator"):
        readme = (ROOT / package / "README.md").read_text(encoding="utf-8").splitlines()
        assert 3 <= len(readme) <= 40, f"{package}/README.md has {len(readme)} lines"
