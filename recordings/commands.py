"""`ringdesk worker`."""

import argparse
from typing import TYPE_CHECKING

from voice.outbox import QUEUE

if TYPE_CHECKING:
    Words = argparse._SubParsersAction[argparse.ArgumentParser]


def add_commands(words: "Words") -> None:
    """The words of this package."""
    parser = words.add_parser("worker", help="store recordings and open tickets, until stopped")
    parser.add_argument("--queue", default=QUEUE, help=f"the one queue to listen on (default: {QUEUE})")
    parser.set_defaults(run=_worker)


def _worker(arguments: argparse.Namespace) -> int:
    from recordings.worker import work
    from voice.build import build_runtime
    from voice.settings import Settings

    settings = Settings()
    work(build_runtime(settings), settings.redis_url, arguments.queue)
    return 0
