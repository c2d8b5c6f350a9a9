"""Conditional changes: an UPDATE or DELETE whose WHERE says from where it may move, and whose count says whether it did."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import CursorResult, Delete, Update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from voice.models import Base


def changed(tx: Session, statement: Update | Delete, **how: Any) -> int:
    """Carry a change out; how many rows it met. 0: somebody else was first. `how` is as `Session.execute` takes it."""
    return cast("CursorResult[Any]", tx.execute(statement, **how)).rowcount


def is_now(row: Base, values: Mapping[str, object]) -> None:
    """Let the object of a row say what a statement has just stored, so that it need not be read again."""
    for name, value in values.items():
        set_committed_value(row, name, value)
