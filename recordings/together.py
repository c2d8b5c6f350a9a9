"""The same done to many files at once, answered in their order: most of the time is waiting for disks and buckets."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

THREADS = 16
BATCH = 1_000

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Say = Callable[[str], None]


def together(do: Callable[[Item], Answer], items: Iterable[Item], say: Say) -> Iterator[Answer]:
    """Each item's answer; after a thousand a line of progress. The first that raises ends it."""
    left, done = iter(items), 0
    with ThreadPoolExecutor(THREADS, thread_name_prefix="files") as pool:
        while batch := list(islice(left, BATCH)):
            yield from pool.map(do, batch)
            done += len(batch)
            if len(batch) == BATCH:
                say(f"recordings: {done:,} files so far")
