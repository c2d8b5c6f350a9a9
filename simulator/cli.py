"""The command line: `python -m simulator serve` and `python -m simulator call`."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

from simulator.account import Account, BadAccountFile
from simulator.assumed import ASSUMED
from simulator.caller import CannotCall, run_caller
from simulator.confirm import command as confirm
from simulator.crowd import command as crowd
from simulator.crowd.habits import BadCrowd
from simulator.script import BadScript, read_press, read_seconds

DEFAULT_PORT = 8002


def main(words: list[str] | None = None) -> int:
    """The exit code: 0 well, 1 failed, 2 not understood."""
    given = _parser().parse_args(words)
    try:
        return int(given.run(given))
    except (BadAccountFile, BadCrowd, BadScript, CannotCall) as error:
        print(f"simulator: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m simulator", description="A stand-in Twilio for Voice applications."
    )
    verbs = parser.add_subparsers(required=True, metavar="WORD")

    serve = verbs.add_parser("serve", help="answer REST requests and run calls until Ctrl-C")
    serve.add_argument(
        "--port", type=int, default=DEFAULT_PORT, help=f"port to listen on (default {DEFAULT_PORT})"
    )
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    serve.add_argument(
        "--account", type=Path, required=True, metavar="FILE", help="JSON file with secrets and numbers"
    )
    serve.add_argument(
        "--state", type=Path, metavar="DIR", help="folder for the ledger (default: memory only)"
    )
    serve.add_argument(
        "--speed", type=float, default=1.0, help="how much faster than the wall time passes (default 1)"
    )
    serve.add_argument("--seed", type=int, help="name calls from this seed instead of by chance")
    serve.add_argument(
        "--sound", action="store_true", help="let browsers call, with sound; the phone is at /phone"
    )
    serve.add_argument(
        "--assets",
        type=Path,
        default=Path("node_modules"),
        metavar="DIR",
        help="the npm packages, for --sound",
    )
    serve.set_defaults(run=_serve)

    call = verbs.add_parser("call", help="let a scripted caller ring a number of the running simulator")
    call.add_argument("--to", required=True, help="the number to dial, such as +15550100100")
    call.add_argument(
        "--from", dest="from_", default="+15550107788", help='the caller\'s number ("anonymous" withholds)'
    )
    call.add_argument("--name", help="the caller's name, for numbers that look it up")
    call.add_argument(
        "--press",
        action="append",
        default=[],
        metavar="KEYS@TIME",
        help="press keys at a second of the call: 1@3s",
    )
    call.add_argument(
        "--say",
        action="append",
        default=[],
        metavar="FILE[@TIME]",
        help="speak as long as this WAV file lasts; without a time as soon as somebody listens",
    )
    call.add_argument("--hangup", metavar="TIME", help="hang up at this second of the call, such as 40s")
    call.add_argument(
        "--server", default=f"http://localhost:{DEFAULT_PORT}", help="address of the running simulator"
    )
    call.add_argument("--json", action="store_true", help="print the whole call as JSON when it has ended")
    call.set_defaults(run=_call)

    people = verbs.add_parser("crowd", help="let many callers and agents loose, from a seed")
    crowd.add_arguments(people)
    people.set_defaults(run=crowd.run)

    probes = verbs.add_parser("confirm", help="ask a Twilio account whether it does what is assumed")
    confirm.add_arguments(probes)
    probes.set_defaults(run=confirm.command)

    assumed = verbs.add_parser("assumed", help="list what Twilio leaves unknown and the simulator decided")
    assumed.set_defaults(run=_assumed)
    return parser


def _serve(given: argparse.Namespace) -> int:
    from simulator.wire.service import Service

    if given.speed <= 0:
        raise BadAccountFile(f"--speed must be above 0, not {given.speed:g}")
    account = Account.read(given.account, seed=1)
    try:
        if given.sound:
            return _serve_with_sound(given, account)
        service = Service(account, given.host, given.port, given.state, given.speed, given.seed)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        print(
            f"simulator: cannot listen on {given.host}:{given.port} ({reason}); choose another --port",
            file=sys.stderr,
        )
        return 1
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    numbers = ", ".join(number.e164 for number in account.numbers.values()) or "no numbers"
    print(f"Simulated Twilio at {service.url} for account {account.sid} with {numbers}", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        service.run()
    print("Simulated Twilio has stopped.", flush=True)
    return 0


def _serve_with_sound(given: argparse.Namespace, account: Account) -> int:
    from simulator.sound.stage import Stage, serve_with_sound

    if given.speed != 1:
        raise BadAccountFile(
            f"sound cannot be faster than people: leave --speed {given.speed:g} or --sound out"
        )
    signal.signal(signal.SIGTERM, _interrupt)
    serve_with_sound(Stage(account, given.host, given.port, given.state, given.assets, given.seed))
    return 0


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _call(given: argparse.Namespace) -> int:
    presses = [part for text in given.press for part in text.split(",") if part]
    for text in presses:
        read_press(text)
    if given.hangup is not None:
        read_seconds(given.hangup)
    return run_caller(
        given.server,
        to=given.to,
        from_=given.from_,
        name=given.name,
        presses=presses,
        says=given.say,
        hangup=given.hangup,
        as_json=given.json,
    )


def _assumed(given: argparse.Namespace) -> int:
    for assumption in ASSUMED:
        print(f"{assumption.id:24} {assumption.sentence} ({assumption.where})")
    return 0
