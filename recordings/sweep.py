"""The sweeper: what nobody finished is rung for again, in turns across merchants."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, select, update

from recordings import lease as leases
from recordings.lease import MAX_ATTEMPTS, Lease
from recordings.moments import of_the_moment
from recordings.turns import in_turns
from recordings.work import give_up
from voice.models import Outbox
from voice.runtime import Runtime

RING_AGAIN_SECONDS = 4.0
AT_ONCE = 200


def sweep(rt: Runtime, limit: int = AT_ONCE) -> int:
    """Ring for jobs that are due, in nobody's hands, and were not rung for in the last 4 s; how many that were.

    A job whose workers died at every attempt is given up, so that it cannot go on killing workers.
    """
    _give_up_killers(rt)
    statement, values = _silent(rt)
    with rt.store.read() as tx:
        silent = list(tx.scalars(statement, {**values, "most": limit}))
    stamped = _stamp(rt, silent) if silent else frozenset()
    for outbox_id in silent:
        if outbox_id in stamped:
            rt.ring(outbox_id)
    return len(stamped)


def _is_silent(moment: ColumnElement[float]) -> ColumnElement[bool]:
    return and_(
        leases.is_due(moment), Outbox.rung_at <= moment - RING_AGAIN_SECONDS, Outbox.attempts < MAX_ATTEMPTS
    )


def _stamp(rt: Runtime, silent: list[str]) -> frozenset[str]:
    """Of several sweepers one stamps a row, and that one rings."""
    statement, values = _stamped(rt)
    with rt.store.write() as tx:
        return frozenset(tx.scalars(statement, {**values, "silent": silent}))


@of_the_moment
def _silent(moment: ColumnElement[float]) -> Select[str]:
    return in_turns(_is_silent(moment))


@of_the_moment
def _stamped(moment: ColumnElement[float]) -> Any:
    mine = and_(Outbox.id.in_(bindparam("silent", expanding=True)), _is_silent(moment))
    stamp = update(Outbox).where(mine).values(rung_at=moment).returning(Outbox.id)
    return stamp.execution_options(synchronize_session=False)


@of_the_moment
def _spent(moment: ColumnElement[float]) -> Select[str, str, str, str, int, str]:
    columns = (Outbox.merchant_id, Outbox.id, Outbox.kind, Outbox.subject_id, Outbox.attempts, Outbox.error)
    return select(*columns).where(leases.is_due(moment), Outbox.attempts >= MAX_ATTEMPTS)


def _give_up_killers(rt: Runtime) -> None:
    statement, values = _spent(rt)
    with rt.store.read() as tx:
        found = tx.execute(statement, values).all()
    for merchant_id, outbox_id, kind, subject_id, attempts, error in found:
        with rt.write() as tx:
            lease = Lease(merchant_id, outbox_id, kind, subject_id, attempts)
            give_up(tx, rt, lease, error or "the worker died at every attempt")
