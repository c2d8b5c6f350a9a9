"""One run: the house is furnished, people call and work, things break, and then it is judged until all is settled."""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from tests.chaos.archive import Archive
from tests.chaos.callers import Callers, Ledger
from tests.chaos.chronicle import Chronicle, read
from tests.chaos.desks import Desk
from tests.chaos.evidence import Evidence, Ticket, Verdicts
from tests.chaos.house import House, furnished, known
from tests.chaos.judge import by_invariant, counts, is_clean, judge, recovered
from tests.chaos.nemesis import Nemesis
from tests.chaos.notes import Notes, Say, digits
from tests.chaos.plan import Plan

SETTLE_SECONDS = (
    60.0  # after the last fault and the last planned call; on a busy machine everything takes longer
)
LOOK_SECONDS = 1.0


@dataclass(frozen=True)
class Outcome:
    """What came of a run."""

    plan: Plan
    chronicle: Chronicle
    verdicts: Verdicts
    told: dict[str, Any]

    @property
    def is_good(self) -> bool:
        """Whether nothing was broken, and everything was really done."""
        return bool(self.told["ok"])


async def run(
    plan: Plan, var: Path, say: Say, words: list[str], settle_seconds: float = SETTLE_SECONDS
) -> Outcome:
    """Carry out a plan; `words` gets what the processes print."""
    notes = known()
    async with furnished(var, lambda name, line: words.append(f"{name:<10} | {line}")) as house:
        say("everything is up")
        async with _open_shop(house, plan, notes):
            ledger = Ledger(house.ledger)
            callers = Callers(house.env["TWILIO_API_URL"], ledger, plan.calls)
            began = time.time()
            calling = asyncio.create_task(callers.call())
            await Nemesis(house, notes, say).breaks(plan.faults)
            say(
                f"{time.time() - began:6.1f} s  nothing breaks any more; {len(callers.living)} callers are there"
            )
            end = time.time() + settle_seconds
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(calling), max(1.0, end - time.time()))
            tickets, verdicts = await judge_until_clean(
                house, ledger, notes, max(end, time.time() + 10.0), say, words
            )
            if calling.done():
                calling.result()  # a fault of the script is no fault of the product, and no proof of anything
            calling.cancel()
            await asyncio.gather(calling, return_exceptions=True)
    return _outcome(plan, ledger, tickets, verdicts, notes, began)


@contextlib.asynccontextmanager
async def _open_shop(house: House, plan: Plan, notes: Notes) -> AsyncIterator[None]:
    """Every agent at the desk; a fault of a script ends the run, and so does a process that cannot be started."""
    by_number = {digits(call.number): call for call in plan.calls}
    lots = random.Random(plan.seed)
    async with contextlib.AsyncExitStack() as open_desks:
        desks = [
            await open_desks.enter_async_context(
                Desk(house.env, login, by_number, notes, random.Random(lots.random()))
            )
            for login in house.logins("agent")
        ]
        async with meanwhile(*(desk.works() for desk in desks), house.stack.watch()):
            yield


@contextlib.asynccontextmanager
async def meanwhile(*works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Let these go on for a while; a fault in one of them is raised at the end."""
    tasks = [asyncio.create_task(one) for one in works]
    try:
        yield
        for task in tasks:
            if task.done():
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def judge_until_clean(
    house: House, ledger: Ledger, notes: Notes, end: float, say: Say, words: list[str]
) -> tuple[list[Ticket], Verdicts]:
    """Look again while something is still on its way; what is broken for good stays so until the time is over."""
    async with contextlib.AsyncExitStack() as open_archives:
        archives = [
            await open_archives.enter_async_context(Archive(house.env, login))
            for login in house.logins("supervisor")
        ]
        while True:
            try:
                tickets = [ticket for archive in archives for ticket in await archive.tickets()]
                intrusions = [said for archive in archives for said in await archive.intrusions(notes.shops)]
            except (aiohttp.ClientError, TimeoutError):
                tickets, intrusions = [], []
            list(ledger.fresh())
            logs = [line for line in words if not line.startswith("simulator")]
            verdicts = judge(Evidence(read(ledger.facts), tickets, notes, intrusions, logs))
            if is_clean(verdicts) or time.time() > end:
                return tickets, verdicts
            left = {name: len(breaches) for name, breaches in verdicts.items() if breaches}
            say(
                f"          not settled yet: {', '.join(f'{name} {number}' for name, number in left.items())}"
            )
            await asyncio.sleep(LOOK_SECONDS)


def _outcome(
    plan: Plan, ledger: Ledger, tickets: list[Ticket], verdicts: Verdicts, notes: Notes, began: float
) -> Outcome:
    chronicle = read(ledger.facts)
    done = counts(Evidence(chronicle, tickets, notes))
    everything = done["calls"] == len(plan.calls) and len(notes.broken) == len(plan.faults)
    told = {
        "ok": is_clean(verdicts) and recovered(notes.broken) and everything and bool(done["talks"]),
        **plan.as_json(),
        **{name: number for name, number in done.items() if name != "calls"},
        "verdicts": by_invariant(verdicts),
        "settled_s": round(time.time() - began, 1),
        "worst_back_s": max(
            (round(one.back, 1) for one in notes.broken if one.back is not None), default=None
        ),
        "broken": [one.as_json(began) for one in sorted(notes.broken, key=lambda one: one.at)],
    }
    return Outcome(plan, chronicle, verdicts, told)
