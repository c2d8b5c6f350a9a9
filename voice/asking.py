"""Asking another system for a flow: a row for each asking turn, a bounded pool that asks, and the event that comes of it.

The turn that asks is answered at once; the caller hears the step's words, then comes back for the next turn. What that
finds in the row is final: an answer, or the timeout that it writes itself, so a repeat goes the same way.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog
from sqlalchemy import update
from sqlalchemy.orm import Session as Tx

from callflows.actions import Request
from callflows.events import Replied, ReplyOutcome
from callflows.flow import Flow
from callflows.replies import replied
from callflows.session import Session
from callflows.steps.http import HttpStep
from voice import models
from voice.calls import Facts
from voice.fetch import Refused, fetch
from voice.runtime import Runtime, after_commit

log = structlog.get_logger()

THREADS = 16
MOST_WAITING = 64  # beyond this, other systems are so slow that asking them more would not help
GRACE_SECONDS = 1.0


class Pool:
    """Asks on a few threads; takes no more than it can hold."""

    def __init__(self, threads: int = THREADS, most: int = MOST_WAITING) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="asking")
        self._room = threading.BoundedSemaphore(threads + most)

    def __call__(self, job: Callable[[], None]) -> bool:
        """Take a job and return at once; false when there is no room."""
        if not self._room.acquire(blocking=False):
            return False
        self._threads.submit(self._do, job)
        return True

    def _do(self, job: Callable[[], None]) -> None:
        try:
            job()
        except Exception:
            log.exception("asking failed")
        finally:
            self._room.release()


def ask(tx: Tx, rt: Runtime, facts: Facts, turn: int, request: Request) -> None:
    """Write that this turn asks, and ask once that is committed."""
    now = rt.now()
    tx.add(
        models.Reply(
            merchant_id=facts.merchant_id,
            call_id=facts.call_id,
            turn=turn,
            endpoint=request.endpoint,
            asked_at=now,
            until_at=now + request.timeout_seconds + GRACE_SECONDS,
        )
    )

    def job() -> None:
        _keep(rt, facts, turn, _asked(rt, facts.merchant_id, request))

    def begin() -> None:
        if not rt.ask(job):
            log.warning("too much is being asked", merchant=facts.merchant_id, endpoint=request.endpoint)
            _keep(rt, facts, turn, Replied(ReplyOutcome.ERROR))

    after_commit(tx, begin)


def waits_for_reply(flow: Flow, session: Session) -> bool:
    """Whether the call has asked another system and waits for it."""
    return isinstance(flow.steps.get(session.step), HttpStep)


def reply_to(rt: Runtime, facts: Facts, turn: int) -> Replied | None:
    """What came of asking; None while it is still open. After its time it is a timeout, for ever."""
    with rt.store.read() as tx:
        row = tx.get(models.Reply, (facts.merchant_id, facts.call_id, turn))
    if row is None:
        return Replied(ReplyOutcome.ERROR)
    if row.state == "asked":
        if rt.now() < row.until_at:
            return None
        _keep(rt, facts, turn, Replied(ReplyOutcome.TIMEOUT))
        return reply_to(rt, facts, turn)
    return Replied(ReplyOutcome(row.state), tuple((str(name), str(value)) for name, value in row.saved))


def _asked(rt: Runtime, merchant_id: str, request: Request) -> Replied:
    settings = rt.settings
    try:
        status, body = fetch(
            request,
            hosts=settings.asked_hosts,
            allow_private=settings.http_private,
            secret=settings.http_secret_of(merchant_id, request.bearer) if request.bearer else None,
        )
    except TimeoutError:
        return Replied(ReplyOutcome.TIMEOUT)
    except (Refused, OSError) as problem:
        # The problem may name the address, and the address what the caller entered.
        reason = str(problem) if isinstance(problem, Refused) else type(problem).__name__
        log.warning("not asked", merchant=merchant_id, endpoint=request.endpoint, reason=reason)
        return Replied(ReplyOutcome.ERROR)
    log.info("asked", merchant=merchant_id, endpoint=request.endpoint, status=status, bytes=len(body))
    return replied(request, status, body)


def _keep(rt: Runtime, facts: Facts, turn: int, reply: Replied) -> None:
    """Write the answer, unless another is there: the first one stays."""
    with rt.write() as tx:
        tx.execute(
            update(models.Reply)
            .where(
                models.Reply.merchant_id == facts.merchant_id,
                models.Reply.call_id == facts.call_id,
                models.Reply.turn == turn,
                models.Reply.state == "asked",
            )
            .values(
                state=reply.outcome.value,
                saved=[list(pair) for pair in reply.values],
                replied_at=rt.now(),
            )
        )
