"""`python -m simulator crowd`: in this process under the virtual clock, or in a simulator that runs."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any

from simulator.account import Account
from simulator.caller import CannotCall, ask
from simulator.crowd.crowd import Crowd
from simulator.crowd.habits import BadCrowd, Habits
from simulator.inprocess import WsgiApp

LOOKS_EVERY_SECONDS = 1.0
TIMES = ("patience", "talk", "answers_after", "wrap_up")
LISTS = {
    "press": "presses",
    "phone": "phones",
    "browser": "browsers",
    "taker": "takers",
    "agent_press": "agent_presses",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--to",
        action="append",
        default=[],
        metavar="NUMBER",
        help="who is called (default: every number of the account)",
    )
    parser.add_argument("--minutes", type=float, help="how long callers come (default 10)")
    parser.add_argument("--per-minute", type=float, help="how many come in a minute, on average (default 6)")
    parser.add_argument("--patience", metavar="TIME", help="how long they wait, on average (default 120s)")
    parser.add_argument("--talk", metavar="TIME", help="how long they talk, on average (default 3m)")
    parser.add_argument(
        "--press",
        action="append",
        default=[],
        metavar="KEYS@TIME",
        help="what callers press; of 1|1|2@4s each draws one",
    )
    parser.add_argument(
        "--phone", action="append", default=[], metavar="NUMBER", help="an agent on an ordinary phone"
    )
    parser.add_argument(
        "--browser", action="append", default=[], metavar="NAME", help="an agent whose browser is dialled"
    )
    parser.add_argument(
        "--taker",
        action="append",
        default=[],
        metavar="NAME",
        help="an agent whose browser connects to get the next caller",
    )
    parser.add_argument(
        "--agent-press",
        action="append",
        default=[],
        metavar="KEYS@TIME",
        help="what agents press after answering",
    )
    parser.add_argument("--answers-after", metavar="TIME", help="how long agents let it ring (default 4s)")
    parser.add_argument("--declines", type=float, help="part of the calls that agents decline (default 0.05)")
    parser.add_argument(
        "--misses", type=float, help="part of the calls that agents do not notice (default 0.05)"
    )
    parser.add_argument("--wrap-up", metavar="TIME", help="what agents need after a call (default 20s)")
    parser.add_argument("--seed", type=int, help="another crowd (default 1)")
    parser.add_argument(
        "--app", metavar="MODULE:NAME", help="a WSGI application: run it here, under the virtual clock"
    )
    parser.add_argument("--account", type=Path, metavar="FILE", help="with --app: the account file")
    parser.add_argument(
        "--server", default="http://localhost:8002", help="without --app: the running simulator"
    )


def run(given: argparse.Namespace) -> int:
    """0 when the debugger stayed empty, 1 otherwise."""
    result = _virtually(given) if given.app else _in_a_running_one(given)
    print(json.dumps(result, indent=2))
    return 1 if result["debugger"] else 0


def wishes(given: argparse.Namespace) -> dict[str, Any]:
    """The habits that were named, as POST /sim/crowd takes them."""
    names = ("minutes", "per_minute", "declines", "misses", "seed", *TIMES)
    data = {name: getattr(given, name) for name in names if getattr(given, name) is not None}
    return data | {LISTS[name]: getattr(given, name) for name in LISTS if getattr(given, name)}


def _virtually(given: argparse.Namespace) -> dict[str, Any]:
    from simulator.simulator import Simulator

    if given.account is None:
        raise BadCrowd("--app needs --account FILE, whose URLs the application answers")
    account = Account.read(given.account)
    sim = Simulator(_application(given.app), account, keep_facts=1_000, keep_calls=1_000)
    crowd = Crowd(sim.world, account, Habits.from_dict(wishes(given), _numbers(given, account)))
    began, first = sim.now, time.monotonic()
    crowd.start()
    while not crowd.is_over:
        sim.advance(60.0)
    return crowd.summary() | {
        "simulated_seconds": round(sim.now - began),
        "real_seconds": round(time.monotonic() - first, 2),
    }


def _in_a_running_one(given: argparse.Namespace) -> dict[str, Any]:
    data = wishes(given) | ({"to": given.to} if given.to else {})
    state = ask(given.server, "POST", "/sim/crowd", data)
    while not state["over"]:
        time.sleep(LOOKS_EVERY_SECONDS)
        state = ask(given.server, "GET", "/sim/crowd")
        print(
            f"{state['calls']} calls, {state['running']} now, {state['talked']} talked, {state['to_come']} to come",
            file=sys.stderr,
        )
    return state


def _application(text: str) -> WsgiApp:
    module, _, name = text.partition(":")
    sys.path.insert(0, "")
    try:
        found: WsgiApp = getattr(importlib.import_module(module), name or "app")
    except (ImportError, AttributeError) as error:
        raise CannotCall(f"--app {text}: {error}; write it like shop:app") from None
    return found


def _numbers(given: argparse.Namespace, account: Account) -> tuple[str, ...]:
    return tuple(given.to) or tuple(number.e164 for number in account.numbers.values())
