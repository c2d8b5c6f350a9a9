"""What every table is made with."""

from collections.abc import Iterable
from typing import Any, ClassVar

from sqlalchemy import JSON, Float, ForeignKeyConstraint, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Everything that `ringdesk migrate` creates."""

    type_annotation_map: ClassVar[Any] = {
        str: Text,
        float: Float(53),
        dict[str, Any]: JSON,
        list[Any]: JSON,
        bytes: LargeBinary,
    }


def key(**options: Any) -> Mapped[str]:
    """A text column of the primary key."""
    return mapped_column(String(80), primary_key=True, **options)


def quoted(members: Iterable[object]) -> str:
    """States as an SQL list, for the condition of a partial index."""
    return ", ".join(f"'{member}'" for member in sorted(str(one) for one in members))


def index_while(name: str, *columns: str, where: str) -> Index:
    """An index over the rows that meet a condition, in both stores."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


def unique_while(name: str, *columns: str, where: str) -> Index:
    """A unique index over the rows that meet a condition, in both stores."""
    return Index(name, *columns, unique=True, sqlite_where=text(where), postgresql_where=text(where))


def of_call() -> ForeignKeyConstraint:
    """A row that belongs to a call of the same merchant."""
    return ForeignKeyConstraint(["merchant_id", "call_id"], ["call.merchant_id", "call.id"])
