"""`make crowd`: very many callers and agents at once, and then it is judged whether anybody was forgotten.

    make crowd                                          1,000 callers at once for three minutes, 400 agents
    make crowd CALLS=100 AGENTS=40 SECONDS=30 SEED=7    a small one
    make crowd ARRIVALS=11                              the house fills at 11 calls a second; usually at 4
    make crowd WEB_WORKERS=2                            settings are given as for the product

Callers and agents come until the house is full, it stays full for SECONDS, then it empties in half the time that it took
to fill. Talks last half of SECONDS to one and a half. The same seed gives the same callers. Progress goes to standard error;
the last line, on standard output, is one JSON object. The exit code is 1 when a call was broken, a request not served or
the house not full; then the account of such calls, from the simulator's ledger, is printed.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from deploy.local.stop import Stop
from tests.bench_push import raise_limit
from tests.chaos.__main__ import account, tell
from tests.crowd.plan import USUAL_ARRIVALS, Plan
from tests.crowd.run import Outcome, run

USUAL: dict[str, Any] = {"calls": 1000, "agents": 400, "seconds": 180, "seed": 1, "arrivals": USUAL_ARRIVALS}
WORDS = ", ".join(USUAL).upper()
MOST_TOLD = 20


def main() -> int:
    """Run once; the exit code."""
    parser = argparse.ArgumentParser(
        prog="make crowd", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in USUAL:
        parser.add_argument(f"--{name}", default="")
    parser.add_argument("--keep", type=Path, help="a folder for ledger and words of the processes")
    given = parser.parse_args()
    try:
        plan = Plan(**{name: type(usual)(getattr(given, name) or usual) for name, usual in USUAL.items()})
    except ValueError as wrong:
        print(f"make crowd: {wrong}; {WORDS} are numbers, all but ARRIVALS whole", file=sys.stderr)
        return 2
    raise_limit()
    words: list[str] = []
    try:
        with tempfile.TemporaryDirectory(prefix="ringdesk-crowd-") as folder:
            outcome = asyncio.run(run(plan, Path(folder), tell, words))
    except Stop as stop:
        print(*words[-60:], f"make crowd: {stop}", sep="\n", file=sys.stderr)
        return 1
    finally:
        if given.keep is not None:
            given.keep.mkdir(parents=True, exist_ok=True)
            (given.keep / "words.log").write_text("\n".join(words), encoding="utf-8")
    if given.keep is not None:
        lines = "\n".join(json.dumps(fact) for fact in outcome.chronicle.facts)
        (given.keep / "ledger.jsonl").write_text(lines, encoding="utf-8")
    if not outcome.is_good:
        _account(outcome)
    print(json.dumps(outcome.told))
    return 0 if outcome.is_good else 1


def _account(outcome: Outcome) -> None:
    for line in outcome.unserved[:MOST_TOLD]:
        tell(line)
    account(outcome.verdicts, outcome.chronicle)


if __name__ == "__main__":
    sys.exit(main())
