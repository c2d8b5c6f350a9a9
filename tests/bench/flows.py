"""What flows cost: a turn beside one HMAC, checking a large file beside only reading it. JSON on standard output.

    python -m tests.bench.flows [--rounds 21]

`turn` resumes a call at a menu (its session read from bytes, the key pressed, the next step said, the session written
again). `hmac` signs 28 fields as one webhook has them, with the concatenation and the sorting. `check` is what
`ringdesk flows check` does to a file of 4,500 lines, `load` only our own reading of YAML as text with positions. The
ways take turns in every round; figures are medians of CPU time, the bounds are ratios. Exit code 1 when one is missed.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from callflows import engine
from callflows.check import check
from callflows.events import KeysPressed
from callflows.flow import Flow
from callflows.read import read_flow
from callflows.session import Caller, Session
from callflows.yaml_text import read_yaml
from tests.wire.build import call_fields
from voice.signature import sign

FLOWS = Path(__file__).parents[2] / "callflows" / "merchants"
NOON = 1_795_608_000.0
LINES = 4_500
TURNS = 2_000
BOUNDS = {"turn_per_hmac": 8.0, "check_per_load": 6.0}
HEAD = """flow_version: 1
merchant: large
name: A Large Shop
timezone: Europe/Berlin
numbers: ["+12025550170"]
recording: {announce: "This call is recorded."}
calendars: {shop: {mon-fri: 09:00-17:00}}
queues: {orders: {max_wait: 10m}}
start: hello_0
fallback: message
steps:
"""
PIECE = """
  hello_{n}:
    say: "Good day, and thank you for calling {{merchant}}, line {n}."
    next: open_{n}

  open_{n}:
    hours: shop
    open: menu_{n}
    closed: message

  menu_{n}:
    menu: "For orders press 1, for anything else press 2, to hear this again press star."
    options: {{1: line_{n}, 2: hello_{m}, star: menu_{n}}}
    again: "Sorry, I did not get that."
    no_input: line_{n}
    no_match: line_{n}

  line_{n}:
    queue: orders
    timeout: message
    full: message
"""
TAIL = """
  message:
    voicemail: "Please leave a message."
    next: bye

  bye:
    hangup: "Goodbye."
"""


def main() -> int:
    """Run it; 1 when a bound is missed."""
    words = argparse.ArgumentParser(prog="python -m tests.bench.flows", description="Time flows.")
    words.add_argument("--rounds", type=int, default=21)
    found = bench(words.parse_args().rounds)
    print(json.dumps(found, indent=2))
    return 0 if all(found["ratios"][name] <= most for name, most in BOUNDS.items()) else 1


def bench(rounds: int) -> dict[str, Any]:
    """The figures, absolutes in microseconds and milliseconds."""
    flow = read_flow((FLOWS / "northwind.yaml").read_text("utf-8"), "northwind.yaml")
    text = large_flow()
    fields = list(call_fields().items())
    micro = medians(
        {"turn": turns(flow), "hmac": lambda: [sign(URL, fields, SECRET) for _ in range(TURNS)]}, rounds
    )
    milli = medians(
        {"check": lambda: checked(text), "load": lambda: read_yaml(text, "large.yaml")}, max(3, rounds // 4)
    )
    return {
        "lines": text.count("\n"),
        "fields": len(fields),
        "turn_us": round(micro["turn"] / TURNS * 1e6, 2),
        "hmac_us": round(micro["hmac"] / TURNS * 1e6, 2),
        "check_ms": round(milli["check"] * 1e3, 1),
        "load_ms": round(milli["load"] * 1e3, 1),
        "ratios": {
            "turn_per_hmac": round(micro["turn"] / micro["hmac"], 2),
            "check_per_load": round(milli["check"] / milli["load"], 2),
        },
        "bounds": BOUNDS,
        "python": sys.version.split()[0],
    }


URL, SECRET = "https://calls.example/voice/turn/" + "s" * 200, "0123456789abcdef" * 2


def turns(flow: Flow) -> Callable[[], None]:
    """Many turns of one call at its menu: star repeats it."""
    first = engine.start(flow, Caller("+12025550123", flow.numbers[0]), NOON)
    if first.session is None:
        raise ValueError("the flow has no menu")
    dumped, event = first.session.dump(), KeysPressed("*")

    def run() -> None:
        for _ in range(TURNS):
            turn = engine.resume(flow, Session.load(dumped), event, NOON)
            if turn.session is None:
                raise ValueError("the call is over")
            turn.session.dump()

    return run


def checked(text: str) -> None:
    """What `check` does to a file's text."""
    flow = read_flow(text, "large.yaml")
    found = check(flow)
    if found:
        raise ValueError(f"the large flow is not clean: {found[0]}")


def large_flow() -> str:
    """A clean flow of some 4,500 lines."""
    count = 1 + (LINES - HEAD.count("\n") - TAIL.count("\n")) // PIECE.count("\n")
    pieces = (PIECE.format(n=number, m=(number + 1) % count) for number in range(count))
    return HEAD + "".join(pieces) + TAIL


def medians(ways: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """CPU seconds of each way, the median of interleaved rounds after one to warm up."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, way in ways.items():
            began = time.process_time()
            way()
            if number:
                taken[name].append(time.process_time() - began)
    return {name: statistics.median(several) for name, several in taken.items()}


if __name__ == "__main__":
    sys.exit(main())
