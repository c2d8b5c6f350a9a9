"""Who is let into a queue, and what becomes of who is not."""

from pathlib import Path

import pytest

from tests.journeys.northwind import FLOW
from tests.journeys.shop import Shop
from voice import models
from voice.states import CallEnd

SMALL = FLOW.replace("max_wait: 10m}", "max_wait: 10m, capacity: 1}")
STAFFED = FLOW.replace("    full: busy\n", "    full: busy\n    no_agents: nobody\n").replace(
    "  busy:\n", '  nobody:\n    hangup: "Nobody is here today. Please call tomorrow."\n  busy:\n'
)
KEYED = FLOW.replace("    full: busy\n", "    full: busy\n    exit_keys: {9: message}\n")


@pytest.fixture
def made(tmp_path: Path, request: pytest.FixtureRequest) -> Shop:
    return Shop(tmp_path, flow=request.param)


@pytest.mark.parametrize("made", [SMALL], indirect=True)
def test_a_full_queue_sends_the_caller_on_with_words(made: Shop) -> None:
    made.joins_queue()
    second = made.rings_up("+12025550199")
    second.hears("For orders, press 1")
    second.presses("1")

    second.hears("all of us are still busy", within=5)
    second.hears("leave a message")
    assert len(made.rows(models.Waiting)) == 1
    assert [fact.data["why"] for fact in made.facts("enqueue_skipped")] == ["full"]
    assert len(made.facts("enqueued")) == 1


@pytest.mark.parametrize("made", [STAFFED], indirect=True)
def test_a_queue_without_agents_says_so_and_lets_nobody_in(made: Shop) -> None:
    caller = made.rings_up()
    caller.hears("For orders, press 1")
    caller.presses("1")

    caller.hears("Nobody is here today")
    caller.ends()
    made.waits(3)
    assert made.only_call().ended_as == CallEnd.COMPLETED_IN_FLOW


@pytest.mark.parametrize("made", [STAFFED], indirect=True)
def test_agents_on_shift_let_the_caller_in(made: Shop) -> None:
    made.ann.starts_shift()
    caller = made.joins_queue()
    made.ann.rings()
    made.ann.accepts()

    made.ann.talks_to(caller)


@pytest.mark.parametrize("made", [KEYED], indirect=True)
def test_a_key_leads_out_of_the_queue_and_takes_the_ring_back(made: Shop) -> None:
    made.ann.starts_shift()
    caller = made.joins_queue()
    made.ann.rings()
    caller.presses("9")

    caller.hears("leave a message", within=25)
    made.waits(2)
    assert made.ann.is_silent()
    assert made.only(models.Waiting).left_as == "exit_key"


def test_the_story_is_told_in_the_order_in_which_it_happened(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.talk()
    kinds = [fact.kind for fact in shop.facts()]

    order = [
        "call_started",
        "menu_presented",
        "option_selected",
        "consent_announced",
        "enqueued",
        "offered",
        "ringing",
    ]
    assert [kind for kind in kinds if kind in order] == order
