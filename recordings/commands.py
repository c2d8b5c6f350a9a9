"""`ringdesk worker`, `ringdesk jobs`, `ringdesk backup`, `ringdesk restore`."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
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
    jobs = words.add_parser("jobs", help="list the jobs that were given up, or have them tried again")
    jobs.add_argument(
        "--again", action="store_true", help="try all of them again, once what was wrong is mended"
    )
    jobs.set_defaults(run=_jobs)
    backup = words.add_parser(
        "backup", help="write database and recordings into a folder, while everything goes on"
    )
    backup.add_argument("folder", type=Path, help="a new folder")
    backup.add_argument(
        "--sums-only", action="store_true", help="note the recordings' sums, do not copy the files"
    )
    backup.set_defaults(run=_backup)
    restore = words.add_parser("restore", help="bring a backup back into an empty database and storage")
    restore.add_argument("folder", type=Path, help="the folder of the backup")
    restore.add_argument(
        "--verify", action="store_true", help="change nothing: read the backup and compare its sums"
    )
    restore.set_defaults(run=_restore)


def _backup(arguments: argparse.Namespace) -> int:
    import time

    from recordings.backup import back_up
    from recordings.storage import open_storage
    from voice.settings import Settings

    def make() -> int:
        settings = Settings()
        storage = open_storage(settings.storage_url)
        made = back_up(settings, storage, arguments.folder, time.time(), _say, copy=not arguments.sums_only)
        missing = f", {made.missing} missing" if made.missing else ""
        _say(
            f"{arguments.folder}: schema {made.schema}, {made.files:,} files of recordings{missing}, {made.bytes:,} bytes"
        )
        _say("SECRET_KEY and SEALING_KEYS are not in it; keep them elsewhere, without them it cannot be used")
        return 1 if made.missing else 0

    return _told("backup", make)


def _jobs(arguments: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from recordings.given_up import given_up, try_again
    from voice.build import build_runtime
    from voice.settings import Settings

    def look() -> int:
        rt = build_runtime(Settings())
        if arguments.again:
            _say(
                f"{try_again(rt)} jobs will be tried again within seconds; `ringdesk jobs` lists what fails again"
            )
            return 0
        dead = given_up(rt)
        for job in dead:
            when = datetime.fromtimestamp(job.at, UTC).strftime("%Y-%m-%d %H:%M")
            _say(f"{when}  {job.merchant_id}  {job.kind} {job.subject_id}: {job.reason}")
        _say(f"{len(dead)} jobs were given up" + ("; try them again: ringdesk jobs --again" if dead else ""))
        return 1 if dead else 0

    return _told("jobs", look)


def _restore(arguments: argparse.Namespace) -> int:
    from recordings.restore import restore, verify
    from recordings.storage import open_storage
    from voice.settings import Settings

    def bring() -> int:
        if arguments.verify:
            page = verify(arguments.folder, _say)
            _say(
                f"{arguments.folder} is whole: schema {page.schema}, {page.files:,} files, {page.bytes:,} bytes"
            )
            return 0
        settings = Settings()
        page = restore(settings, open_storage(settings.storage_url), arguments.folder, _say)
        _say(f"restored: schema {page.schema}, {page.files:,} files of recordings; next: ringdesk migrate")
        return 0

    return _told("restore", bring)


def _told(word: str, act: Callable[[], int]) -> int:
    """The exit code; what goes wrong as one sentence."""
    from recordings.faults import NotABackup, StorageAway
    from voice.dump import DumpFault
    from voice.store import StoreAway

    try:
        return act()
    except (NotABackup, StorageAway, DumpFault, StoreAway, ValueError, OSError) as fault:
        print(f"ringdesk {word}: {fault}", file=sys.stderr)
        return 1


def _say(line: str) -> None:
    print(line, flush=True)


def _worker(arguments: argparse.Namespace) -> int:
    from recordings.storage import open_storage
    from recordings.worker import work
    from voice.build import build_runtime, keep_up
    from voice.settings import Settings
    from voice.store import StoreAway

    settings = Settings()
    rt = build_runtime(settings, waits=True)
    try:
        loops = keep_up(rt, "worker")
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
