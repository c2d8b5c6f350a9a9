"""Statements about the moment, built once for each way of telling it: a database tells its own, a virtual clock is told."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import BindParameter, ColumnElement, Float, bindparam

from voice.runtime import Runtime

Statement = TypeVar("Statement")
Dated = Callable[[Runtime], tuple[Statement, dict[str, Any]]]  # the statement, and what tells it the moment

_TOLD = bindparam("moment", type_=Float(53))


def of_the_moment(build: Callable[[ColumnElement[float]], Statement]) -> Dated[Statement]:
    """Makes of a function that builds a statement one that gives what was built before."""
    built: dict[str, Statement] = {}

    def given(rt: Runtime) -> tuple[Statement, dict[str, Any]]:
        moment = rt.moment()
        is_told = isinstance(moment, BindParameter)
        name = "" if is_told else moment.name  # of a column that is written out: its words
        if name not in built:
            built[name] = build(_TOLD if is_told else moment)
        return built[name], {_TOLD.key: moment.value} if is_told else {}

    return given
