"""The long look: two callers who may each be claimed twice, and queues that ring all. Minutes, gigabytes; JSON on standard output."""

import json
import sys
import time
from typing import Any

from tests.model.decide import Rules
from tests.model.explore import explore
from tests.model.invariants import fault
from tests.model.protocol import State, steps

WORLDS = {
    "one agent, two claims": (State(on_call=(False,)), Rules(last_generation=2)),
    "two agents, all rung": (State(), Rules(last_generation=0, rings_all=True)),
    "two agents, two claims": (State(), Rules(last_generation=2)),
}


def _looked_at(start: State, rules: Rules) -> dict[str, Any]:
    began = time.monotonic()
    found = explore(start, lambda state: steps(state, rules), lambda state: fault(state, rules))
    seconds = round(time.monotonic() - began, 1)
    return {"states": found.states, "wrong": found.wrong, "way": found.way, "seconds": seconds}


if __name__ == "__main__":
    told = {name: _looked_at(*world) for name, world in WORLDS.items()}
    print(json.dumps(told))
    sys.exit(any(one["wrong"] is not None for one in told.values()))
