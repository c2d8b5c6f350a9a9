"""`make bench-media`: what calls with sound cost, and how long an agent waits; one JSON object on standard output.

    python -m tests.bench.media [--calls 10 25] [--seconds 10] [--talks 8]

The first part is `python -m simulator.sound.bench`: CPU and late ticks of the media process. The second is desk_times.py:
the ring and the first sound at a real desk. The exit code is 1 when a goal is missed.
"""

import argparse
import json
import subprocess
import sys
from typing import Any, Final

from tests.bench.desk_times import measure

GOAL_CLICK_TO_SOUND_MS: Final = 700.0


def main() -> int:
    """Run both parts, one after the other."""
    words = argparse.ArgumentParser(prog="python -m tests.bench.media", description=__doc__)
    words.add_argument("--calls", type=int, nargs="+", default=[10, 25], help="two-leg calls at once")
    words.add_argument("--seconds", type=float, default=10.0, help="how long each of these runs is measured")
    words.add_argument("--talks", type=int, default=8, help="calls that the agent takes")
    given = words.parse_args()
    cost = _cost(given.calls, given.seconds)
    desk = {"goal_click_to_sound_ms": GOAL_CLICK_TO_SOUND_MS, **measure(given.talks)}
    ok = bool(cost["ok"]) and desk["click_to_sound_ms"] <= GOAL_CLICK_TO_SOUND_MS
    print(json.dumps({**cost, "ok": ok, "desk": desk}))
    return 0 if ok else 1


def _cost(calls: list[int], seconds: float) -> dict[str, Any]:
    command = [sys.executable, "-m", "simulator.sound.bench", "--seconds", str(seconds)]
    command += ["--calls", *map(str, calls)]
    ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    return dict(json.loads(ran.stdout.splitlines()[-1]))


if __name__ == "__main__":
    sys.exit(main())
