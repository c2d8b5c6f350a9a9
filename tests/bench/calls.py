"""What one call costs: processor time and statements of every door, click and second, for a talk from dialling to ticket.

    python -m tests.bench.calls [--calls 20] [--words DOOR]

A whole contact centre in one process on a PostgreSQL of its own, under the virtual clock: a caller presses a key, waits,
is offered, talks, is held once, hangs up; the recording is fetched and the ticket made. Counted is our own thread's
processor time (not PostgreSQL's, not the simulator's), each request for itself, and what was promised for after an
answer under `later`. Apart from that call, `other_clicks` are what its desk may also be asked for: the end of a call by
the agent, a break, the whole desk, the phone's token. `--words` prints every statement of one line of the table. JSON on standard output, a table on
standard error. Statements are exact; times are the medians of the calls and drift with the machine.
"""

import argparse
import json
import statistics
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

import structlog
from flask import Flask

from panel.push import Streams
from recordings import work
from tests.bench.meter import Cost, Meter
from tests.journeys import shop as shops
from tests.journeys.databases import OnPostgres
from tests.journeys.shop import Shop
from tests.postgres.server import PostgresServer
from voice import clock
from voice.garbage import settle
from voice.migrate import migrate
from voice.runtime import Runtime
from voice.store import Store

OTHER_CLICKS = (
    "api calls end",
    "api away",
    "api available",
    "api shift start",
    "api shift end",
    "api desk",
    "api token",
)
WARM_UP = 3  # calls whose statements are compiled and prepared


def main() -> int:
    """Run the bench."""
    words = argparse.ArgumentParser(prog="python -m tests.bench.calls", description="What one call costs.")
    words.add_argument("--calls", type=int, default=20, help="calls that are measured")
    words.add_argument("--words", default="", help="print every statement of one line of the table")
    chosen = words.parse_args()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    settle()
    with ExitStack() as end, tempfile.TemporaryDirectory() as folder:
        postgres = PostgresServer().start()
        end.callback(postgres.close)
        report = bench(end, Path(folder), postgres, chosen.calls, chosen.words)
    print(_table(report), file=sys.stderr)
    print(json.dumps(report, indent=2))
    return 0


def bench(
    end: ExitStack, folder: Path, postgres: PostgresServer, calls: int, words: str = ""
) -> dict[str, Any]:
    """The cost of a call, by name."""
    url = postgres.url(postgres.new_database())
    store = Store(url)
    migrate(store, lambda _line: None)
    store.close()
    meter = Meter()
    shop = metered(end, meter, folder, OnPostgres(postgres, url))
    shop.ann.starts_shift()
    for _ in range(WARM_UP):
        one_call(shop)
        other_clicks(shop)
    spent, clicked = [], []
    for _ in range(calls):
        meter.forget()
        one_call(shop)
        spent.append(dict(meter.costs))
        told = list(meter.words.get(words, ()))
        meter.forget()
        other_clicks(shop)
        clicked.append({name: cost for name, cost in meter.costs.items() if name in OTHER_CLICKS})
        told = told or list(meter.words.get(words, ()))
    for line in told:
        print(line[:400], file=sys.stderr)
    of_a_call = _lines(spent)
    return {
        "calls": calls,
        "of_a_call": of_a_call,
        "whole": _sum(of_a_call),
        "other_clicks": _lines(clicked),
    }


def metered(end: ExitStack, meter: Meter, folder: Path, database: OnPostgres) -> Shop:
    """A shop whose doors, clicks, jobs and rounds are counted."""
    end.enter_context(meter.listening())
    made = shops._app

    def app(rt: Runtime) -> Flask:
        flask = made(rt)
        inner = flask.wsgi_app

        def counted(environ: Any, start_response: Any) -> Any:
            with meter.under(_name(environ["PATH_INFO"])):
                return inner(environ, start_response)

        end.enter_context(patch.object(flask, "wsgi_app", counted))
        return flask

    end.enter_context(patch.object(shops, "_app", app))
    end.enter_context(patch.object(clock, "step", meter.counting("clock, a round", clock.step)))
    end.enter_context(patch.object(shops, "run_due", meter.counting("worker, a look", work.run_due)))
    end.enter_context(patch.object(Streams, "step", meter.counting("push, a look", Streams.step)))
    later = Shop._later
    end.enter_context(
        patch.object(Shop, "_later", lambda self, job: later(self, meter.counting("later", job)))
    )
    shop = Shop(folder, database=database)
    end.callback(shop.rt.store.close)
    return shop


def one_call(shop: Shop) -> None:
    """A customer's call, from dialling to the ticket."""
    caller = shop.joins_queue()
    shop.ann.rings()
    shop.waits(1)
    shop.ann.accepts()
    shop.ann.talks_to(caller)
    shop.waits(5)
    shop.ann.holds()
    shop.waits(3)
    shop.ann.resumes()
    shop.waits(5)
    caller.hangs_up()
    shop.waits(10)
    shop.ann.posts("/api/wrap-up/end")
    shop.waits(2)


def other_clicks(shop: Shop) -> None:
    """What a desk may be asked for besides: a call that the agent ends, a break, the whole desk, the phone's token."""
    caller = shop.joins_queue()
    shop.ann.rings()
    shop.ann.accepts()
    shop.ann.talks_to(caller)
    shop.ann.ends()
    shop.waits(2)
    shop.ann.posts("/api/away", reason="lunch")
    shop.waits(1)
    shop.ann.posts("/api/available")
    shop.ann.posts("/api/shift/end")
    shop.ann.posts("/api/shift/start")
    shop.browser(shop.ann).get("/api/desk")
    shop.ann.posts("/api/token")
    shop.waits(2)


def _name(path: str) -> str:
    parts = path.strip("/").split("/")
    return " ".join(part for part in parts[: 3 if "shift" in parts else 2]) + (
        "".join(f" {part}" for part in parts[3:4])
    )


def _lines(spent: list[dict[str, Cost]]) -> dict[str, dict[str, float]]:
    lines = {}
    for name in sorted({name for costs in spent for name in costs}):
        costs = [costs.get(name, Cost()) for costs in spent]
        lines[name] = {
            "times": statistics.median(cost.times for cost in costs),
            "milliseconds": round(1000 * statistics.median(cost.seconds for cost in costs), 2),
            "statements": statistics.median(cost.statements for cost in costs),
            "transactions": statistics.median(cost.transactions for cost in costs),
        }
    return lines


def _sum(lines: dict[str, dict[str, float]]) -> dict[str, float]:
    return {
        figure: round(sum(line[figure] for line in lines.values()), 1)
        for figure in ("milliseconds", "statements", "transactions")
    }


def _table(report: dict[str, Any]) -> str:
    call, clicks = report["of_a_call"], report["other_clicks"]
    return "\n".join(
        [
            *_rows("of a call", {**call, "whole": {"times": "", **report["whole"]}}),
            "",
            *_rows("other clicks", clicks),
        ]
    )


def _rows(title: str, lines: dict[str, dict[str, Any]]) -> list[str]:
    """The dearest first, the sum at the end."""
    by_cost = sorted(lines.items(), key=lambda item: (item[0] == "whole", -item[1]["milliseconds"]))
    return [
        f"{title:<32}{'times':>7}{'ms':>9}{'statements':>12}{'transactions':>14}",
        *(
            f"{name:<32}{line['times']:>7}{line['milliseconds']:>9.1f}{line['statements']:>12}{line['transactions']:>14}"
            for name, line in by_cost
        ),
    ]


if __name__ == "__main__":
    sys.exit(main())
