"""`ringdesk connect`: speaks with the operator; what it does is in connect.py."""

import argparse
import re
import sys
from collections.abc import Callable
from pathlib import Path

from voice import connect
from voice.books import Account
from voice.carrier_faults import CarrierAway, CarrierGone, CarrierRefused
from voice.connect_plan import warnings
from voice.connect_secrets import NotGiven, by_prompt, from_file
from voice.runtime import Runtime

FOLDER = Path("var/connect")


def add_connect(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """ringdesk connect NUMBER"""
    word = subparsers.add_parser(
        "connect",
        help="let a real number ring here",
        description="Let a number of a Twilio account ring here.",
    )
    word.add_argument("number", help="in international form, such as +12025550100")
    word.add_argument(
        "--account",
        type=Path,
        metavar="FILE",
        help="JSON file with the account's secrets; else they are asked",
    )
    word.add_argument(
        "--fallback-url",
        default="",
        metavar="URL",
        help="where the fallback file was uploaded, on another host",
    )
    word.add_argument(
        "--folder", type=Path, default=FOLDER, help="old settings and fallback file (default: %(default)s)"
    )
    word.add_argument("--yes", action="store_true", help="change without asking, for scripts")
    what = word.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="change nothing; exit 1 if something differs")
    what.add_argument("--undo", action="store_true", help="bring back the settings from before")
    word.set_defaults(run=run_connect)


def run_connect(args: argparse.Namespace) -> int:
    """One of: connect, --check, --undo."""
    from voice.build import build_runtime
    from voice.settings import Settings

    rt = build_runtime(Settings())
    rt.books.refresh()
    return connect_number(rt, args, input)


def connect_number(rt: Runtime, args: argparse.Namespace, ask: Callable[[str], str]) -> int:
    """The exit code; every fault is one sentence with its way out."""
    try:
        if not re.fullmatch(r"\+[1-9]\d{6,14}", args.number):
            raise connect.NotConnected(
                f"{args.number} is no number in international form, such as +12025550100"
            )
        if args.undo:
            return _undo(rt, args)
        return _connect(rt, args, ask)
    except (connect.NotConnected, NotGiven, CarrierRefused, CarrierGone) as fault:
        print(f"ringdesk connect: {fault}", file=sys.stderr)  # noqa: T201
    except CarrierAway as away:
        print(  # noqa: T201
            f"ringdesk connect: Twilio does not answer ({away}); nothing more was changed, try again",
            file=sys.stderr,
        )
    return 1


def _connect(rt: Runtime, args: argparse.Namespace, ask: Callable[[str], str]) -> int:
    memory, flow = connect.Memory(args.folder), connect.flow_of(rt, args.number)
    fallback_url = args.fallback_url or str(memory.of(args.number).get("fallback_url", ""))
    plan = connect.plan(rt, args.number, flow, _account(rt, args, flow.merchant), fallback_url)
    for line in warnings(rt.links, fallback_url):
        _say(f"note: {line}")
    for one in plan.changes:
        _say(one.line())
    if args.check:
        _say(f"{args.number} is connected" if not plan.changes else f"{len(plan.changes)} settings differ")
        return 1 if plan.changes else 0
    _write_fallback(args.folder, flow.merchant, connect.fallback_document(flow, rt.links))
    if (
        plan.changes
        and not args.yes
        and ask(f"Change {args.number}? [y/N] ").strip().lower() not in ("y", "yes")
    ):
        _say("nothing was changed")
        return 1
    connect.carry_out(rt, plan, memory, fallback_url)
    _say(
        f"{args.number} rings at {rt.settings.public_base_url}; back again: ringdesk connect {args.number} --undo"
    )
    return 0


def _undo(rt: Runtime, args: argparse.Namespace) -> int:
    before = connect.undo(rt, args.number, connect.Memory(args.folder))
    for name, value in before.items():
        _say(f"  {name:<24} {value or '(empty)'}")
    _say(f"{args.number} is as it was before")
    return 0


def _account(rt: Runtime, args: argparse.Namespace, merchant_id: str) -> Account:
    if args.account is not None:
        return connect.account_given(from_file(args.account))
    shop = rt.books.page.shops.get(merchant_id)
    known = rt.books.page.accounts.get(shop.account_id) if shop is not None else None
    return known or connect.account_given(by_prompt())


def _write_fallback(folder: Path, merchant_id: str, document: bytes) -> None:
    file = folder / f"{merchant_id}-fallback.xml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(document)
    _say(f"the fallback file is {file}: upload it to another host, served as text/xml")


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201
