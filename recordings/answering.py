"""RQ's worker, narrowed to a doorbell: it takes ids of jobs from one queue and runs nothing that Redis names.

Whoever can write to Redis could otherwise have any function called, any address asked, or the worker stopped.
"""

import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisSilent
from rq import Queue, SimpleWorker
from rq.exceptions import DeserializationError, StopRequested
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.worker import WorkerStatus

from voice.outbox import JOB_SECONDS, RING

log = structlog.get_logger()

WORKER_TTL_SECONDS = 30  # an idle worker looks up every 15 s


class Answering(SimpleWorker):
    """Answers rings until it is stopped or Redis is gone; then `work` returns or raises RedisError."""

    def __init__(
        self, connection: Redis, queue: str, do: Callable[[str], None], stop: threading.Event
    ) -> None:
        super().__init__(
            [Queue(queue, connection=connection, serializer=JSONSerializer)],
            connection=connection,
            serializer=JSONSerializer,
            worker_ttl=WORKER_TTL_SECONDS,
            log_job_description=False,
        )
        self._do, self._stop = do, stop

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Do the one job that a ring is about; the ring is taken out of Redis first, for the row is the job."""
        outbox_id = ring_of(job)
        self.heartbeat(JOB_SECONDS + 60)
        queue.connection.lrem(queue.intermediate_queue_key, 1, job.id)
        queue.connection.delete(job.key)
        if outbox_id is None:
            log.error("something that is no ring was in the queue and was thrown away", queue=queue.name)
            return
        self.set_state(WorkerStatus.BUSY)
        try:
            self._do(outbox_id)
        finally:
            self.set_state(WorkerStatus.IDLE)

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """A sign of life; without Redis the loop ends, so that the outbox can be looked into."""
        try:
            super().heartbeat(timeout, pipeline)
        except (RedisAway, RedisSilent) as error:
            log.warning("doorbell lost", error=type(error).__name__)
            raise StopRequested from error

    def set_state(self, state: str, pipeline: Any = None) -> None:
        """For rqinfo only; the next sign of life notices that Redis is away."""
        try:
            super().set_state(state, pipeline)
        except RedisError as error:
            log.warning("doorbell away", error=type(error).__name__)

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """SIGTERM or SIGINT: finish the job that runs, then stop."""
        self._stop.set()
        SimpleWorker.request_stop(self, signum, frame)

    def set_shutdown_requested_date(self) -> None:
        """For rqinfo only; Redis being away must not break into the job that runs."""
        try:
            SimpleWorker.set_shutdown_requested_date(self)
        except RedisError as error:
            log.warning("doorbell away while stopping", error=type(error).__name__)

    def subscribe(self) -> None:
        """Orders through Redis are not taken; a worker is stopped by a signal."""

    def unsubscribe(self) -> None:
        """There is nothing to unsubscribe from."""


def ring_of(job: Job) -> str | None:
    """The outbox id that a ring is about; None for anything that is not a ring of our doorbell."""
    try:
        named, args = job.func_name, job.args
    except DeserializationError:
        return None
    if named != RING or len(args) != 1 or not isinstance(args[0], str):
        return None
    return args[0]
