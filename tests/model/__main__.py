"""The long look: two callers who may each be claimed twice. Some minutes, a few gigabytes; JSON on standard output."""

import json
import sys
import time

from tests.model.explore import explore
from tests.model.invariants import fault
from tests.model.protocol import Rules, State, steps

if __name__ == "__main__":
    began = time.monotonic()
    found = explore(State(), lambda state: steps(state, Rules(last_generation=2)), fault)
    seconds = round(time.monotonic() - began, 1)
    print(json.dumps({"states": found.states, "wrong": found.wrong, "way": found.way, "seconds": seconds}))
    sys.exit(found.wrong is not None)
