"""One run on real processes: the house fills with callers and agents, is full for a while, empties, and is judged."""

import asyncio
import contextlib
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.chaos.callers import Ledger
from tests.chaos.chronicle import Chronicle, read
from tests.chaos.evidence import Evidence, Verdicts
from tests.chaos.house import furnished, known
from tests.chaos.notes import Say
from tests.chaos.plan import Call
from tests.chaos.run import judge_until_clean, meanwhile
from tests.crowd.callers import Crowd
from tests.crowd.plan import Plan
from tests.crowd.report import report, unserved
from tests.crowd.staff import engage, signed_in, works_from

GONE_SECONDS = 60.0  # after the time is over: who is there by then is stranded
DESKS_SECONDS = 3.0  # until every desk knows that its caller has hung up
SETTLE_SECONDS = 60.0  # for recordings to be fetched and looked at


@dataclass(frozen=True)
class Outcome:
    """What came of a run."""

    chronicle: Chronicle
    verdicts: Verdicts
    unserved: list[str]
    told: dict[str, Any]

    @property
    def is_good(self) -> bool:
        """Whether nothing was broken, and everything was really done."""
        return bool(self.told["ok"])


async def run(plan: Plan, var: Path, say: Say, words: list[str]) -> Outcome:
    """Carry out a plan; `words` gets what the processes print."""
    notes, calls = known(), dict[str, Call]()
    async with (
        furnished(var, lambda name, line: words.append(f"{name:<10} | {line}")) as house,
        meanwhile(house.stack.watch()),
    ):
        say("everything is up")
        logins = await asyncio.to_thread(engage, house, plan.agents)
        ledger = Ledger(house.ledger)
        async with signed_in(house, logins, plan, calls, notes) as desks:
            say(f"{len(desks)} agents have signed in")
            crowd = Crowd(house.env["TWILIO_API_URL"], ledger, plan, calls)
            shifts = [works_from(desk, plan.starts_at(place)) for place, desk in enumerate(desks)]
            async with meanwhile(*shifts):
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(crowd.comes_and_goes(say), plan.lasts + GONE_SECONDS)
                await asyncio.sleep(DESKS_SECONDS)
        say("everybody is gone; tickets and recordings are looked at")
        tickets, verdicts = await judge_until_clean(
            house, ledger, notes, time.time() + SETTLE_SECONDS, say, words
        )
    evidence = Evidence(read(ledger.facts), tickets, notes)
    bad = [f"{name}: {one}" for name, several in unserved(evidence).items() for one in several]
    return Outcome(evidence.chronicle, verdicts, bad, report(plan, evidence, verdicts))
