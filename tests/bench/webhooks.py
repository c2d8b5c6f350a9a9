"""Webhooks a second on one core: our plain and durable turn beside three references, in one interleaved run.

    python -m tests.bench.webhooks [--rounds 5] [--seconds 3] [--connections 32] [--only turn checked ...]

`bare` is a constant reply from WSGI on our server, `checked` the same after our guard has read the request (the ceiling
for every answer of ours), `turn` our plain menu turn, `durable` the same with its facts in PostgreSQL before the answer,
`flask` a textbook Flask turn, `express` Express with twilio, ioredis and pg. Every request is signed and has 28 fields.
The servers have one core, everything else (the load, PostgreSQL, Valkey) the other. JSON on standard output, a table on
standard error; ratios hold on a busy machine, figures drift by a factor of two. PostgreSQL does not wait for its disk,
which helps those most who commit for each request.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import structlog

from tests.bench import express, servers
from tests.bench.load import Told, drive
from tests.bench.servers import Server, free_port, granian
from tests.bench.shop import AUTH_TOKEN, BASE_URL, Shop, signed
from tests.postgres.server import PostgresServer
from tests.recordings.processes import Valkey

SERVER_CORE, OTHER_CORE = 0, 1
NAMES = ("bare", "checked", "turn", "durable", "flask", "express")
WARM_UP_SECONDS = 0.7
MOST, MOST_OWN = 100_000, 20_000  # more than any server here answers in a second
SAME = 512  # different requests for a server that keeps no calls apart


@dataclass
class Way:
    """One way to answer a webhook, with what was measured."""

    server: Server
    requests: Iterator[bytes]
    most: int  # requests a second that are made ready
    told: list[Told] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)  # microseconds a request

    def measure(self, seconds: float, connections: int) -> None:
        """One round; its requests are made ready before it, or making them would be what is measured."""
        for_warming, ready = (
            iter(list(islice(self.requests, round(self.most * time)))) for time in (WARM_UP_SECONDS, seconds)
        )
        drive(self.server.port, for_warming, WARM_UP_SECONDS, connections)
        before = self.server.cpu_seconds()
        told = drive(self.server.port, ready, seconds, connections)
        if told.refused:
            raise RuntimeError(f"{self.server.name} refused {told.refused} of {told.answers} requests")
        self.told.append(told)
        self.cpu.append((self.server.cpu_seconds() - before) / told.answers * 1e6)

    def figures(self) -> dict[str, Any]:
        """Medians of the rounds."""
        return {
            "per_second": round(statistics.median(told.per_second for told in self.told)),
            "cpu_microseconds": round(statistics.median(self.cpu), 1),
            "p50_ms": round(statistics.median(told.milliseconds(0.5) for told in self.told), 2),
            "p99_ms": round(statistics.median(told.milliseconds(0.99) for told in self.told), 2),
        }


def main() -> int:
    """Run the bench."""
    words = argparse.ArgumentParser(
        prog="python -m tests.bench.webhooks", description="Webhooks a second, compared."
    )
    words.add_argument("--rounds", type=int, default=5, help="rounds in which every server takes its turn")
    words.add_argument("--seconds", type=float, default=3.0, help="how long each is measured in a round")
    words.add_argument("--connections", type=int, default=32, help="keep-alive connections")
    words.add_argument("--node", help="a Node of your own for Express, instead of the wheel's")
    words.add_argument("--only", nargs="+", choices=NAMES, default=list(NAMES), help="only these servers")
    chosen = words.parse_args()
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr)
    )  # JSON alone on standard output
    with ExitStack() as end, tempfile.TemporaryDirectory() as folder:
        ways = _start(end, Path(folder), chosen.only, chosen.node)
        for number in range(chosen.rounds):
            print(f"round {number + 1} of {chosen.rounds}", file=sys.stderr, flush=True)
            names = list(ways) if number % 2 == 0 else list(reversed(ways))
            for name in names:
                ways[name].measure(chosen.seconds, chosen.connections)
        report = _report({name: way.figures() for name, way in ways.items()})
    print(_table(report), file=sys.stderr)
    print(json.dumps(report, indent=2))
    return 0


def _start(end: ExitStack, folder: Path, names: list[str], node: str | None = None) -> dict[str, Way]:
    """Bring up what is asked for; everything ends with `end`."""
    print("starting PostgreSQL, Valkey and the servers", file=sys.stderr, flush=True)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {OTHER_CORE})
    postgres = PostgresServer().start()
    end.callback(postgres.close)
    valkey = Valkey(folder)
    end.callback(valkey.stop)
    shop = Shop(folder, postgres, valkey.url)
    end.callback(shop.close)
    plain = {
        "AUTH_TOKEN": AUTH_TOKEN,
        "BASE_URL": BASE_URL,
        "REDIS_URL": valkey.url,
        "DATABASE_URL": shop.bench_url,
    }
    constant, textbook = "tests.bench.apps.constant:create", "tests.bench.apps.textbook:create"
    commands: dict[str, Callable[[int], tuple[list[Any], dict[str, str]]]] = {
        "bare": lambda port: (granian(constant, port), plain),
        "checked": lambda port: (granian(constant, port), plain | {"BENCH_CHECKS": "1"}),
        "turn": lambda port: (shop.web, shop.environment(port, "behind")),
        "durable": lambda port: (shop.web, shop.environment(port, "before")),
        "flask": lambda port: (granian(textbook, port), plain),
        "express": lambda port: (
            express.command(node),
            plain | {"PORT": str(port), "NODE_ENV": "production"},
        ),
    }
    ways: dict[str, Way] = {}
    for name in names:
        port = free_port()
        command, env = commands[name](port)
        server = servers.start(name, command, env, folder, port, SERVER_CORE)
        end.callback(server.close)
        requests, most = (
            (shop.turns(), MOST_OWN)
            if name in ("turn", "durable")
            else (cycle([signed("/menu", number) for number in range(SAME)]), MOST)
        )
        ways[name] = Way(server.wait(), requests, most)
        _refuses_what_is_altered(ways[name], name)
    return ways


def _refuses_what_is_altered(way: Way, name: str) -> None:
    """A benchmark of an open door would be worth nothing."""
    request = next(way.requests)
    assert drive(way.server.port, iter([request]), 2, 1).refused == 0, name
    altered = request.replace(b"Digits=1", b"Digits=2")
    assert altered != request
    told = drive(way.server.port, iter([altered]), 2, 1)
    assert told.refused == (0 if name == "bare" else told.answers), name


def _report(figures: dict[str, dict[str, Any]]) -> dict[str, Any]:
    def ratio(one: str, other: str) -> float | None:
        if one not in figures or other not in figures:
            return None
        return round(float(figures[one]["per_second"] / figures[other]["per_second"]), 2)

    ratios = {
        "turn_to_checked": (ratio("turn", "checked"), 0.4),
        "turn_to_flask": (ratio("turn", "flask"), 8.0),
        "durable_to_express": (ratio("durable", "express"), 3.0),
    }
    return {
        "servers": figures,
        "ratios": {name: {"is": is_, "goal": goal} for name, (is_, goal) in ratios.items()},
        "ok": all(is_ is None or is_ >= goal for is_, goal in ratios.values()),
    }


def _table(report: dict[str, Any]) -> str:
    lines = [f"{'':10}{'a second':>10}{'CPU us':>10}{'p50 ms':>10}{'p99 ms':>10}"]
    for name, one in report["servers"].items():
        lines.append(
            f"{name:10}{one['per_second']:>10}{one['cpu_microseconds']:>10}{one['p50_ms']:>10}{one['p99_ms']:>10}"
        )
    for name, one in report["ratios"].items():
        lines.append(f"{name:20} {one['is']}  (goal {one['goal']})")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
