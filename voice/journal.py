"""The journal: every fact of every call, in one vocabulary.

A fact that belongs to an effect is written in the effect's own transaction. Plain facts are buffered and committed
together by one writer for each process: a kill may lose 50 ms of them, and the trace marks the gap by turn number.
Facts that somebody may have to prove are kept before the answer: whoever comes first commits for all who have come.
While SQL is away the buffer is kept, up to its bound, and then loses the oldest.
"""

import json
import threading
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import insert, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from voice.calls import Facts, insert_calls
from voice.events import EVENTS, UnknownEvent
from voice.models import Event
from voice.store import Store, StoreAway

log = structlog.get_logger()

Data = Mapping[str, Any]
Row = dict[str, Any]
BOUND = 50_000  # turns, about two facts each
BATCH = 2_000
PATIENCE_SECONDS = (
    1.0  # Twilio gives an answer 3.5 s; behind a database that hangs a fact waits in the buffer
)
ONCE = ("merchant_id", "call_id", "turn", "place")

# One statement with one parameter: on PostgreSQL less work for both sides than COPY into a table of its own
# (docs/decisions/0102-the-journal-is-written-from-json.md).
FROM_JSON = text("""
    INSERT INTO event (merchant_id, call_id, at, kind, turn, place, agent_id, data)
    SELECT merchant_id, call_id, at, kind, turn, place, agent_id, data FROM json_to_recordset(CAST(:rows AS json)) AS
    fact(merchant_id text, call_id text, at float8, kind text, turn int, place int, agent_id text, data json)
    ON CONFLICT (merchant_id, call_id, turn, place) DO NOTHING
""")


@dataclass(slots=True, eq=False)
class Gathered:
    """What a turn said and heard, until it is in SQL."""

    merchant_id: str
    call_id: str
    turn: int
    at: float
    facts: tuple[tuple[str, Data], ...]
    is_kept: bool = False

    def rows(self) -> list[Row]:
        """One row for each fact, numbered by place."""
        return [
            _row(self.merchant_id, self.call_id, kind, self.at, None, data, self.turn, place)
            for place, (kind, data) in enumerate(self.facts)
        ]


class Journal:
    """Takes facts from many threads; `step` writes what has gathered."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: deque[Gathered] = deque(maxlen=BOUND)
        self._calls: deque[Facts] = deque(maxlen=BOUND)
        self._writing = threading.Lock()
        self.lost = 0

    @property
    def buffered(self) -> int:
        """How many turns' facts wait to be written."""
        return len(self._waiting)

    def note_turn(
        self, merchant_id: str, call_id: str, turn: int, at: float, notes: Iterable[tuple[str, Data]]
    ) -> None:
        """Remember what a turn said and heard; it is in SQL some 50 ms later, once however often the turn is asked."""
        self._gather(merchant_id, call_id, turn, at, notes)

    def keep_turn(
        self, merchant_id: str, call_id: str, turn: int, at: float, notes: Iterable[tuple[str, Data]]
    ) -> bool:
        """The same, but in SQL before this returns, with everything else that has gathered by then.

        False when SQL is away or slower than a second: then the facts wait in the buffer as all others do.
        """
        ours = self._gather(merchant_id, call_id, turn, at, notes)
        if not self._writing.acquire(timeout=PATIENCE_SECONDS):
            return False
        try:
            while not ours.is_kept and self._step():
                pass
        except StoreAway:
            pass
        finally:
            self._writing.release()
        return ours.is_kept

    def _gather(
        self, merchant_id: str, call_id: str, turn: int, at: float, notes: Iterable[tuple[str, Data]]
    ) -> Gathered:
        facts = tuple(notes)
        for kind, _ in facts:
            if kind not in EVENTS:
                raise UnknownEvent(kind)
        if len(self._waiting) == BOUND:
            self.lost += len(self._waiting[0].facts)
        gathered = Gathered(merchant_id, call_id, turn, at, facts)
        self._waiting.append(gathered)
        return gathered

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
        _insert_once(tx, Gathered(merchant_id, call_id, turn, at, tuple(notes)).rows())

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
            return self._step()

    def _step(self) -> int:
        calls = [self._calls.popleft() for _ in range(min(len(self._calls), BATCH))]
        turns = [self._waiting.popleft() for _ in range(min(len(self._waiting), BATCH))]
        rows = [row for turn in turns for row in turn.rows()]
        try:
            self._commit(calls, rows)
        except StoreAway:
            self._calls.extendleft(reversed(calls))
            self._waiting.extendleft(reversed(turns))
            raise
        except (SQLAlchemyError, ValueError, TypeError):
            self._commit_one_by_one(calls, rows)
        for turn in turns:
            turn.is_kept = True
        return len(rows)

    def _commit(self, calls: list[Facts], rows: list[Row]) -> None:
        with self._store.write() as tx:
            insert_calls(tx, calls)
            _insert_once(tx, rows)

    def _commit_one_by_one(self, calls: list[Facts], rows: list[Row]) -> None:
        """One of them is something that the database does not take: the others must not be lost with it."""
        for call, row in [(one, None) for one in calls] + [(None, one) for one in rows]:
            try:
                self._commit([call] if call else [], [row] if row else [])
            except (SQLAlchemyError, ValueError, TypeError) as error:
                self.lost += 1
                log.error(
                    "fact not kept", call=call.call_id if call else row and row["call_id"], error=str(error)
                )


def _insert_once(tx: Session, rows: list[Row]) -> None:
    """Facts in the order of their key, so that two writers of the same ones never wait for each other in a circle."""
    if not rows:
        return
    rows = sorted(rows, key=lambda row: [row[name] for name in ONCE])
    if tx.get_bind().dialect.name == "postgresql":
        tx.execute(FROM_JSON, {"rows": json.dumps(rows)})
    else:
        tx.execute(sqlite.insert(Event).on_conflict_do_nothing(index_elements=ONCE), rows)


def _row(
    merchant_id: str,
    call_id: str,
    kind: str,
    at: float,
    agent_id: str | None,
    data: Data,
    turn: int | None = None,
    place: int | None = None,
) -> Row:
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
