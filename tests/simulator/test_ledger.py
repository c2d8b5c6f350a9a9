"""The ledger: everything that happened, byte for byte the same for the same beginning."""

import json
from pathlib import Path

from simulator.assumed import ASSUMED
from tests.simulator.pages import NUMBER, open_shop


def one_run() -> str:
    shop = open_shop(
        voice='<Gather action="/keys" numDigits="1"><Say>Press one</Say></Gather>',
        keys='<Enqueue waitUrl="/wait" action="/after">orders</Enqueue>',
        wait="<Say>please hold</Say><Pause length='7'/>",
        after="",
    )
    shop.sim.faults.webhook("/wait", "duplicate", chance=0.5, times=None)
    caller = shop.sim.call(NUMBER)
    caller.hears("Press one")
    caller.presses("1")
    caller.waits(40)
    caller.hangs_up()
    shop.sim.advance(10)
    return shop.sim.ledger.text()


def test_two_runs_of_the_same_beginning_write_the_same_bytes() -> None:
    assert one_run() == one_run()


def test_every_line_is_a_numbered_fact_in_the_order_of_time() -> None:
    facts = [json.loads(line) for line in one_run().splitlines()]

    assert [fact["n"] for fact in facts] == list(range(1, len(facts) + 1))
    assert [fact["at"] for fact in facts] == sorted(fact["at"] for fact in facts)
    kinds = {fact["kind"] for fact in facts}
    assert {"call.ringing", "call.in-progress", "call.completed", "webhook.asked", "webhook.answered", "gathered",
            "queue.joined", "queue.left", "heard", "fault.webhook"} <= kinds  # fmt: skip


def test_facts_are_found_by_their_kind() -> None:
    shop = open_shop()
    shop.sim.call(NUMBER).ends()

    assert [fact.kind for fact in shop.sim.ledger.of("call")] == [
        "call.ringing",
        "call.in-progress",
        "call.completed",
    ]


def test_what_is_assumed_is_named_once_and_found_in_the_documentation() -> None:
    names = [assumption.id for assumption in ASSUMED]
    page = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text("utf-8")

    assert len(names) == len(set(names))
    for assumption in ASSUMED:
        assert f"| `{assumption.id}` | {assumption.sentence} |" in page
        assert (Path(__file__).parents[2] / "simulator" / assumption.where).exists(), assumption.where
