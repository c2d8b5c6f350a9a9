"""A trial on a simulator without sound: the same desk, whose phone asks by POST for its leg and wants no microphone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import new_context
from tests.browser.desk import Desk
from tests.browser.stack import NORTHWIND, Whole, whole
from tests.patience import PATIENCE


@pytest.fixture
def silent(tmp_path: Path) -> Iterator[Whole]:
    with whole(tmp_path, sound=False) as running:
        yield running


def test_a_call_is_taken_held_and_ended_without_a_microphone(silent: Whole, agents_browser: Browser) -> None:
    silent.agent("ann")
    complaints: list[str] = []
    context = new_context(agents_browser, allowed=False)
    desk = Desk(context, silent, "ann", complaints).starts_shift()
    silent.dials(NORTHWIND, "+12025557001", press=["1@1s"])
    desk.is_rung()

    desk.accepts()

    expect(desk.phone.get_by_role("button", name="Mute")).to_have_count(0)
    desk.clicks("Hold")
    desk.shows("On hold")
    desk.clicks("Resume")
    desk.talks()
    desk.clicks("End call")
    expect(desk.phone).to_contain_text("Wrap-up", timeout=PATIENCE)
    context.close()
    assert complaints == []
