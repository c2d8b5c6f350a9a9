"""The voice part's words of the command `ringdesk`."""

import argparse
import importlib
import multiprocessing
import sys
import time
from typing import TYPE_CHECKING, Any

from voice.connect_command import add_connect
from voice.settings import Settings

if TYPE_CHECKING:
    from granian.server.common import AbstractServer


def add_commands(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """ringdesk web | migrate | connect"""
    add_connect(subparsers)
    web = subparsers.add_parser("web", help="answer Twilio and the browsers")
    web.set_defaults(run=run_web)
    migrate = subparsers.add_parser("migrate", help="bring the database's tables up to date")
    migrate.add_argument(
        "--check", action="store_true", help="change nothing; exit 1 if they are not up to date"
    )
    migrate.set_defaults(run=run_migrate)


def run_migrate(args: argparse.Namespace) -> int:
    """Take every missing step, or say how the tables stand."""
    from sqlalchemy.exc import SQLAlchemyError

    from voice.migrate import check, migrate
    from voice.schema import Standing, WrongSchema
    from voice.store import Store, StoreAway

    try:
        store = Store(Settings().database_url)
        if args.check:
            schema = check(store)
            is_current = schema.standing == Standing.CURRENT
            print(schema.sentence(), file=sys.stdout if is_current else sys.stderr)
            return 0 if is_current else 1
        migrate(store, lambda line: print(line, flush=True))
    except (WrongSchema, StoreAway, SQLAlchemyError, ValueError, OSError) as error:
        print(f"ringdesk migrate: {error}; nothing was changed", file=sys.stderr)
        return 1
    return 0


def run_web(_args: argparse.Namespace) -> int:
    """Serve WSGI by granian, on threads; SIGTERM finishes what is in flight."""
    from granian.constants import Interfaces

    from voice import draining
    from voice.schema import await_current
    from voice.store import Store

    settings = Settings()
    if multiprocessing.get_start_method() == "fork":
        importlib.import_module("app").load()
    store = Store(settings.database_url)
    await_current(store)  # one sentence here, instead of one from every worker
    store.close()
    draining.prepare()
    serve = draining_server(settings.drain_seconds)
    serve(
        "app:create_worker",
        address=settings.host,
        port=settings.web_port,
        interface=Interfaces.WSGI,
        factory=True,
        blocking_threads=settings.web_threads,
        workers=settings.web_workers,
        respawn_failed_workers=True,  # the port stays open: who comes meanwhile waits, and is not refused
        log_access=False,
        websockets=False,
    ).serve()
    return 0


def draining_server(seconds: float) -> "type[AbstractServer[Any]]":
    """granian's server, which at SIGTERM says that it drains, goes on answering for so long, and then stops."""
    from granian.server import Server

    from voice import draining

    chosen: Any = Server  # by granian, when it is imported

    def shutdown(self: Any, exit_code: int = 0) -> None:
        draining.begin()
        if self.interrupt_signal:  # and not because it cannot go on anyway
            time.sleep(seconds)
        try:
            chosen.shutdown(self, exit_code)
        finally:
            draining.forget()

    return type("Draining", (chosen,), {"shutdown": shutdown})
