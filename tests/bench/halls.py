"""Contact centres of many sizes, in rows: twelve queues, agents of one to four of them, callers with all that routing looks at."""

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.json import Json
from sqlalchemy import event, insert, text, update
from sqlalchemy.orm import Session

from routing.plan import Plan, Stage
from simulator.account import Account
from tests.build import BASE_URL, account_json, make_rt
from tests.journeys.northwind import FLOW, NORTHWIND
from tests.postgres.server import PostgresServer
from voice import models
from voice.runtime import Runtime, SharedClock
from voice.seeding import seed_merchants

QUEUES = 12
SKILLED_EACH = 3  # every third agent knows both skills
SMALLEST = 3  # queues in which there is somebody for certain
TEMPLATE = "halls"
KNOWN_WAYS = ("longest_idle", "fewest_calls", "least_talk", "linear", "random")


@dataclass(frozen=True)
class Size:
    """So many callers wait, for so many agents."""

    waiting: int
    agents: int

    @property
    def name(self) -> str:
        return f"{self.waiting}x{self.agents}"


@dataclass
class Cost:
    """Of one thing done: milliseconds on the wall and of this process' processor, and its statements."""

    wall: float
    cpu: float
    statements: float


@dataclass
class Hall:
    """One of them: `busy`, all agents talk and everybody waits; or else all agents are free and nobody waits."""

    rt: Runtime
    size: Size
    busy: bool
    way: str

    def turns_to(self, way: str) -> None:
        """From now on everybody here waits in another way; the table is as if it had been made so."""
        if _dump(self.size, way) == _dump(self.size, self.way):
            return
        self.way = way
        strategy, plan = _dump(self.size, way)
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("UPDATE waiting SET strategy = %s, plan = %s", (strategy, Json(plan)))
            connection.execute("VACUUM (FULL, ANALYZE) waiting")

    @property
    def url(self) -> str:
        return self.rt.store.url.render_as_string(hide_password=False)

    def agent(self, number: int) -> str:
        """Another agent for each number, of those who can be given somebody."""
        return agent_id(number % -(-self.size.agents // SKILLED_EACH) * SKILLED_EACH)

    def agent_comes_free(self, tx: Session, number: int) -> str:
        """Somebody has ended a talk; the id."""
        chosen = self.agent(number)
        tx.execute(update(models.Agent).where(models.Agent.id == chosen).values(state="available"))
        return chosen

    def caller_comes(self, tx: Session, number: int) -> str:
        """Somebody waits; the queue."""
        chosen = f"wt_{number % SMALLEST:05}"  # in a queue in which every skill is to be had
        came = update(models.Waiting).where(models.Waiting.id == chosen).values(state="waiting", left_as=None)
        tx.execute(came)
        return queue_name(int(chosen[3:]) % QUEUES)

    def timed(
        self, prepare: Callable[[Session], Any], act: Callable[[Session, Any], int]
    ) -> tuple[int, Cost]:
        """What a decision came to and cost; it is taken back."""
        counted = 0

        def count(*_: object) -> None:
            nonlocal counted
            counted += 1

        with self.rt.store.write() as tx:
            prepared = prepare(tx)
            event.listen(tx.get_bind(), "before_cursor_execute", count)
            wall, cpu = time.perf_counter(), time.process_time()
            made = act(tx, prepared)
            cost = Cost(1e3 * (time.perf_counter() - wall), 1e3 * (time.process_time() - cpu), counted)
            event.remove(tx.get_bind(), "before_cursor_execute", count)
            tx.rollback()
        return made, cost

    def close(self) -> None:
        self.rt.store.close()


def agent_id(number: int) -> str:
    return f"us_{number:05}"


def queue_name(number: int) -> str:
    return f"queue_{number:02}"


def furnish(server: PostgresServer, folder: Path, size: Size, way: str, *, busy: bool) -> Hall:
    """A database of its own, with its statistics gathered; strategies and plans as `way` says."""
    folder.mkdir()
    (folder / "flows").mkdir()
    (folder / "flows" / "northwind.yaml").write_text(FLOW, encoding="utf-8")
    account = Account.demo(base_url=BASE_URL, numbers=(NORTHWIND,))
    (folder / "account.json").write_text(json.dumps(account_json(account)), encoding="utf-8")
    url = server.url(server.new_database(like=TEMPLATE))
    rt = make_rt(folder, SharedClock(), later=lambda _job: None, database_url=url)
    seed_merchants(rt, folder / "account.json")
    lots = random.Random(5)
    with rt.write() as tx:
        _agents(tx, rt.now(), size, lots, busy)
        _callers(tx, rt.now(), size, lots, _dump(size, way), busy)
    with rt.store.change_tables() as connection:
        connection.execute(text("ANALYZE"))
    return Hall(rt, size, busy, way)


def _agents(tx: Session, now: float, size: Size, lots: random.Random, busy: bool) -> None:
    people, members = [], []
    for number in range(size.agents):
        one = {
            "id": agent_id(number),
            "identity": agent_id(number),
            "name": f"Agent {number}",
            "since_at": now,
        }
        people.append(
            one
            | {
                "state": "on_call" if busy else "available",
                "last_offer_at": now - lots.uniform(0, 900),
                "calls_taken": lots.randrange(40),
                "talk_seconds": lots.uniform(0, 9000),
                "seen_at": now,
            }
        )
        served = _served(number, lots)
        members += [
            {"merchant_id": "northwind", "queue": queue_name(queue), "agent_id": one["id"]}
            for queue in served
        ]
    tx.execute(insert(models.Agent), people)
    tx.execute(insert(models.QueueMember), members)


def _served(number: int, lots: random.Random) -> list[int]:
    """One to four queues; every third agent has one in which somebody waits also in the smallest hall."""
    first = number // SKILLED_EACH % SMALLEST
    return [first, *(one for one in lots.sample(range(QUEUES), lots.randint(0, 3)) if one != first)]


def _callers(
    tx: Session, now: float, size: Size, lots: random.Random, how: tuple[str, dict[str, Any]], busy: bool
) -> None:
    strategy, plan = how
    calls, places = [], []
    for number in range(size.waiting):
        came = now - lots.uniform(1, 1500)
        calls.append(
            {
                "merchant_id": "northwind", "id": f"ca_{number:05}", "call_sid": f"CA{number:032x}", "account_sid": "AC",
                "caller": f"+1202{number:07}", "dialled": NORTHWIND, "flow_digest": "", "started_at": came,
            }
        )  # fmt: skip
        places.append(
            {
                "merchant_id": "northwind", "id": f"wt_{number:05}", "call_id": f"ca_{number:05}",
                "queue": queue_name(number % QUEUES), "state": "waiting" if busy else "left",
                "left_as": None if busy else "timeout", "state_at": came, "entered_at": came,
                "rank_at": came - 60.0 * lots.choice((0, 0, 5)), "deadline_at": now + 86_400, "ring_seconds": 20.0,
                "wrap_up_seconds": 30.0, "session": b"", "strategy": strategy, "plan": plan,
            }
        )  # fmt: skip
    tx.execute(insert(models.Call), calls)
    tx.execute(insert(models.Waiting), places)


def _dump(size: Size, way: str) -> tuple[str, dict[str, Any]]:
    """The strategy of everybody who waits, and their plan."""
    return way if way in KNOWN_WAYS else "longest_idle", _plan(size, random.Random(6), way).dump()


def _plan(size: Size, lots: random.Random, way: str) -> Plan:
    everybody = [agent_id(number) for number in range(size.agents)]
    if way == "linear":  # an order names a few; the others come behind
        return Plan(order=tuple(lots.sample(everybody, min(8, size.agents))))
    if way == "random":
        return Plan(weights={one: 3 for one in lots.sample(everybody, min(8, size.agents))})
    if way == "two_skills":  # who holds both, as it is settled when a caller joins
        return Plan(stages=(Stage(0.0, frozenset(everybody[::SKILLED_EACH])),))
    return Plan()
