"""Which jobs come first when many are due: merchants take turns, so that nobody's backlog holds up another's."""

from sqlalchemy import ColumnElement, Select, bindparam, func, select

from voice.models import Outbox


def in_turns(which: ColumnElement[bool]) -> Select[str]:
    """Ids of jobs, as many as `most` says: each merchant's oldest, then each merchant's second, and so on."""
    turn = func.row_number().over(partition_by=Outbox.merchant_id, order_by=(Outbox.next_at, Outbox.id))
    ranked = select(Outbox.id, Outbox.next_at, turn.label("turn")).where(which).subquery()
    return select(ranked.c.id).order_by(ranked.c.turn, ranked.c.next_at, ranked.c.id).limit(bindparam("most"))
