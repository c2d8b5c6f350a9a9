"""Where the lives are lived: a database with a merchant, and processes of the product that may die at every decision."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import delete, event, update
from sqlalchemy.orm import Session

from simulator.account import Account
from simulator.clock import VirtualClock
from simulator.kernel import Kernel
from tests.build import BASE_URL, account_json, make_rt
from tests.journeys.northwind import FLOW, NORTHWIND
from tests.machine.exchange import Exchange
from voice import models
from voice.journal import Journal
from voice.runtime import Chance, Runtime
from voice.seeding import seed_merchants
from voice.store import Store, StoreAway

QUEUES = {"ann": ("orders", "returns"), "ben": ("orders",), "eve": ("returns",)}
KEYS = {"1": ("orders", 0), "2": ("orders", 2), "3": ("returns", 0)}  # queue, head start in minutes
KNOW = {"returns": ("ann",)}  # where not everybody in a queue knows enough
RELAXED_SECONDS = 4.0  # of waiting, after which everybody does
PHONES = {"us_ben": "+12025550171", "us_eve": "+12025550172"}  # of agents who may take calls there
OUTSIDE = "+12025550177"  # a number that is asked, or sent callers
TWO_QUEUES = FLOW.replace(
    "  orders: {ring: 20s, wrap_up: 30s, max_wait: 10m}",
    "  orders: {ring: 8s, wrap_up: 3s, max_wait: 50s}\n"
    "  returns: {ring: 6s, wrap_up: 2s, max_wait: 40s, strategy: broadcast, skills: {french: 50},\n"
    "    relax: {4s: {}}}\nskills: {french: {ann: 80, ben: 60}}",
).replace("options: {1: orders_line}", "options: {1: orders_line, 2: dear_line, 3: returns_line}").replace(
    "    full: busy\n  busy:\n",
    "    full: busy\n    callback: call_me_back\n    callback_key: star\n"
    "  call_me_back: {callback: orders, attempts: 2, retry: 1m, accepted: goodbye, refused: message}\n"
    "  dear_line: {queue: orders, priority: 2m, timeout: busy, full: busy, exit_keys: {9: message}, callback: call_me_back, callback_key: star}\n"
    "  returns_line: {queue: returns, timeout: busy, full: busy, exit_keys: {9: message}, callback: call_me_back, callback_key: star}\n"
    "  busy:\n",
)  # fmt: skip
TABLES = (  # what a life leaves behind, children first
    models.Event, models.Outbox, models.Action, models.PhoneRing, models.Supervision, models.Consult, models.Participation,
    models.Offer, models.Recording, models.Ticket, models.TurnAnswer, models.Callback, models.Audit, models.Waiting, models.Call, models.Beat,
)  # fmt: skip


class Died(BaseException):
    """The process was killed here."""


class MortalStore(Store):
    """A store at whose every decision the process may die, before it is committed or right after."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        if self.is_sqlite:  # who dies here is a process, not the machine: nothing needs to reach a disk
            event.listen(self._writer, "connect", lambda one, _: one.execute("PRAGMA synchronous=OFF"))
        else:  # nor does a server go away: a fifth of all ways there and back
            self._writer.pool._pre_ping = False
        self.dies_in, self.dies_before = 0, False
        self.meanwhile: Callable[[], None] | None = None

    @contextmanager
    def write(self) -> Iterator[Session]:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        is_last = self.dies_in == 1
        self.dies_in = max(0, self.dies_in - 1)
        with super().write() as tx:
            yield tx
            if is_last and self.dies_before:
                raise Died
        if is_last:
            raise Died


class OwnClock:
    """The moment as one process sees it."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock, self.is_off_by = clock, 0.0

    def now(self) -> float:
        return self._clock.now() + self.is_off_by


@dataclass(eq=False)
class Process:
    """A process of the product, and how often it was killed."""

    rt: Runtime
    store: MortalStore
    clock: OwnClock
    deaths: int = 0
    is_stopped: bool = False

    def does(self, act: Callable[[], Any]) -> Any:
        """What it answers; None when it died over it. A machine that is too busy is asked again."""
        for attempt in range(6):
            try:
                return act()
            except Died:
                self.deaths += 1
                return None
            except StoreAway:
                if attempt == 5:
                    raise
        return None


Hearing = Callable[[Session, str, str, dict[str, Any]], None]  # of a call's fact: its kind and data


class HeardJournal(Journal):
    """A journal whose facts of decisions are told to whoever listens, before they are written."""

    def __init__(self, store: Store, each_fact: list[Hearing]) -> None:
        super().__init__(store)
        self._each_fact = each_fact

    def write(
        self,
        tx: Session,
        merchant_id: str,
        call_id: str,
        kind: str,
        at: float,
        *,
        agent_id: str | None = None,
        **data: Any,
    ) -> None:
        """Tell, then write."""
        for hear in self._each_fact:
            hear(tx, call_id, kind, {"agent_id": agent_id, **data})
        super().write(tx, merchant_id, call_id, kind, at, agent_id=agent_id, **data)


class Premises:
    """A database with a merchant in it, and three processes; made once, for many lives."""

    def __init__(self, folder: Path, database: dict[str, Any]) -> None:
        self.account = Account.demo(base_url=BASE_URL, numbers=(NORTHWIND,))
        (folder / "flows").mkdir()
        (folder / "flows" / "northwind.yaml").write_text(TWO_QUEUES, encoding="utf-8")
        (folder / "account.json").write_text(json.dumps(account_json(self.account)), encoding="utf-8")
        self.time = VirtualClock()
        rt = make_rt(folder, self.time, **database)
        seed_merchants(rt, folder / "account.json")
        self.rt = rt
        with rt.write() as tx:
            for name, queues in QUEUES.items():
                own = PHONES.get(f"us_{name}", "")
                tx.add(
                    models.Agent(
                        id=f"us_{name}", identity=f"us_{name}", name=name.title(), since_at=0.0, phone=own
                    )
                )
                tx.add(models.Membership(merchant_id="northwind", user_id=f"us_{name}", role="agent"))
                for queue in queues:
                    tx.add(models.QueueMember(merchant_id="northwind", queue=queue, agent_id=f"us_{name}"))
            tx.add(
                models.User(
                    id="us_sue", email="sue@northwind.example", name="Sue", password_hash="", created_at=0
                )
            )
            tx.add(models.Membership(merchant_id="northwind", user_id="us_sue", role="supervisor"))
        self._stores = [MortalStore(rt.settings.database_url) for _ in range(3)]

    def processes(
        self, carrier: Exchange, nudge: Callable[[str], None], each_fact: list[Hearing]
    ) -> list[Process]:
        """Web and two clocks, as after a start on an empty day."""
        made = []
        for number, store in enumerate(self._stores):
            store.dies_in, store.meanwhile = 0, None
            own = OwnClock(self.time)
            rt = replace(
                self.rt,
                store=store,
                clock=own,
                chance=Chance(seed=number),
                journal=HeardJournal(store, each_fact),
                carrier=carrier,
            )
            process = Process(rt, store, own)
            process.rt = replace(rt, later=_after(carrier.kernel, process), nudge=nudge)
            made.append(process)
        return made

    def tidy(self) -> None:
        """As it was, and at the same moment: no life knows of those before it."""
        self.time = VirtualClock()
        with self.rt.store.write() as tx:
            for table in TABLES:
                tx.execute(delete(table))
            tx.execute(
                update(models.Agent).values(
                    state="offline", reason="", since_at=0.0, until_at=None, not_before_at=0.0, next_state="",
                    last_offer_at=0.0, seen_at=0.0, calls_taken=0, talk_seconds=0.0,
                    on_phone=False, phone_fault="", set_by="",
                )
            )  # fmt: skip

    def close(self) -> None:
        """Nobody looks any more."""
        for store in (*self._stores, self.rt.store):
            store.close()


def _after(kernel: Kernel, process: Process) -> Callable[[Callable[[], None]], None]:
    return lambda job: (kernel.after(0.03, lambda: process.does(job)), None)[1]
