"""Callers and agents of a crowd at the far ends of legs."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from simulator.crowd.habits import Arrival, Habits, around
from simulator.crowd.tally import Tally
from simulator.exchange import RINGS_OUT, Plan
from simulator.hearing import Line, Sound
from simulator.kernel import Timer
from simulator.legs import Leg, Status
from simulator.script import SECONDS_BETWEEN_KEYS, Press, read_press

if TYPE_CHECKING:
    from simulator.account import Account
    from simulator.world import World


class Waiting:
    """A caller: presses keys, loses patience unless somebody talks, hangs up when everything is said."""

    def __init__(self, world: World, leg: Leg, arrival: Arrival, tally: Tally) -> None:
        self._world, self._leg, self._arrival, self._tally = world, leg, arrival, tally
        self._began = world.now
        self._timer: Timer | None = None
        self._talked = False
        leg.ear.watchers.append(self._heard)
        leg.ended.listen(self._over)
        press(world, leg, arrival.presses)
        self._wait()

    def _heard(self, line: Line) -> None:
        if line.kind is Sound.TALK:
            if not self._talked:
                self._talked = True
                self._tally.talked(self._world.now - self._began)
            self._in(self._arrival.talk, "everything was said")
        elif line.kind is not Sound.VOICE and self._timer is None:
            self._wait()

    def _wait(self) -> None:
        self._in(self._arrival.patience, "the patience was over")

    def _in(self, seconds: float, why: str) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._world.kernel.after(seconds, lambda: self._world.exchange.hang_up(self._leg, why))

    def _over(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._tally.ended(self._leg, talked=self._talked)


class Agent:
    """Somebody who works: talks so long, then has something to write."""

    def __init__(self, world: World, name: str, habits: Habits) -> None:
        self._world, self.name, self._habits = world, name, habits
        self._lots = random.Random(f"{habits.seed}:{name}")
        self._presses = tuple(read_press(text) for text in habits.agent_presses)
        self._free_at = 0.0
        self._leg: Leg | None = None

    @property
    def is_free(self) -> bool:
        return self._leg is None and self._world.now >= self._free_at

    def take(self, leg: Leg) -> None:
        """This leg is the agent's for now."""
        self._leg = leg
        leg.ear.watchers.append(self._heard)
        leg.answered.listen(lambda: press(self._world, leg, self._presses))
        leg.ended.listen(self._over)

    def ring(self, leg: Leg) -> Plan:
        """What the agent does when the application dials: takes it, declines, or does not notice."""
        if not self.is_free:
            return Plan(0.5, Status.BUSY)
        lot = self._lots.random()
        self.take(leg)
        if lot < self._habits.declines:
            return Plan(2.0, Status.BUSY)
        if lot < self._habits.declines + self._habits.misses:
            return RINGS_OUT
        return Plan(around(self._lots, self._habits.answers_after))

    def leaves(self) -> None:
        if self._leg is not None:
            self._world.exchange.hang_up(self._leg, "the shift is over")

    def _heard(self, line: Line) -> None:
        leg = self._leg
        if line.kind is Sound.TALK and leg is not None:
            seconds = around(self._lots, self._habits.talk * 2)
            self._world.kernel.after(seconds, lambda: self._world.exchange.hang_up(leg, "the agent hung up"))

    def _over(self) -> None:
        leg, self._leg = self._leg, None
        answered = leg is not None and leg.answered_at is not None
        self._free_at = self._world.now + (around(self._lots, self._habits.wrap_up) if answered else 1.0)


class Taker(Agent):
    """A browser that connects by itself to get the next caller, again and again."""

    def __init__(
        self, world: World, name: str, habits: Habits, account: Account, goes_on: Callable[[], bool]
    ) -> None:
        super().__init__(world, name, habits)
        self._account, self._goes_on = account, goes_on

    def connect(self) -> None:
        if not self._goes_on():
            return
        app_sid = self._account.app_sid
        self.take(self._world.exchange.from_client(self._account, self.name, app_sid, {}))

    def _over(self) -> None:
        super()._over()
        self._world.kernel.at(self._free_at, self.connect)


def press(world: World, leg: Leg, presses: tuple[Press, ...]) -> None:
    for one in presses:
        for index, key in enumerate(one.keys):
            world.kernel.after(one.at + index * SECONDS_BETWEEN_KEYS, partial(_press, leg, key))


def _press(leg: Leg, key: str) -> None:
    if not leg.is_over:
        leg.press(key)
