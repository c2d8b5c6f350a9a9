"""The lease on a job: one conditional UPDATE takes it, by the database's time, and each attempt is its own fence.

A worker that lost its lease (it slept, it was cut off) finds another attempt's number in the row and changes nothing.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from sqlalchemy import ColumnElement, Update, and_, bindparam, update
from sqlalchemy.orm import Session

from recordings.faults import LeaseLost
from recordings.moments import Dated, of_the_moment
from voice.models import Outbox
from voice.runtime import Runtime
from voice.states import Job
from voice.store import StoreAway

log = structlog.get_logger()

LEASE_SECONDS = 15.0  # a killed worker's job is free again after this
RENEW_SECONDS = 5.0
SKEW_SECONDS = 0.5  # between the clock that wrote next_at and the database's own
MAX_ATTEMPTS = 110  # with the pauses below: about a day
LONGEST_PAUSE_SECONDS = 900.0
ERROR_LENGTH = 500


@dataclass(frozen=True)
class Lease:
    """One attempt at one job."""

    merchant_id: str
    outbox_id: str
    kind: str
    subject_id: str
    attempt: int


def pause_seconds(attempt: int) -> float:
    """How long to wait after this attempt failed: 2 s, doubling, at most 15 minutes."""
    return float(min(LONGEST_PAUSE_SECONDS, 2.0 ** min(attempt, 20)))


def take(rt: Runtime, outbox_id: str) -> Lease | None:
    """The lease on a job that is due and that nobody holds; None is normal: the doorbell often rings in vain."""
    statement, values = _taken(rt)
    with rt.store.write() as tx:
        row = tx.execute(statement, {**values, "job": outbox_id}).first()
    return None if row is None else Lease(*row)


def is_due(moment: ColumnElement[float]) -> ColumnElement[bool]:
    """Not finished, not pausing, and in nobody's hands."""
    return and_(
        Outbox.state == Job.WAITING,
        Outbox.next_at <= moment + SKEW_SECONDS,
        Outbox.lease_until_at <= moment,
    )


def finish(tx: Session, rt: Runtime, lease: Lease) -> None:
    """Mark the job done; raises LeaseLost when another attempt has begun."""
    _change(tx, rt, lease, _done)


def put_off(tx: Session, rt: Runtime, lease: Lease, reason: str) -> None:
    """Give the job back, to be tried again after a pause."""
    _change(tx, rt, lease, _put_off, pause=pause_seconds(lease.attempt), why=reason[:ERROR_LENGTH])


def bury(tx: Session, rt: Runtime, lease: Lease, reason: str) -> None:
    """Give the job up; its reason stays in the row for the operator."""
    _change(tx, rt, lease, _buried, why=reason[:ERROR_LENGTH])


def _change(tx: Session, rt: Runtime, lease: Lease, how: Dated[Update], **told: object) -> None:
    mine = {"merchant": lease.merchant_id, "job": lease.outbox_id, "attempt": lease.attempt}
    statement, values = how(rt)
    if tx.execute(statement, {**mine, **values, **told}).first() is None:
        raise LeaseLost(f"job {lease.outbox_id}: attempt {lease.attempt} was overtaken")


@of_the_moment
def _taken(moment: ColumnElement[float]) -> Update:
    return (
        _jobs()
        .where(Outbox.id == bindparam("job"), is_due(moment), Outbox.attempts < MAX_ATTEMPTS)
        .values(attempts=Outbox.attempts + 1, lease_until_at=moment + LEASE_SECONDS)
        .returning(Outbox.merchant_id, Outbox.id, Outbox.kind, Outbox.subject_id, Outbox.attempts)
    )


@of_the_moment
def _done(moment: ColumnElement[float]) -> Update:
    return _mine().values(state=Job.DONE, done_at=moment, lease_until_at=0.0, error="")


@of_the_moment
def _put_off(moment: ColumnElement[float]) -> Update:
    return _mine().values(next_at=moment + bindparam("pause"), lease_until_at=0.0, error=bindparam("why"))


@of_the_moment
def _buried(moment: ColumnElement[float]) -> Update:
    return _mine().values(state=Job.DEAD, done_at=moment, lease_until_at=0.0, error=bindparam("why"))


@of_the_moment
def _renewed(moment: ColumnElement[float]) -> Update:
    return _mine().values(lease_until_at=moment + LEASE_SECONDS)


def _jobs() -> Update:
    return update(Outbox).execution_options(synchronize_session=False)


def _mine() -> Update:
    """The job of this lease, unless another attempt has begun."""
    mine = (Outbox.merchant_id == bindparam("merchant"), Outbox.id == bindparam("job"))
    is_held = (Outbox.state == Job.WAITING, Outbox.attempts == bindparam("attempt"))
    return _jobs().where(*mine, *is_held).returning(Outbox.id)


@contextmanager
def kept(rt: Runtime, lease: Lease) -> Iterator[None]:
    """Renew the lease on a thread while the work goes on; a stopped process renews nothing and loses it."""
    over = threading.Event()
    renewer = threading.Thread(target=_renew, args=(rt, lease, over), name="lease", daemon=True)
    renewer.start()
    try:
        yield
    finally:
        over.set()
        renewer.join()


def _renew(rt: Runtime, lease: Lease, over: threading.Event) -> None:
    while not over.wait(RENEW_SECONDS):
        try:
            with rt.store.write() as tx:
                _change(tx, rt, lease, _renewed)
        except LeaseLost:
            return
        except StoreAway as away:
            log.warning("lease not renewed", job=lease.outbox_id, error=str(away)[:200])
