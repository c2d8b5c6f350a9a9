"""A crowd in this process, under the virtual clock: the people of `make crowd`, and nothing goes wrong."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.chaos.evidence import Evidence
from tests.chaos.judge import judge
from tests.chaos.notes import digits
from tests.chaos.plan import Call
from tests.chaos.town import TEAM, Town
from tests.crowd.plan import Plan
from tests.crowd.report import report
from tests.journeys.desk import Desk

SETTLE_SECONDS = 15.0  # for the last recordings


class Hall(Town):
    """Carries out a plan once."""

    has_a_late_phone = False
    looks_each_seconds = 1.0

    def __init__(self, folder: Path, plan: Plan) -> None:
        shops = tuple(TEAM)
        names = [f"agent{place:03}" for place in range(plan.agents)]
        self.team = {shop: names[place :: len(shops)] for place, shop in enumerate(shops)}
        self.plan, self.patience_seconds = plan, plan.lasts
        self._closed = False
        super().__init__(folder, plan.seed)

    def lives(self) -> tuple[Evidence, dict[str, Any]]:
        """The whole plan, and what is to be said of it."""
        self.waits(self.plan.lasts + SETTLE_SECONDS)
        evidence = self.evidence()
        return evidence, report(self.plan, evidence, judge(evidence))

    def _planned(self, seed: int) -> Sequence[Call]:
        return ()  # they come as others leave

    def _suffer(self) -> None:
        pass

    def _people_come(self) -> None:
        for place, name in enumerate(sorted(self.desks)):
            self.sim.later(self.plan.starts_at(place), self.desks[name].starts_shift)
        self._every(0.1, 0.1, lambda now: self._callers_come(now - self.began))

    def _callers_come(self, since: float) -> None:
        here = [(caller, call) for caller, call in self._legs.values() if not caller.is_over]
        for _ in range(self.plan.wanted(since) - len(here)):
            call = self.plan.caller(len(self._calls))
            self._calls[digits(call.number)] = call
            self._dials(call)
        if since >= self.plan.closes_at and not self._closed:
            self._closed = True
            for caller, call in here:
                self._acts(caller, self.plan.leaves_after(call), caller.hangs_up)

    def _clicks(self, desk: Desk, path: str) -> int:
        status = super()._clicks(desk, path)
        if status >= 500:
            self.notes.errors.append(f"{status} {path}")
        return status
