"""A call from the account to a number that an account here owns: both ends are legs, each the far end of the other."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from simulator.exchange import RINGS_OUT, Plan
from simulator.hearing import Line, Sound
from simulator.legs import Leg
from simulator.witness import CHARACTERS_A_SECOND, SHORTEST_SECONDS

if TYPE_CHECKING:
    from simulator.account import Account
    from simulator.world import World

SECONDS_A_SIGN = {"w": 0.5, "W": 1.0}
SECONDS_A_KEY = 0.25
MOST_IN_A_CHAIN = 5


def owner_of(world: World, number: str) -> Account | None:
    return next((account for account in world.accounts.values() if account.number(number)), None)


def ring(world: World, caller: Leg, account: Account) -> Plan:
    """The called number is asked as for any incoming call; who calls itself without end is not answered."""
    if _depth(caller) >= MOST_IN_A_CHAIN:
        return RINGS_OUT
    called = world.exchange.incoming(account, caller.to, caller.from_, None, "")
    called.trunk, caller.trunk = caller, called
    caller.ear.watchers.append(partial(_pass_on, world, called))
    called.ear.watchers.append(partial(_pass_on, world, caller))
    called.answered.listen(lambda: world.exchange.answer(caller))
    called.ended.listen(lambda: _called_is_gone(world, caller, called))
    caller.ended.listen(lambda: world.exchange.hang_up(called, "the caller is gone"))
    return RINGS_OUT


def _called_is_gone(world: World, caller: Leg, called: Leg) -> None:
    if caller.is_up:
        world.exchange.hang_up(caller, "the called number is gone")
    elif not caller.is_over:
        world.exchange.end(caller, called.status, "as the called number")


def _pass_on(world: World, far: Leg, line: Line) -> None:
    """What one end hears is what the other end's person does."""
    if far.is_over:
        return
    if line.kind is Sound.SAY:
        world.speak(far, line.text, max(SHORTEST_SECONDS, len(line.text) / CHARACTERS_A_SECOND))
    elif line.kind is Sound.KEYS:
        after = 0.0
        for sign in line.text:
            if sign not in SECONDS_A_SIGN:
                world.kernel.after(after, partial(_press, far, sign))
            after += SECONDS_A_SIGN.get(sign, SECONDS_A_KEY)


def _press(leg: Leg, key: str) -> None:
    if not leg.is_over:
        leg.press(key)


def _depth(leg: Leg) -> int:
    """How many trunks lead to this leg, through the Dials of the calls before it."""
    depth, found = 0, leg.parent
    while found is not None and found.trunk is not None:
        depth, found = depth + 1, found.trunk.parent
    return depth
