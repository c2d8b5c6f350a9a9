"""The facts of turns on their way into SQL: made once, written in groups, each kept once however often it comes.

Most turns are the same for many callers (callflows/remembered.py), so what they tell is one object, and its JSON is
made once.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any, Final, cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from voice.bell import Bell
from voice.events import EVENTS, UnknownEvent
from voice.models import Event
from voice.store import Store

Data = Mapping[str, Any]
Row = dict[str, Any]
ONCE = ("merchant_id", "call_id", "turn", "place")

# One statement with one parameter: on PostgreSQL less work for both sides than COPY into a table of its own
# (docs/decisions/0102-the-journal-is-written-from-json.md). A turn's facts are pairs of kind and data.
FROM_JSON = """
    INSERT INTO event (merchant_id, call_id, at, kind, turn, place, agent_id, data)
    SELECT m, c, a, fact.value ->> 0, t, fact.number - 1, NULL, fact.value -> 1
    FROM json_to_recordset(CAST(%(turns)s AS json)) AS told(m text, c text, a float8, t int, f json),
    LATERAL json_array_elements(f) WITH ORDINALITY AS fact(value, number)
    ON CONFLICT (merchant_id, call_id, turn, place) DO NOTHING
"""
_KEY = attrgetter("merchant_id", "call_id", "turn")
_encode = json.encoder.encode_basestring_ascii
_EVENT: Final = cast(Table, Event.__table__)
_ONCE: Final = {  # by whether it is SQLite
    True: sqlite.insert(_EVENT).on_conflict_do_nothing(index_elements=ONCE).inline(),
    False: postgresql.insert(_EVENT).on_conflict_do_nothing(index_elements=ONCE).inline(),
}


class Told:
    """What a turn said and heard: pairs of kind and data, in order. Raises UnknownEvent for a kind that nobody knows."""

    def __init__(self, facts: Iterable[tuple[str, Data]]) -> None:
        self.facts = tuple(facts)
        for kind, _ in self.facts:
            if kind not in EVENTS:
                raise UnknownEvent(kind)

    @cached_property
    def json(self) -> str:
        """The facts as PostgreSQL takes them."""
        return json.dumps(self.facts)


@dataclass(slots=True, eq=False)
class Gathered:
    """What a turn of a call told, until it is in SQL."""

    merchant_id: str
    call_id: str
    turn: int
    at: float
    told: Told
    bell: Bell | None = None  # rung when it is kept, if somebody waits for that
    is_kept: bool = False

    def json(self) -> str:
        """This turn as an object of FROM_JSON."""
        names = f'"m":{_encode(self.merchant_id)},"c":{_encode(self.call_id)}'
        return f'{{{names},"a":{self.at!r},"t":{self.turn},"f":{self.told.json}}}'

    def rows(self) -> list[Row]:
        """One row for each fact, numbered by place."""
        return [
            row(self.merchant_id, self.call_id, kind, self.at, None, data, self.turn, place)
            for place, (kind, data) in enumerate(self.told.facts)
        ]


def row(
    merchant_id: str,
    call_id: str,
    kind: str,
    at: float,
    agent_id: str | None,
    data: Data,
    turn: int | None = None,
    place: int | None = None,
) -> Row:
    """One fact as a row of the journal."""
    if kind not in EVENTS:
        raise UnknownEvent(kind)
    return {
        "merchant_id": merchant_id,
        "call_id": call_id,
        "kind": kind,
        "at": at,
        "turn": turn,
        "place": place,
        "agent_id": agent_id,
        "data": dict(data),
    }


def insert_once(tx: Session, turns: Sequence[Gathered]) -> None:
    """Write turns with a decision, each once."""
    rows = [row for turn in ordered(turns) for row in turn.rows()]
    if not rows:
        return
    tx.execute(_ONCE[tx.get_bind().dialect.name == "sqlite"], rows)


def append(store: Store, turns: Sequence[Gathered]) -> None:
    """Write turns by themselves, each once; raises StoreAway, or what the database says of a row that it does not take."""
    turns = ordered(turns)
    if not turns:
        return
    if store.is_sqlite:
        with store.write() as tx:
            insert_once(tx, turns)
    else:
        store.append(FROM_JSON, {"turns": f"[{','.join(turn.json() for turn in turns)}]"})


def ordered(turns: Sequence[Gathered]) -> list[Gathered]:
    """In the order of their key, so that two writers of the same ones never wait for each other in a circle."""
    return sorted((turn for turn in turns if turn.told.facts), key=_KEY)
