"""The panel's words of the command `ringdesk`."""

import argparse
import signal
import sys
import threading

from panel.people_commands import add_people
from panel.push_server import PushServer, hear_nudges, listen
from panel.seed import add_seed


def add_commands(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """ringdesk push | seed | users | teams | merchants"""
    add_seed(subparsers)
    add_people(subparsers)
    push = subparsers.add_parser("push", help="stream the desks to the agents' browsers")
    push.set_defaults(run=run_push)


def run_push(_args: argparse.Namespace) -> int:
    """Serve streams until told to stop."""
    from voice import nudges
    from voice.build import build_runtime, keep_up
    from voice.garbage import settle
    from voice.settings import Settings

    rt = build_runtime(Settings(), waits=True)
    try:
        listener = listen(rt.settings.host, rt.settings.push_port)
    except OSError as error:
        print(
            f"push cannot listen on {rt.settings.host}:{rt.settings.push_port}: {error.strerror}; set PUSH_PORT",
            file=sys.stderr,
        )
        return 1
    loops = keep_up(rt, "push")
    server, done = PushServer(rt, listener), threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _number, _frame: server.stop())
    hear_nudges(rt.settings.redis_url, server.nudge, done)
    if not rt.store.is_sqlite:
        nudges.hear(rt.store.url, server.nudge, done)
    settle()
    server.run()
    done.set()
    for loop in loops:
        loop.stop()
    return 0
