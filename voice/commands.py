"""The voice part's words of the command `ringdesk`."""

import argparse
import sys

from voice.settings import Settings
from voice.store import Store, StoreAway


def add_commands(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """ringdesk web | migrate"""
    web = subparsers.add_parser("web", help="answer Twilio and the browsers")
    web.set_defaults(run=run_web)
    migrate = subparsers.add_parser("migrate", help="bring the database's tables up to date")
    migrate.set_defaults(run=run_migrate)


def run_migrate(_args: argparse.Namespace) -> int:
    """Make what the tables lack."""
    try:
        Store(Settings().database_url).create_tables()
    except (StoreAway, ValueError, OSError) as error:
        print(f"the database cannot be made ready: {error}", file=sys.stderr)
        return 1
    return 0


def run_web(_args: argparse.Namespace) -> int:
    """Serve WSGI by granian, on threads; SIGTERM finishes what is in flight."""
    from granian.constants import Interfaces
    from granian.server import Server

    settings = Settings()
    Server("app:create_app", address=settings.host, port=settings.web_port, interface=Interfaces.WSGI, factory=True,
           blocking_threads=settings.web_threads, workers=settings.web_workers, log_access=False,
           websockets=False).serve()
    return 0


