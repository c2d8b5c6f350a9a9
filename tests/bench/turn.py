"""How many plain menu turns one core answers, in process, by each way in: JSON on standard output.

    python -m tests.bench.turn [--rounds 9] [--turns 1000]

`entrance` is the WSGI way, `flask` the rule of Flask, `constant` a WSGI application that checks the signature and says
always the same: what any answer costs at least. The turns belong to as many calls, each signed and sealed for itself,
and note their facts for the journal, which is written between the rounds. The ways take turns in every round; figures
are medians. Ratios hold on a busy machine, and CPU time does better than the clock on the wall.
"""

import argparse
import json
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import structlog
from flask import Flask

from simulator.account import Account
from tests.bench.shop import FLOW, NUMBER
from tests.build import BASE_URL, account_json, make_rt
from tests.wire.build import Environ, call_fields, signed_environ
from voice import speak, web
from voice.doors import secrets_of
from voice.entrance import install
from voice.garbage import settle
from voice.guard import Admitted, admit
from voice.runtime import Runtime, SharedClock
from voice.seeding import seed_merchants

Wsgi = Callable[..., Iterable[bytes]]
Request = tuple[Environ, bytes]


def main() -> int:
    """Run the bench."""
    words = argparse.ArgumentParser(prog="python -m tests.bench.turn", description="Time a plain menu turn.")
    words.add_argument("--rounds", type=int, default=9)
    words.add_argument("--turns", type=int, default=1000)
    chosen = words.parse_args()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(bench(Path(folder), chosen.rounds, chosen.turns), indent=2))
    return 0


def bench(folder: Path, rounds: int, turns: int) -> dict[str, Any]:
    """The figures of every way in."""
    rt, account = _shop(folder)
    app = Flask("bench", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=64 * 1024)
    web.register(app, rt)
    install(app, rt)
    ways: dict[str, Wsgi] = {
        "entrance": app.wsgi_app,
        "flask": partial(Flask.wsgi_app, app),
        "constant": _constant(rt),
    }
    requests = [_turn(app.wsgi_app, account, number) for number in range(turns)]
    _same_answers(ways, requests[0])
    settle()
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for number in range(rounds + 1):  # the first warms up
        order = list(ways)[number % len(ways) :] + list(ways)[: number % len(ways)]
        for name in order:
            took[name].append(_time(ways[name], requests))
            _write_journal(rt)
    rt.store.close()
    return _report({name: times[1:] for name, times in took.items()}, turns)


def _shop(folder: Path) -> tuple[Runtime, Account]:
    (folder / "flows").mkdir()
    (folder / "flows" / "northwind.yaml").write_text(FLOW, encoding="utf-8")
    account = Account.demo(base_url=BASE_URL, numbers=(NUMBER,))
    (folder / "account.json").write_text(json.dumps(account_json(account)), encoding="utf-8")
    rt = make_rt(folder, SharedClock())
    seed_merchants(rt, folder / "account.json")
    return rt, account


def _constant(rt: Runtime) -> Wsgi:
    answer = speak.document(speak.hang_up())
    headers = [("Content-Type", speak.CONTENT_TYPE), ("Content-Length", str(len(answer)))]

    def application(environ: Environ, start_response: Callable[..., object]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        checked = admit(environ, body, partial(secrets_of, rt), BASE_URL)
        start_response("200 OK" if isinstance(checked, Admitted) else "403 Forbidden", headers)
        return (answer,)

    return application


def _turn(app: Wsgi, account: Account, number: int) -> Request:
    """The caller of a call of its own presses 1 in the first menu."""
    fields = call_fields(
        AccountSid=account.sid, CallSid=f"CA{number:032x}", To=NUMBER, Called=NUMBER, CallStatus="in-progress"
    )
    signed = partial(signed_environ, secret=account.auth_token, base_url=BASE_URL)
    menu = _ask(app, signed("/voice/incoming", fields))[1].decode()
    found = re.search(r"/voice/turn/[A-Za-z0-9_-]+", menu)
    assert found is not None, menu
    return signed(found[0], fields | {"Digits": "1", "FinishedOnKey": ""})


def _same_answers(ways: dict[str, Wsgi], request: Request) -> None:
    assert _ask(ways["entrance"], request) == _ask(ways["flask"], request)
    assert b"For the state of an order" in _ask(ways["entrance"], request)[1]
    assert _ask(ways["constant"], request)[0] == "200 OK"


def _time(app: Wsgi, requests: list[Request]) -> tuple[float, float]:
    """Seconds on the wall and of the processor for all requests."""
    wall, cpu = time.perf_counter(), time.process_time()
    for request in requests:
        status, _ = _ask(app, request)
        assert status.startswith("200")
    return time.perf_counter() - wall, time.process_time() - cpu


def _ask(app: Wsgi, request: Request) -> tuple[str, bytes]:
    environ, body = request
    said: list[str] = []
    pieces = app(environ | {"wsgi.input": BytesIO(body)}, lambda status, _headers: said.append(status))
    return said[0], b"".join(pieces)


def _write_journal(rt: Runtime) -> None:
    while rt.journal.step():
        pass


def _report(took: dict[str, list[tuple[float, float]]], turns: int) -> dict[str, Any]:
    wall, cpu = (
        {name: statistics.median(pair[which] for pair in pairs) / turns for name, pairs in took.items()}
        for which in (0, 1)
    )
    return {
        "turns": turns,
        "rounds": len(took["entrance"]),
        "per_second": {name: round(1 / seconds) for name, seconds in wall.items()},
        "cpu_microseconds": {name: round(seconds * 1e6, 1) for name, seconds in cpu.items()},
        "entrance_to_flask": round(cpu["flask"] / cpu["entrance"], 2),
        "entrance_to_constant": round(cpu["constant"] / cpu["entrance"], 2),
    }


if __name__ == "__main__":
    sys.exit(main())
