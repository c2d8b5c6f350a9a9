"""Jobs to be done: a row written with the decision that caused it, and a doorbell that hastens it.

The row is the job and SQL keeps it; the doorbell may ring in vain, or not at all.
"""

import time
from collections.abc import Callable
from typing import Any, Final, Literal, Protocol

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from voice.models import Outbox
from voice.runtime import Runtime, after_commit

log = structlog.get_logger()

Kind = Literal["store_recording", "erase_recording", "open_ticket", "send_text"]

QUEUE = "recordings"
RING = "ringdesk.job"  # a name, not a function: a worker of ours does the job of the one argument
WAIT_SECONDS = 0.05  # for the connection, and again for the answer: 100 ms in all
QUIET_SECONDS = (1.0, 2.0, 4.0, 8.0)  # how long the bell rests after one, two, three, more failures in a row
LONGEST_QUEUE = 1_000  # rings beyond this tell the workers nothing new; the sweeper rings again later
JOB_SECONDS = 900


def _once(insert: Any) -> Any:
    once = insert(Outbox).on_conflict_do_nothing(index_elements=["merchant_id", "kind", "subject_id"])
    return once.returning(Outbox.id)


_ADD: Final = {True: _once(sqlite.insert), False: _once(postgresql.insert)}  # by whether it is SQLite


def add(tx: Session, rt: Runtime, merchant_id: str, kind: Kind, subject_id: str, now: float) -> None:
    """Write a job into the caller's transaction, once per kind and subject, and ring when it is committed."""
    row = {
        "merchant_id": merchant_id,
        "id": rt.chance.id("ob"),
        "kind": kind,
        "subject_id": subject_id,
        "state": "waiting",
        "attempts": 0,
        "created_at": now,
        "next_at": now,
        "lease_until_at": 0.0,
        "rung_at": now,
        "error": "",
    }
    added = tx.scalar(_ADD[rt.store.is_sqlite], row)
    if added is not None:
        after_commit(tx, lambda: rt.ring(added))


class Bell(Protocol):
    """What carries one ring to the workers."""

    def __call__(self, outbox_id: str) -> None:
        """Ring once."""
        ...


class Doorbell:
    """Rings the workers; waits 100 ms at most, never raises, and rests for a while after a failure."""

    def __init__(self, bell: Bell, clock: Callable[[], float] = time.monotonic) -> None:
        self._bell, self._clock = bell, clock
        self._failures = 0
        self._rests_until = 0.0

    def __call__(self, outbox_id: str) -> None:
        """Ring for one job, if the bell is not resting."""
        if self._clock() < self._rests_until:
            return
        try:
            self._bell(outbox_id)
            self._failures = 0
        except (RedisError, OSError) as error:
            rest = QUIET_SECONDS[min(self._failures, len(QUIET_SECONDS) - 1)]
            self._failures += 1
            self._rests_until = self._clock() + rest
            log.warning(
                "doorbell away; jobs wait in the outbox", rests_seconds=rest, error=type(error).__name__
            )


class RedisBell:
    """A ring is an RQ job whose only argument is the outbox id, in JSON."""

    def __init__(self, redis_url: str, queue: str = QUEUE) -> None:
        connection = Redis.from_url(
            redis_url,
            socket_connect_timeout=WAIT_SECONDS,
            socket_timeout=WAIT_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._queue = Queue(queue, connection=connection, serializer=JSONSerializer)

    def __call__(self, outbox_id: str) -> None:
        """Put one ring into the queue, unless it is long already."""
        if self._queue.count >= LONGEST_QUEUE:
            return
        self._queue.enqueue_call(
            RING, args=(outbox_id,), timeout=JOB_SECONDS, result_ttl=0, failure_ttl=60, description="ring"
        )


def doorbell(redis_url: str) -> Doorbell:
    """The doorbell of an installation, for Runtime(ring=...)."""
    return Doorbell(RedisBell(redis_url))
