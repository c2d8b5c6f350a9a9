"""Faults planted in the product itself, in this process and under the virtual clock: the judge finds each of them.

A judge that finds nothing in a broken build proves nothing.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from recordings import tickets as ticket_rows
from recordings.work import run_due
from tests.chaos.chronicle import read
from tests.chaos.judge import Evidence, Recording, Ticket, judge
from tests.chaos.notes import Notes, digits
from tests.journeys.shop import CUSTOMER, FLOW, Shop
from voice import agent_legs, models, speak
from voice.states import Agent, Participation


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A merchant with Ann and Ben; whatever Twilio's debugger says is the judge's business here."""
    made = Shop(tmp_path, flow=FLOW.replace("queue: orders\n", "queue: orders\n    answered: goodbye\n"))
    yield made
    made.rt.store.close()


def judged(shop: Shop, wished: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """What the judge says of a shop: by the simulator's ledger and by what a supervisor is shown."""
    facts = [
        {"n": fact.number, "at": fact.at, "kind": fact.kind, **fact.data} for fact in shop.sim.world.ledger
    ]
    notes = Notes(ended_by_agents=dict.fromkeys(map(digits, wished), 0.0))
    found = judge(Evidence(read(facts), shown(shop), notes))
    return {name: [breach.said for breach in breaches] for name, breaches in found.items() if breaches}


def shown(shop: Shop) -> list[Ticket]:
    """Every ticket as the API shows it; recordings are as long as they say."""
    browser = shop.browser(shop.ann)
    rows = browser.get("/api/tickets").get_json()["tickets"]
    whole = [browser.get(f"/api/tickets/northwind/{row['number']}").get_json() for row in rows]
    return [
        Ticket(
            "northwind", one["number"], one["call_id"], one["caller"], one["ended_as"], one["waited_seconds"],
            tuple(Recording(tape["id"], tape["state"], tape["seconds"], tape["seconds"]) for tape in one["recordings"]),
        )
        for one in whole
    ]  # fmt: skip


def one_talk(shop: Shop) -> None:
    """A caller and Ann, to the end."""
    caller = shop.talk(seconds=20)
    caller.hangs_up()
    shop.waits(40)


def test_a_sound_build_is_clean(shop: Shop) -> None:
    one_talk(shop)

    assert judged(shop) == {}


def test_a_build_without_workers_and_sweeper_loses_recordings_and_tickets(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.journeys.shop.run_due", lambda *_: 0)
    one_talk(shop)
    assert set(judged(shop)) == {"missing_tickets", "recordings_lost"}

    run_due(shop.rt, 50)
    assert judged(shop) == {}


def test_a_fence_that_lets_everybody_in_bridges_twice(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ben's claim lapses, Ann takes the caller, and then Ben's phone comes after all."""
    shop.is_quiet = False
    shop.ben.starts_shift()
    caller = shop.joins_queue()
    shop.ben.rings()
    shop.ben.accepts(connects=False)
    shop.ann.starts_shift()
    shop.ann.rings(within=20)
    shop.ann.accepts()
    shop.ann.talks_to(caller)
    shop.ben.connects()
    shop.waits(5)
    assert set(judged(shop)) == {"stranded"}  # they still talk

    monkeypatch.setattr(agent_legs, "agent_document", lambda rt, _heard: _any_room(shop))
    shop.ben.connects()
    shop.waits(5)
    assert "double_bridged" in judged(shop)


def test_a_caller_for_whom_nobody_decides_is_stranded(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voice.joining.decide_for_queue", lambda *_: 0)
    monkeypatch.setattr("voice.clock.decide_everywhere", lambda *_: 0)
    shop.ann.starts_shift()
    shop.joins_queue()
    shop.waits(60)

    assert shop.ann.state == Agent.AVAILABLE
    assert set(judged(shop)) == {"stranded"}


def test_a_talk_that_is_ended_without_a_wish_is_a_drop(shop: Shop) -> None:
    caller = shop.talk(seconds=20)
    shop.ann.ends()
    caller.ends(within=10)
    shop.waits(40)

    assert set(judged(shop)) == {"dropped"}
    assert judged(shop, wished=(CUSTOMER,)) == {}


def test_a_build_that_asks_sql_nothing_before_it_writes_a_ticket_writes_two(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with shop.rt.write() as tx:
        tx.execute(text("DROP INDEX ticket_once_per_call"))
    monkeypatch.setattr(ticket_rows, "ticket_of", lambda *_: None)
    one_talk(shop)

    assert "duplicate_tickets" in judged(shop)


def _any_room(shop: Shop) -> bytes:
    (talk,) = [row for row in shop.rows(models.Participation) if row.state == Participation.TALKING]
    return speak.document(speak.join_as_agent(talk.room, shop.rt.links, participation_id=talk.id))
