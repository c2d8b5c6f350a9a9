"""Pongs of many desks in one statement: who is being decided about is left out, and nobody waits for anybody."""

import time
from pathlib import Path

from sqlalchemy import select, update

from panel.pongs import Pongs
from panel.standings import standing_of
from tests.build import make_rt
from tests.panel.build import Clock, person, shop
from voice.models import Agent
from voice.runtime import Runtime


def seen(rt: Runtime) -> dict[str, float]:
    """When SQL last heard of each desk."""
    with rt.store.read() as tx:
        return {agent_id: at for agent_id, at in tx.execute(select(Agent.id, Agent.seen_at))}


def test_a_desk_that_is_being_decided_about_delays_no_other(tmp_path: Path, postgres_url: str) -> None:
    clock = Clock()
    rt = make_rt(tmp_path, clock, database_url=postgres_url)
    shop(rt, "northwind", "Northwind Outfitters")
    names = ("ann", "bob", "carl")
    for name in names:
        person(rt, name, "northwind")
    clock.forward(30)
    pongs, now = Pongs(), rt.now()
    for name in names:
        pongs.note(f"us_{name}", f"session of {name}")
    with rt.store.read() as tx:
        standings = standing_of(tx, [f"us_{name}" for name in names])

    with rt.store.write() as decision:
        decision.execute(update(Agent).where(Agent.id == "us_bob").values(version=Agent.version + 1))
        began = time.monotonic()
        pongs.tell(rt, standings, now)
        took = time.monotonic() - began

    told = seen(rt)
    rt.store.close()
    assert (told["us_ann"], told["us_carl"]) == (now, now)
    assert told["us_bob"] < now
    assert took < 0.9  # a statement that waits for a row gives up after a second
