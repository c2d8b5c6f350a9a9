"""The journal: every fact of every call, in one vocabulary.

A fact that belongs to an effect is written in the effect's own transaction. Plain facts are buffered and committed
together by one writer for each process: a kill may lose 50 ms of them, and the trace marks the gap by turn number.
While SQL is away the buffer is kept, up to its bound, and then loses the oldest.
"""

import threading
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from voice.calls import Facts, insert_calls
from voice.events import EVENTS, UnknownEvent
from voice.models import Event
from voice.store import Store, StoreAway

Data = Mapping[str, Any]
Row = dict[str, Any]
BOUND = 100_000
BATCH = 2_000


class Journal:
    """Takes facts from many threads; `step` writes what has gathered."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: deque[Row] = deque(maxlen=BOUND)
        self._calls: deque[Facts] = deque(maxlen=BOUND)
        self._writing = threading.Lock()
        self.lost = 0

    def note_turn(
        self, merchant_id: str, call_id: str, turn: int, at: float, notes: Iterable[tuple[str, Data]]
    ) -> None:
        """Remember what a turn said and heard; it is in SQL some 50 ms later, once however often the turn is asked."""
        rows = _of_turn(merchant_id, call_id, turn, at, notes)
        self.lost += max(0, len(self._waiting) + len(rows) - BOUND)
        self._waiting.extend(rows)

    def note_call(self, facts: Facts) -> None:
        """Remember that a call began, for its row."""
        self._calls.append(facts)

    def write_turn(
        self,
        tx: Session,
        merchant_id: str,
        call_id: str,
        turn: int,
        at: float,
        notes: Iterable[tuple[str, Data]],
    ) -> None:
        """Write what a turn said and heard with the effect it had."""
        _insert_once(tx, _of_turn(merchant_id, call_id, turn, at, notes))

    def write(
        self,
        tx: Session,
        merchant_id: str,
        call_id: str,
        kind: str,
        at: float,
        *,
        agent_id: str | None = None,
        **data: Any,
    ) -> None:
        """Write a fact with the decision it belongs to."""
        tx.execute(insert(Event), [_row(merchant_id, call_id, kind, at, agent_id, data)])

    def step(self) -> int:
        """Commit what has gathered; how many facts that was. Raises StoreAway and keeps them when SQL is away."""
        if not self._waiting and not self._calls:
            return 0
        with self._writing:
            calls = [self._calls.popleft() for _ in range(min(len(self._calls), BATCH))]
            rows = [self._waiting.popleft() for _ in range(min(len(self._waiting), BATCH))]
            try:
                with self._store.write() as tx:
                    insert_calls(tx, calls)
                    _insert_once(tx, rows)
            except StoreAway:
                self._calls.extendleft(reversed(calls))
                self._waiting.extendleft(reversed(rows))
                raise
        return len(rows)


def _insert_once(tx: Session, rows: list[Row]) -> None:
    if not rows:
        return
    dialect = postgresql if tx.get_bind().dialect.name == "postgresql" else sqlite
    tx.execute(
        dialect.insert(Event).on_conflict_do_nothing(
            index_elements=["merchant_id", "call_id", "turn", "place"]
        ),
        rows,
    )


def _of_turn(
    merchant_id: str, call_id: str, turn: int, at: float, notes: Iterable[tuple[str, Data]]
) -> list[Row]:
    return [
        _row(merchant_id, call_id, kind, at, None, data) | {"turn": turn, "place": place}
        for place, (kind, data) in enumerate(notes)
    ]


def _row(merchant_id: str, call_id: str, kind: str, at: float, agent_id: str | None, data: Data) -> Row:
    if kind not in EVENTS:
        raise UnknownEvent(kind)
    return {
        "merchant_id": merchant_id,
        "call_id": call_id,
        "kind": kind,
        "at": at,
        "turn": None,
        "place": None,
        "agent_id": agent_id,
        "data": dict(data),
    }
