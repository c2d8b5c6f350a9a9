"""The worker process: it answers the doorbell, and looks into the outbox itself while Redis is away.

It listens on exactly one queue (listening on two, RQ loses jobs when it is killed) and works without forks: what a
killed worker left half done is taken up by another when the lease has ended.
"""

import signal
import threading

import structlog
from redis import Redis
from redis.exceptions import RedisError

from recordings.answering import Answering
from recordings.work import run_due, run_job
from voice.outbox import QUEUE
from voice.runtime import Runtime
from voice.store import StoreAway

log = structlog.get_logger()

LOOK_SECONDS = 1.0  # between two looks into the outbox while Redis is away
CONNECT_SECONDS = 2.0


def work(rt: Runtime, redis_url: str, queue: str = QUEUE) -> None:
    """Do jobs until SIGTERM or SIGINT; the one that runs then is finished."""
    stop = threading.Event()
    while not stop.is_set():
        _listen_for_signals(stop)
        _answer(rt, redis_url, queue, stop)
        _listen_for_signals(stop)  # RQ leaves its own handlers behind
        if not stop.is_set():
            _look(rt, stop)


def _answer(rt: Runtime, redis_url: str, queue: str, stop: threading.Event) -> None:
    """Answer the doorbell for as long as Redis is there."""
    connection = Redis.from_url(redis_url, socket_connect_timeout=CONNECT_SECONDS)
    try:
        Answering(connection, queue, lambda outbox_id: _do(rt, outbox_id), stop).work(logging_level="WARNING")
    except (RedisError, OSError) as error:
        log.warning("doorbell away; looking into the outbox", error=type(error).__name__)
    finally:
        connection.close()


def _do(rt: Runtime, outbox_id: str) -> None:
    try:
        run_job(rt, outbox_id)
    except StoreAway as away:
        log.warning("store away; the job will be rung for again", job=outbox_id, error=str(away)[:200])


def _look(rt: Runtime, stop: threading.Event) -> None:
    """Do what is due without being rung for, one after the other, then rest a second."""
    try:
        while run_due(rt, 1) and not stop.is_set():
            pass
    except StoreAway as away:
        log.warning("store away", error=str(away)[:200])
    stop.wait(LOOK_SECONDS)


def _listen_for_signals(stop: threading.Event) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
