"""INSERT that knows what to do when the row is there already; both stores can, each in its own dialect."""

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from voice.models import Base


def insert(tx: Session, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT of this store with on_conflict_do_nothing and on_conflict_do_update."""
    if tx.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
