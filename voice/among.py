"""`column IN (...)` with one parameter, however many values there are.

An IN that SQLAlchemy expands is another statement for each number of values: written, parsed and planned anew. A
thousand agents who know enough for a caller took 30 ms of it.
"""

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, Text, any_, func, literal, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import BindParameter, ColumnElement
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator


class Names(TypeDecorator[Collection[str]]):
    """Many texts as one parameter: an array of PostgreSQL's, a JSON text of SQLite's."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        """The type of this database."""
        return dialect.type_descriptor(ARRAY(Text()) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Collection[str] | None, dialect: Any) -> Any:
        """The value as the driver takes it."""
        names = list(value or ())
        return names if dialect.name == "postgresql" else json.dumps(names)


class _Among(FunctionElement[bool]):
    """Written by each database in its own way."""

    inherit_cache = True


def among(column: ColumnElement[Any], values: Collection[str] | BindParameter[Any]) -> ColumnElement[bool]:
    """Whether a column is one of these texts; for a statement that is written once, `bindparam("x", type_=Names())`."""
    return _Among(column, values if isinstance(values, BindParameter) else literal(values, Names()))


@compiles(_Among, "postgresql")
def _on_postgresql(element: _Among, compiler: Any, **options: Any) -> str:
    column, values = element.clauses
    written: str = compiler.process(any_(values) == column, **options)
    return written


@compiles(_Among, "sqlite")
def _on_sqlite(element: _Among, compiler: Any, **options: Any) -> str:
    column, values = element.clauses
    each = select(func.json_each(values).table_valued("value").c.value)
    written: str = compiler.process(column.in_(each), **options)
    return written
