"""Which of the able agents is rung first: each strategy is one key to order them by, the smallest first."""

import math
from hashlib import sha256
from typing import assert_never

from routing.snapshot import FreeAgent, Strategy, WaitingCaller


def preference(caller: WaitingCaller, agent: FreeAgent) -> tuple[float, ...]:
    """The key of an agent for this caller; equals are told apart by who has been idle longest."""
    match caller.strategy:
        case Strategy.LONGEST_IDLE | Strategy.BROADCAST:
            return (agent.last_offer_at,)
        case Strategy.FEWEST_CALLS:
            return (agent.calls, agent.last_offer_at)
        case Strategy.LEAST_TALK:
            return (agent.talk_seconds, agent.last_offer_at)
        case Strategy.LINEAR:
            return (caller.plan.rank(agent.id), agent.last_offer_at)
        case Strategy.RANDOM:
            return (lot(caller, agent.id),)
        case _:
            assert_never(caller.strategy)


def lot(caller: WaitingCaller, agent_id: str) -> float:
    """The lot that an agent draws for one offer: the same at every look, a weight of 3 wins three times as often.

    Weighted sampling without a pass over all: Efraimidis and Spirakis, Information Processing Letters 97 (2006), with a
    hash for the random number.
    """
    drawn = sha256(f"{caller.id}\n{caller.offers_made}\n{agent_id}".encode()).digest()
    even = (int.from_bytes(drawn[:8]) + 1) / (2**64 + 1)  # between 0 and 1, neither of them
    return -math.log(even) / caller.plan.weights.get(agent_id, 1)
