"""Lets a crowd loose on a world, by whatever clock that has."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

from simulator.crowd.habits import Arrival, BadCrowd, Habits, arrivals
from simulator.crowd.people import Agent, Taker, Waiting
from simulator.crowd.tally import Tally

if TYPE_CHECKING:
    from simulator.account import Account
    from simulator.world import World


class Crowd:
    """Begins with `start`; `is_over` when the last caller has hung up."""

    def __init__(self, world: World, account: Account, habits: Habits) -> None:
        if habits.takers and account.app_sid not in account.applications:
            raise BadCrowd("takers are browsers, and the account has no application for them")
        for number in habits.to:
            if account.number(number) is None:
                raise BadCrowd(f"{number} is not a number of this account")
        self._world, self._account, self._habits = world, account, habits
        self._to_come = arrivals(habits)
        self._alerts_before = Counter(world.debugger.codes())
        self._agents: list[Agent] = []
        self.tally = Tally()

    @property
    def is_over(self) -> bool:
        return self.tally.calls == len(self._to_come) and self.tally.running == 0

    def start(self) -> None:
        world, habits = self._world, self._habits
        for name in (*habits.phones, *(f"client:{identity}" for identity in habits.browsers)):
            agent = Agent(world, name, habits)
            world.parties[name] = agent.ring
            self._agents.append(agent)
        for place, identity in enumerate(habits.takers):
            taker = Taker(world, identity, habits, self._account, lambda: not self.is_over)
            world.kernel.after(0.2 * place, taker.connect)
            self._agents.append(taker)
        for arrival in self._to_come:
            world.kernel.after(arrival.at, partial(self._arrives, arrival))

    def summary(self) -> dict[str, Any]:
        new = Counter(self._world.debugger.codes()) - self._alerts_before
        return {
            "over": self.is_over,
            "to_come": len(self._to_come) - self.tally.calls,
            **self.tally.summary(),
            "debugger": {str(code): count for code, count in sorted(new.items())},
        }

    def _arrives(self, arrival: Arrival) -> None:
        leg = self._world.exchange.incoming(self._account, arrival.to, arrival.from_, None, "")
        self.tally.began()
        Waiting(self._world, leg, arrival, self.tally)
        leg.ended.listen(self._maybe_over)

    def _maybe_over(self) -> None:
        """When the last caller is gone the agents go home."""
        if self.is_over:
            for agent in self._agents:
                self._world.kernel.soon(agent.leaves)
