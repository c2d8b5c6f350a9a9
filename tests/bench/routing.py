"""What routing costs: a dispatched call in small halls and in large ones, a committed offer, a desk that hears of it.

    python -m tests.bench.routing [--rounds 5] [--calls 12] [--events 200]

On a real PostgreSQL, made for this. `dispatch` is a decision without its commit: half of the calls go to an agent who
comes free while all the others talk and everybody waits, half come while every agent is free and nobody else waits;
`flat` fetches all rows and matches in Python. `offer` is a decision and its commit; `pick` is one agent FOR UPDATE SKIP
LOCKED, one UPDATE and its commit, by the same store and driver, `bare` the same by the driver alone. `stream` is the way
from a commit to a desk's stream at 400 agents and 1,000 waiting, `notify` an INSERT, a NOTIFY and its arrival. All take
turns in every round; figures are medians of the rounds, bounds are ratios of milliseconds on the wall; cpu is this
process' own. A table goes to standard error, JSON to standard output; exit code 1 when a bound is missed.
"""

import argparse
import json
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import structlog
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from routing.decide import decide
from routing.snapshot import Snapshot
from tests.bench.halls import TEMPLATE, Cost, Hall, Size, furnish
from tests.bench.streams import Streaming
from tests.postgres.server import PostgresServer
from voice import models
from voice.dispatch import decide_for_agent, decide_for_queue
from voice.migrate import migrate
from voice.runtime import Runtime
from voice.store import Store
from voice.who_is_free import as_agent
from voice.who_waits import as_caller

SIZES = (Size(10, 10), Size(1_000, 1_000), Size(10_000, 5_000))
BEGAN = time.perf_counter()
STREAM_SIZE = Size(1_000, 400)
ONE_KEY = ("longest_idle", "fewest_calls", "least_talk", "linear", "random")
TOGETHER = (("longest_idle", "flat"), *((way,) for way in (*ONE_KEY[1:], "two_skills")))  # what takes turns
BOUNDS = {"one_key_growth": 2.0, "two_skills_growth": 5.0, "offer_to_pick": 4.0, "stream_to_notify": 5.0}
PICK = (
    "SELECT id FROM agent WHERE state = 'available' AND id IN (SELECT agent_id FROM queue_member WHERE"
    " merchant_id = 'northwind' AND queue = 'spare') ORDER BY last_offer_at LIMIT 1 FOR UPDATE SKIP LOCKED"
)
TAKE = "UPDATE agent SET last_offer_at = last_offer_at + 1 WHERE id = "


def main() -> int:
    """Run it; 1 when a bound is missed."""
    words = argparse.ArgumentParser(prog="make bench-routing", description="Time routing.")
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--calls", type=int, default=12)
    words.add_argument("--events", type=int, default=200)
    chosen = words.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    server = PostgresServer()
    try:
        with tempfile.TemporaryDirectory() as folder:
            found = bench(server.start(), Path(folder), chosen.rounds, chosen.calls, chosen.events)
    finally:
        server.close()
    tell(found)
    print(json.dumps(found, indent=2))
    return 0 if found["ok"] else 1


def bench(server: PostgresServer, folder: Path, rounds: int, calls: int, events: int) -> dict[str, Any]:
    """The figures in milliseconds, and their ratios."""
    server.execute(f"CREATE DATABASE {TEMPLATE}")
    store = Store(server.url(TEMPLATE))
    migrate(store, lambda _line: None)
    store.close()
    with ExitStack() as closing:
        dispatch = _dispatches(server, folder, rounds, calls)
        say("offers")
        offer = _offers(server, folder, rounds, calls)
        say("streams")
        streaming = closing.enter_context(Streaming(server, folder, STREAM_SIZE))
        stream = {
            name: statistics.median(values) for name, values in streaming.rounds(rounds, events).items()
        }
    largest = SIZES[-1].name
    ratios = {
        "one_key_growth": max(_growth(dispatch[way]) for way in ONE_KEY),
        "two_skills_growth": _growth(dispatch["two_skills"]),
        "offer_to_pick": round(offer["offer"]["wall"] / offer["pick"]["wall"], 2),
        "stream_to_notify": round(stream["stream_p99"] / stream["notify_p99"], 2),
    }
    return {
        "ok": all(ratios[name] <= most for name, most in BOUNDS.items()),
        "ratios": ratios,
        "bounds": BOUNDS,
        "flat_to_dispatch": round(
            dispatch["flat"][largest]["wall"] / dispatch["longest_idle"][largest]["wall"], 1
        ),
        "offer_to_bare": round(offer["offer"]["wall"] / offer["bare"]["wall"], 2),
        "dispatch": dispatch,
        "offer": offer,
        "stream_ms": {name: round(value, 2) for name, value in stream.items()},
    }


def _dispatches(
    server: PostgresServer, folder: Path, rounds: int, calls: int
) -> dict[str, dict[str, dict[str, float]]]:
    """Of every way, by size; only these halls stand meanwhile, and all ways are gone in them one after the other."""
    halls = {}
    for size in SIZES:
        say(f"furnishing {size.name}")
        for busy in (True, False):
            place = folder / f"{size.name}-{busy}"
            halls[size, busy] = furnish(server, place, size, ONE_KEY[0], busy=busy)
    found: dict[str, dict[str, dict[str, float]]] = {}
    for ways in TOGETHER:
        for hall in halls.values():
            hall.turns_to(ways[0])
        found |= _dispatch(halls, ways, rounds, calls)
        for way in ways:
            say(f"{way}: {', '.join(f'{name} {one}' for name, one in found[way].items())}")
    for hall in halls.values():
        hall.close()
    return found


def _dispatch(
    halls: dict[tuple[Size, bool], Hall], ways: tuple[str, ...], rounds: int, calls: int
) -> dict[str, dict[str, dict[str, float]]]:
    """Of ways that take turns, by size."""
    found: dict[tuple[str, Size], list[Cost]] = {(way, size): [] for way in ways for size in SIZES}
    for number in range(rounds + 1):  # the first warms up
        for way, size in found:
            many = calls // 2 if way != "flat" else 2
            costs = [
                cost
                for busy in (True, False)
                for cost in given(halls[size, busy], way, range(number, number + many))
            ]
            if number:
                found[way, size].append(_median(costs))
    return {way: {size.name: _told(found[way, size]) for size in SIZES} for way in ways}


def given(hall: Hall, way: str, numbers: Iterable[int]) -> list[Cost]:
    """The costs of calls that were given to agents; raises ValueError when one was not."""
    return [_given(hall, way, number) for number in numbers]


def _given(hall: Hall, way: str, number: int) -> Cost:
    prepare = hall.agent_comes_free if hall.busy else hall.caller_comes
    act = _flat if way == "flat" else (_for_agent if hall.busy else _for_queue)
    made, cost = hall.timed(lambda tx: prepare(tx, number), lambda tx, what: act(tx, hall.rt, what))
    if made != 1:
        raise ValueError(f"{way}, {hall.size.name}: {made} offers for one call")
    return cost


def _for_agent(tx: Session, rt: Runtime, agent_id: str) -> int:
    return decide_for_agent(tx, rt, agent_id)


def _for_queue(tx: Session, rt: Runtime, queue: str) -> int:
    return decide_for_queue(tx, rt, "northwind", queue)


def _flat(tx: Session, rt: Runtime, _what: str) -> int:
    """Fetch everybody, match in Python; nothing is stored."""
    serves: dict[str, set[tuple[str, str]]] = {}
    for row in tx.execute(select(models.QueueMember.agent_id, models.QueueMember.queue)):
        serves.setdefault(row.agent_id, set()).add(("northwind", row.queue))
    free = [
        as_agent(row, frozenset(serves.get(row.id, ())))
        for row in tx.scalars(select(models.Agent))
        if row.state == "available"
    ]
    waiting = [
        as_caller(row, frozenset()) for row in tx.scalars(select(models.Waiting)) if row.state == "waiting"
    ]
    return min(1, len(decide(Snapshot(tuple(waiting), tuple(free)), rt.now())))


def _offers(server: PostgresServer, folder: Path, rounds: int, calls: int) -> dict[str, dict[str, float]]:
    """A committed offer beside a committed pick, in a hall of a thousand by a thousand."""
    hall = furnish(server, folder / "offers", SIZES[1], "longest_idle", busy=True)
    ways: dict[str, Callable[[int], Cost]] = {
        "offer": lambda number: _committed_offer(hall, number),
        "pick": lambda number: _timed(lambda: _pick(hall)),
        "bare": lambda number: _timed(lambda: _bare(bare)),
    }
    found: dict[str, list[Cost]] = {name: [] for name in ways}
    with psycopg.connect(hall.url) as bare:
        _free_some(hall)
        for number in range(rounds + 1):
            for name, way in ways.items():
                cost = _median([way(number * calls + one) for one in range(calls)])
                if number:
                    found[name].append(cost)
    hall.close()
    return {name: _told(costs) for name, costs in found.items()}


def _free_some(hall: Hall) -> None:
    """Agents to pick, of a queue in which nobody waits."""
    with hall.rt.store.write() as tx:
        for number in range(200):
            name = f"us_free_{number:03}"
            tx.add(models.Agent(id=name, identity=name, name=name, since_at=0.0, state="available"))
            tx.add(models.QueueMember(merchant_id="northwind", queue="spare", agent_id=name))


def _committed_offer(hall: Hall, number: int) -> Cost:
    """An agent has come free; the decision and its commit are timed. Afterwards the agent talks."""
    with hall.rt.store.write() as tx:
        chosen = hall.agent_comes_free(tx, number)
        tx.execute(update(models.Offer).where(models.Offer.agent_id == chosen).values(state="expired"))

    def decides() -> None:
        with hall.rt.store.write() as tx:
            if decide_for_agent(tx, hall.rt, chosen) != 1:
                raise ValueError(f"{chosen} was offered nobody")

    return _timed(decides)


def _pick(hall: Hall) -> None:
    with hall.rt.store.write() as tx:
        chosen = tx.scalar(text(PICK))
        tx.execute(text(f"{TAKE}:id"), {"id": chosen})


def _bare(connection: "psycopg.Connection[Any]") -> None:
    row = connection.execute(PICK).fetchone()
    connection.execute(f"{TAKE}%s", row)
    connection.commit()


def _timed(act: Callable[[], object]) -> Cost:
    wall, cpu = time.perf_counter(), time.process_time()
    act()
    return Cost(1e3 * (time.perf_counter() - wall), 1e3 * (time.process_time() - cpu), 0)


def _median(costs: list[Cost]) -> Cost:
    return Cost(
        *(statistics.median(getattr(one, part) for one in costs) for part in ("wall", "cpu", "statements"))
    )


def _told(costs: list[Cost]) -> dict[str, float]:
    cost = _median(costs)
    return {"wall": round(cost.wall, 2), "cpu": round(cost.cpu, 2), "statements": cost.statements}


def _growth(by_size: dict[str, dict[str, float]]) -> float:
    """From the smallest hall to the worst of the others."""
    first, *others = (one["wall"] for one in by_size.values())
    return round(max(others) / first, 2)


def say(what: str) -> None:
    """How far it is."""
    print(f"{time.perf_counter() - BEGAN:6.1f} s  {what}", file=sys.stderr, flush=True)


def tell(found: dict[str, Any]) -> None:
    """The table."""
    lines = [f"{'ms for a call':<16}" + "".join(f"{size.name:>14}" for size in SIZES)]
    for way, sizes in found["dispatch"].items():
        lines.append(f"{way:<16}" + "".join(f"{sizes[size.name]['wall']:>14}" for size in SIZES))
    lines += [f"{name:<20}{found['ratios'][name]:>10} of at most {most}" for name, most in BOUNDS.items()]
    lines += [f"{name:<20}{found[name]:>10}" for name in ("flat_to_dispatch", "offer_to_bare")]
    print("\n".join(lines), file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
