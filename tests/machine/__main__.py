"""The long look: 500 lives of 50 steps on each database, half of them with all of the talk control. Progress on standard error, JSON on standard output.

    python -m tests.machine [--lives 500] [--steps 50] [--seed 0]

The exit code is 1 when a life broke something; then its program is printed, to be kept as a test.
"""

import argparse
import json
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.machine.full import FullLife
from tests.machine.live import SHORTENED, live
from tests.machine.machine import Life
from tests.machine.premises import Premises
from tests.postgres.server import PostgresServer
from voice.migrate import migrate
from voice.store import Store

PART = 25  # lives between two words of progress


def main() -> int:
    """Live; 1 when something broke."""
    words = argparse.ArgumentParser(
        prog="make soak-routing", description="Live through many orders of steps."
    )
    words.add_argument("--lives", type=int, default=500)
    words.add_argument("--steps", type=int, default=50)
    words.add_argument("--seed", type=int, default=0)
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        told = {name: _soak(made, name, given) for name, made in _databases(Path(folder))}
    print(json.dumps({"ok": all(one["ok"] for one in told.values()), "steps": given.steps, **told}))
    return 0 if all(one["ok"] for one in told.values()) else 1


def _databases(folder: Path) -> Iterator[tuple[str, Premises]]:
    for name in ("sqlite", "postgresql"):
        (folder / name).mkdir()
    yield "sqlite", Premises(folder / "sqlite", {})
    server = PostgresServer().start()
    try:
        server.execute("CREATE DATABASE soak")
        store = Store(server.url("soak"))
        migrate(store, lambda _line: None)
        store.close()
        yield "postgresql", Premises(folder / "postgresql", {"database_url": server.url("soak")})
    finally:
        server.close()


def _soak(premises: Premises, name: str, given: argparse.Namespace) -> dict[str, Any]:
    began, lived, fault = time.monotonic(), 0, ""
    for kind, number, many in _parts(given.lives, given.seed):
        try:
            live(premises, many, given.steps, number=number, kind=kind, phases=SHORTENED)
        except Exception as broken:
            traceback.print_exc(file=sys.stderr)
            fault = f"{type(broken).__name__}: {broken}"[:500]
        lived += many
        print(f"{name}: {lived} of {given.lives} lives, {time.monotonic() - began:.0f} s", file=sys.stderr)
        if fault:
            break
    premises.close()
    return {"ok": not fault, "lives": lived, "fault": fault, "seconds": round(time.monotonic() - began, 1)}


def _parts(lives: int, seed: int) -> Iterator[tuple[type[Life], int, int]]:
    """What kind of lives, from which seed, how many at once."""
    full = lives // 2
    for kind, share in ((Life, lives - full), (FullLife, full)):
        for begun in range(0, share, PART):
            yield kind, seed + begun, min(PART, share - begun)


if __name__ == "__main__":
    sys.exit(main())
