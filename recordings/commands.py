"""`ringdesk worker`."""

import argparse
import sys
from typing import TYPE_CHECKING

from voice.outbox import QUEUE

if TYPE_CHECKING:
    Words = argparse._SubParsersAction[argparse.ArgumentParser]

UNFINISHED_SECONDS = 86_400.0  # no write takes a day


def add_commands(words: "Words") -> None:
    """The words of this package."""
    parser = words.add_parser("worker", help="store recordings and open tickets, until stopped")
    parser.add_argument("--queue", default=QUEUE, help=f"the one queue to listen on (default: {QUEUE})")
    parser.set_defaults(run=_worker)


def _worker(arguments: argparse.Namespace) -> int:
    from recordings.storage import open_storage
    from recordings.worker import work
    from voice.build import build_runtime, keep_up
    from voice.settings import Settings
    from voice.store import StoreAway

    settings = Settings()
    rt = build_runtime(settings)
    try:
        loops = keep_up(rt)
        open_storage(settings.storage_url).forget_unfinished(rt.now() - UNFINISHED_SECONDS)
    except (StoreAway, ValueError) as fault:
        print(f"ringdesk worker cannot start: {fault}", file=sys.stderr)
        return 1
    try:
        work(rt, settings.redis_url, arguments.queue)
    finally:
        for loop in loops:
            loop.stop()
    return 0
