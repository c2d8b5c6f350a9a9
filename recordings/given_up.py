"""Jobs that were given up: to be looked at, and to be tried again once what was wrong is mended."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update

from voice.models import Outbox
from voice.runtime import Runtime
from voice.states import Job


@dataclass(frozen=True)
class GivenUp:
    """A dead job; `at` in epoch seconds."""

    merchant_id: str
    id: str
    kind: str
    subject_id: str
    at: float
    reason: str


def given_up(rt: Runtime) -> Sequence[GivenUp]:
    """Every dead job, the oldest first."""
    columns = (Outbox.merchant_id, Outbox.id, Outbox.kind, Outbox.subject_id, Outbox.done_at, Outbox.error)
    with rt.store.read() as tx:
        rows = tx.execute(
            select(*columns).where(Outbox.state == Job.DEAD).order_by(Outbox.done_at, Outbox.id)
        )
        return [
            GivenUp(merchant, job, kind, subject, at or 0.0, why)
            for merchant, job, kind, subject, at, why in rows
        ]


def try_again(rt: Runtime) -> int:
    """Let the workers try every dead job from the beginning; how many there were. The sweeper rings for them."""
    anew = {"state": Job.WAITING, "attempts": 0, "next_at": rt.moment(), "done_at": None, "rung_at": 0.0}
    with rt.write() as tx:
        revived = tx.scalars(update(Outbox).where(Outbox.state == Job.DEAD).values(anew).returning(Outbox.id))
        return len(list(revived))
