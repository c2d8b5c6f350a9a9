"""Processes that write to one store as fast as they can, as web, worker and clock do at once in a busy hour."""

import multiprocessing
import time
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from typing import Any

from sqlalchemy import insert, update

from voice import models
from voice.store import Store, StoreAway

COUNTERS = 8
AGENT, MERCHANT = "us_counter_{}", "counted"


@dataclass(frozen=True)
class Written:
    """What one process did: how long each write took, in seconds, and what went wrong."""

    seconds: tuple[float, ...]
    faults: tuple[str, ...]


def prepare(url: str) -> None:
    """Tables, and rows that count."""
    store = Store(url)
    store.create_tables()
    with store.write() as tx:
        tx.add(models.Merchant(id=MERCHANT, name="Counted", twilio_account_id="main", live_digest=None))
        for index in range(COUNTERS):
            name = AGENT.format(index)
            tx.add(models.Agent(id=name, identity=name, name=name, since_at=0.0))
    store.close()


def write_together(url: str, processes: int, each: int) -> list[Written]:
    """Let processes write at the same time, `each` transactions in every one."""
    context = multiprocessing.get_context("spawn")
    line = context.Barrier(processes)
    told: Any = context.Queue()
    people = [context.Process(target=_write, args=(url, who, each, line, told)) for who in range(processes)]
    for one in people:
        one.start()
    written = [told.get(timeout=100) for _ in people]
    for one in people:
        one.join(timeout=10)
        assert one.exitcode == 0
    return written


def _write(url: str, who: int, each: int, line: Barrier, told: Any) -> None:
    store = Store(url)
    seconds, faults = [], []
    line.wait(timeout=60)
    for number in range(each):
        began = time.perf_counter()
        try:
            _once(store, who, number)
        except StoreAway as away:
            faults.append(str(away))
        seconds.append(time.perf_counter() - began)
    store.close()
    told.put(Written(tuple(seconds), tuple(faults)))


def _once(store: Store, who: int, number: int) -> None:
    """By turns: read a row and write what follows from it, add facts to the journal, count in SQL."""
    with store.write() as tx:
        match number % 3:
            case 0:
                agent = tx.get_one(models.Agent, AGENT.format((who + number) % COUNTERS))
                agent.desk_version = agent.desk_version + 1
            case 1:
                tx.execute(
                    insert(models.Event),
                    [_fact(f"{who}-{number}", place) for place in range(3)],
                )
            case _:
                tx.execute(
                    update(models.Merchant)
                    .where(models.Merchant.id == MERCHANT)
                    .values(next_ticket_number=models.Merchant.next_ticket_number + 1)
                )


def _fact(call_id: str, place: int) -> dict[str, Any]:
    return {
        "merchant_id": MERCHANT,
        "call_id": call_id,
        "kind": "menu_presented",
        "at": 0.0,
        "turn": 0,
        "place": place,
        "data": {},
    }
