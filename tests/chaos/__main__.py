"""`make chaos`: everything breaks in turn while people call, and then it is judged whether anybody noticed.

    make chaos                    this help
    make chaos SEED=7             the run of seed 7: two minutes
    make chaos SEED=7 SECONDS=30  a short one

The same seed gives the same plan. Progress goes to standard error; the last line, on standard output, is one JSON object.
The exit code is 1 when a call was broken; then the account of each such call, from the simulator's ledger, is printed.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path

from deploy.local.stop import Stop
from tests.chaos.chronicle import Chronicle
from tests.chaos.evidence import Verdicts
from tests.chaos.plan import USUAL_SECONDS, make_plan
from tests.chaos.run import run

MOST_ACCOUNTS, MOST_BREACHES = 5, 50


def main() -> int:
    """Run once; the exit code."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seed", default="")
    parser.add_argument("--seconds", default="")
    parser.add_argument("--keep", type=Path, help="a folder for ledger and words of the processes")
    given = parser.parse_args()
    if not given.seed:
        print(__doc__)
        return 0
    try:
        plan = make_plan(int(given.seed), int(given.seconds or USUAL_SECONDS))
    except ValueError as wrong:
        print(f"make chaos: {wrong}; SEED and SECONDS are whole numbers", file=sys.stderr)
        return 2
    words: list[str] = []
    try:
        with tempfile.TemporaryDirectory(prefix="ringdesk-chaos-") as folder:
            outcome = asyncio.run(run(plan, Path(folder), tell, words))
    except Stop as stop:
        print(*words[-60:], f"make chaos: {stop}", sep="\n", file=sys.stderr)
        return 1
    finally:
        if given.keep is not None:
            given.keep.mkdir(parents=True, exist_ok=True)
            (given.keep / "words.log").write_text("\n".join(words), encoding="utf-8")
    if given.keep is not None:
        (given.keep / "ledger.jsonl").write_text(
            "\n".join(json.dumps(fact) for fact in outcome.chronicle.facts), encoding="utf-8"
        )
    if not outcome.is_good:
        account(outcome.verdicts, outcome.chronicle)
    print(json.dumps(outcome.told))
    return 0 if outcome.is_good else 1


def account(verdicts: Verdicts, chronicle: Chronicle) -> None:
    """What was broken, and the ledger of the first broken calls."""
    told: list[str] = []
    for name, breaches in verdicts.items():
        for breach in breaches[:MOST_BREACHES]:
            tell(f"{name}: {breach.caller} {breach.said}")
            if breach.call and breach.call not in told:
                told.append(breach.call)
    for sid in told[:MOST_ACCOUNTS]:
        tell(f"\n{chronicle.legs[sid].number} ({sid}), seconds since it rang:")
        tell("\n".join(chronicle.account(sid)))
    if len(told) > MOST_ACCOUNTS:
        tell(f"\n{len(told) - MOST_ACCOUNTS} more calls were broken")


def tell(line: str) -> None:
    """Progress, for people."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
