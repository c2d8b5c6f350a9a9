"""Conditional changes: an UPDATE or DELETE whose WHERE says from where it may move, and whose count says whether it did."""

from typing import Any, cast

from sqlalchemy import CursorResult, Delete, Update
from sqlalchemy.orm import Session


def changed(tx: Session, statement: Update | Delete, **how: Any) -> int:
    """Carry a change out; how many rows it met. 0: somebody else was first. `how` is as `Session.execute` takes it."""
    return cast("CursorResult[Any]", tx.execute(statement, **how)).rowcount
