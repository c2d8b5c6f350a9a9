"""How a job is done: take the lease, work outside the transaction, commit the result and `done` together.

The slow part may run twice; what it returns is written once, because it shares a transaction with the lease's fence.
"""

from collections.abc import Mapping
from enum import StrEnum

import structlog
from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import Session

from recordings import lease as leases
from recordings.faults import Hopeless, LeaseLost, NotSound, NotYet
from recordings.job import Job
from recordings.jobs import JOBS
from recordings.lease import Lease
from recordings.moments import of_the_moment
from recordings.turns import in_turns
from voice.carrier_faults import CarrierAway, CarrierRefused
from voice.runtime import Runtime
from voice.store import StoreAway

log = structlog.get_logger()

Jobs = Mapping[str, Job]
EXPECTED = (
    NotYet,
    NotSound,
    CarrierAway,
    CarrierRefused,
    StoreAway,
    OSError,
)  # no faults of ours: a line in the log


class Outcome(StrEnum):
    """What one ring led to."""

    NOTHING_DUE = "nothing_due"
    DONE = "done"
    PUT_OFF = "put_off"
    DEAD = "dead"
    OVERTAKEN = "overtaken"


def run_job(rt: Runtime, outbox_id: str, jobs: Jobs = JOBS) -> Outcome:
    """Do one job, if it is due and free. Raises StoreAway when SQL cannot say."""
    lease = leases.take(rt, outbox_id)
    if lease is None:
        return Outcome.NOTHING_DUE
    try:
        with leases.kept(rt, lease):
            effect = _job(jobs, lease).work(rt, lease.merchant_id, lease.subject_id)
        with rt.write() as tx:
            leases.finish(tx, rt, lease)
            effect(tx)
    except LeaseLost:
        return _overtaken(lease)
    except Exception as error:
        return _failed(rt, lease, error, jobs)
    return Outcome.DONE


def run_due(rt: Runtime, limit: int = 50, jobs: Jobs = JOBS) -> int:
    """Do what is due here and now, in turns across merchants; how many jobs were taken up."""
    statement, values = _due(rt)
    with rt.store.read() as tx:
        due = list(tx.scalars(statement, {**values, "most": limit}))
    outcomes = [run_job(rt, outbox_id, jobs) for outbox_id in due]
    return sum(outcome is not Outcome.NOTHING_DUE for outcome in outcomes)


@of_the_moment
def _due(moment: ColumnElement[float]) -> Select[str]:
    return in_turns(leases.is_due(moment))


def give_up(tx: Session, rt: Runtime, lease: Lease, reason: str, jobs: Jobs = JOBS) -> None:
    """No further attempt: the reason stays in the outbox, and whoever looks at the subject sees it too."""
    log.error("job given up", job=lease.outbox_id, kind=lease.kind, attempts=lease.attempt, reason=reason)
    leases.bury(tx, rt, lease, f"given up after {lease.attempt} attempts; {reason}")
    if lease.kind in jobs:
        jobs[lease.kind].bury(tx, rt, lease.merchant_id, lease.subject_id, reason)


def _job(jobs: Jobs, lease: Lease) -> Job:
    try:
        return jobs[lease.kind]
    except KeyError:
        raise NotYet(
            f"no job is called {lease.kind!r} here: is this worker older than the other processes?"
        ) from None


def _failed(rt: Runtime, lease: Lease, error: Exception, jobs: Jobs) -> Outcome:
    reason = f"{type(error).__name__}: {error}"
    strange = None if isinstance(error, EXPECTED) else error
    log.warning(
        "job not done",
        job=lease.outbox_id,
        kind=lease.kind,
        attempt=lease.attempt,
        reason=reason,
        exc_info=strange,
    )
    hopeless = isinstance(error, Hopeless) or lease.attempt >= leases.MAX_ATTEMPTS
    try:
        with rt.write() as tx:
            if hopeless:
                give_up(tx, rt, lease, reason, jobs)
            else:
                leases.put_off(tx, rt, lease, reason)
    except LeaseLost:
        return _overtaken(lease)
    return Outcome.DEAD if hopeless else Outcome.PUT_OFF


def _overtaken(lease: Lease) -> Outcome:
    log.info("job overtaken", job=lease.outbox_id, attempt=lease.attempt)
    return Outcome.OVERTAKEN
