"""The worker process: it answers the doorbell, and looks for jobs itself while Redis is away.

It listens on exactly one queue (on two, RQ loses jobs when it is killed) and works in its own process, without forks:
a job that is killed half-way is taken up again when its lease has ended.
"""

import logging
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.job import Job as RqJob
from rq.serializers import JSONSerializer

from recordings.work import run_due, run_job
from voice.outbox import QUEUE, RING
from voice.runtime import Runtime
from voice.store import StoreAway

log = structlog.get_logger()

WORKER_TTL_SECONDS = 30  # an idle worker looks up every 15 s
LOOK_SECONDS = 1.0  # between two looks at the outbox while Redis is away
AT_ONCE = 20
CONNECT_SECONDS = 2.0


class NotARing(ValueError):
    """Something in the queue is not a ring of our doorbell; it is not run."""


def answer(outbox_id: str) -> None:
    """What a ring names; the worker never calls it by name, it does the job of the one argument."""
    raise NotARing(f"job {outbox_id[:40]} was run without a worker of ours; start `ringdesk worker`")


def work(rt: Runtime, redis_url: str, queue: str = QUEUE) -> None:
    """Answer the doorbell until SIGTERM or SIGINT; a job that runs then is finished."""
    stop = threading.Event()
    _on_signals(stop)
    while not stop.is_set():
        connection = Redis.from_url(redis_url, socket_connect_timeout=CONNECT_SECONDS)
        try:
            connection.ping()
            _answering(rt, connection, queue, stop).work(logging_level="WARNING")
        except (RedisError, OSError) as error:
            log.warning("doorbell away; looking into the outbox", error=type(error).__name__)
        finally:
            connection.close()
        _on_signals(stop)
        if not stop.is_set():
            _look(rt, stop)


def _look(rt: Runtime, stop: threading.Event) -> None:
    """Do what is due without being rung for; jobs keep coming as long as there are any."""
    try:
        while run_due(rt, 1) and not stop.is_set():
            pass
    except StoreAway as away:
        log.warning("store away", error=str(away)[:200])
    stop.wait(LOOK_SECONDS)


def _on_signals(stop: threading.Event) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())


def _answering(rt: Runtime, connection: "Redis[bytes]", queue: str, stop: threading.Event) -> SimpleWorker:
    ring: type[RqJob] = type("Ring", (_Ring,), {"do": staticmethod(lambda outbox_id: run_job(rt, outbox_id))})
    worker = _Worker(
        [Queue(queue, connection=connection, job_class=ring, serializer=JSONSerializer)],
        connection=connection,
        job_class=ring,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL_SECONDS,
        log_job_description=False,
    )
    worker.stop = stop
    return worker
