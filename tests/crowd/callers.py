"""The callers of a crowd: as many as the plan wants at every moment; whoever leaves makes room for the next."""

import asyncio
from typing import Any

import aiohttp

from tests.chaos.callers import Callers, Ledger
from tests.chaos.notes import Say, digits
from tests.chaos.plan import Call
from tests.crowd.plan import Plan

ANSWER = aiohttp.ClientTimeout(total=60)  # of the simulator, which has a core's work to do
LOOK_SECONDS, TELL_SECONDS = 0.1, 15.0


class Crowd(Callers):
    """Everybody who calls in a run; who they are is known by their digits as soon as they dial."""

    def __init__(self, simulator: str, ledger: Ledger, plan: Plan, calls: dict[str, Call]) -> None:
        super().__init__(simulator, ledger, ())
        self._plan, self._by_number = plan, calls
        self._sent_home: set[str] = set()

    @property
    def here(self) -> int:
        """Callers who have dialled and are not known to be gone."""
        return len(self._by_number) - self.gone

    @property
    def gone(self) -> int:
        """Callers whose call is over."""
        return len(self._by_leg) - len(self.living)

    async def comes_and_goes(self, say: Say) -> None:
        """The whole run; ends when everybody is gone."""
        loop = asyncio.get_running_loop()
        began, tells_at = loop.time(), 0.0
        async with aiohttp.ClientSession(timeout=ANSWER) as self._http, asyncio.TaskGroup() as self._acts:
            while (since := loop.time() - began) < self._plan.closes_at or self.here:
                for _ in range(self._plan.wanted(since) - self.here):
                    self._comes()
                for fact in self._ledger.fresh():
                    self._reacts(fact)
                if since >= self._plan.closes_at:
                    self._sends_home()
                if since >= tells_at:
                    say(f"{since:6.1f} s  {self.here} callers are there, {self.gone} are gone")
                    tells_at += TELL_SECONDS
                await asyncio.sleep(LOOK_SECONDS)

    def _comes(self) -> None:
        call = self._plan.caller(len(self._by_number))
        self._by_number[digits(call.number)] = call
        self._acts.create_task(self._dials(call))

    def _sends_home(self) -> None:
        for leg in self.living - self._sent_home:
            self._sent_home.add(leg)
            hangs_up: dict[str, Any] = {"hangup": True}
            seconds = self._plan.leaves_after(self._by_leg[leg])
            self._acts.create_task(self._later(seconds, leg, hangs_up))
