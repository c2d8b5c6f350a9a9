"""The journal: every fact of every call, in one vocabulary.

A fact that belongs to an effect is written in the effect's own transaction. Plain facts are buffered and committed
together by one writer for each process: a kill may lose 50 ms of them, and the trace marks the gap by turn number.
Facts that somebody may have to prove are kept before the answer: whoever comes first commits for all who have come.
While SQL is away the buffer is kept, up to its bound, and then loses the oldest.
"""

import threading
import time
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final, cast

import structlog
from sqlalchemy import Table, insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from voice.bell import Bell
from voice.calls import Facts, insert_calls
from voice.facts import Data, Gathered, Told, append, insert_once, row
from voice.models import Event
from voice.store import Store, StoreAway

log = structlog.get_logger()

Notes = Told | Iterable[tuple[str, Data]]
BOUND = 50_000  # turns, about two facts each
BATCH = 2_000
_FACT: Final = insert(cast(Table, Event.__table__)).inline()
PATIENCE_SECONDS = (
    1.0  # Twilio gives an answer 3.5 s; behind a database that hangs a fact waits in the buffer
)


class Journal:
    """Takes facts from many threads; `step` writes what has gathered."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: deque[Gathered] = deque(maxlen=BOUND)
        self._calls: deque[Facts] = deque(maxlen=BOUND)
        self._bells: deque[Bell] = (
            deque()
        )  # of those who wait until their facts are kept, or until they may write
        self._writing = threading.Lock()
        self.lost = 0

    @property
    def buffered(self) -> int:
        """How many turns' facts wait to be written."""
        return len(self._waiting)

    def note_turn(self, merchant_id: str, call_id: str, turn: int, at: float, notes: Notes) -> None:
        """Remember what a turn said and heard; it is in SQL some 50 ms later, once however often the turn is asked."""
        told = notes if isinstance(notes, Told) else Told(notes)
        self._gather(Gathered(merchant_id, call_id, turn, at, told))

    def keep_turn(self, merchant_id: str, call_id: str, turn: int, at: float, notes: Notes) -> bool:
        """The same, but in SQL before this returns, with everything else that has gathered by then.

        False when SQL is away or slower than a second: then the facts wait in the buffer as all others do.
        """
        told, bell = notes if isinstance(notes, Told) else Told(notes), Bell()
        ours = Gathered(merchant_id, call_id, turn, at, told, bell)
        self._gather(ours)
        self._bells.append(bell)
        if not self._may_write(bell, ours):
            return ours.is_kept
        try:
            while not ours.is_kept and self._step():
                pass
        except StoreAway:
            pass
        finally:
            self._hand_on()
        return ours.is_kept

    def _may_write(self, bell: Bell, ours: Gathered) -> bool:
        """Whether it is our turn to write, after having waited for whoever writes now."""
        if self._writing.acquire(blocking=False):
            bell.ring()
            return True
        until = time.monotonic() + PATIENCE_SECONDS
        bell.wait(PATIENCE_SECONDS)
        bell.ring()  # from now on there is nobody to be called
        return not ours.is_kept and self._writing.acquire(timeout=max(0.0, until - time.monotonic()))

    def _gather(self, turn: Gathered) -> None:
        if len(self._waiting) == BOUND:
            self.lost += len(self._waiting[0].told.facts)
        self._waiting.append(turn)

    def _hand_on(self) -> None:
        """Let others write: the first who came meanwhile and waits is to do it for all."""
        self._writing.release()
        while self._bells:
            with suppress(IndexError):
                if self._bells.popleft().ring():
                    return

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
        insert_once(tx, [Gathered(merchant_id, call_id, turn, at, Told(notes))])

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
        tx.flush()  # the fact's call may be as new
        tx.execute(_FACT, row(merchant_id, call_id, kind, at, agent_id, data))

    def step(self) -> int:
        """Commit what has gathered; how many facts that was. Raises StoreAway and keeps them when SQL is away."""
        if not self._waiting and not self._calls:
            return 0
        self._writing.acquire()
        try:
            return self._step()
        finally:
            self._hand_on()

    def _step(self) -> int:
        calls = [self._calls.popleft() for _ in range(min(len(self._calls), BATCH))]
        turns = [self._waiting.popleft() for _ in range(min(len(self._waiting), BATCH))]
        try:
            self._commit(calls, turns)
        except StoreAway:
            self._calls.extendleft(reversed(calls))
            self._waiting.extendleft(reversed(turns))
            raise
        except (SQLAlchemyError, ValueError, TypeError):
            self._commit_one_by_one(calls, turns)
        for turn in turns:
            turn.is_kept = True
            if turn.bell is not None:
                turn.bell.ring()
        return sum(len(turn.told.facts) for turn in turns)

    def _commit(self, calls: list[Facts], turns: list[Gathered]) -> None:
        if calls:
            with self._store.write() as tx:
                insert_calls(tx, calls)
        append(self._store, turns)

    def _commit_one_by_one(self, calls: list[Facts], turns: list[Gathered]) -> None:
        """One of them is something that the database does not take: the others must not be lost with it."""
        for call in calls:
            self._commit_if_it_can_be(call.call_id, 1, [call], [])
        for turn in turns:
            self._commit_if_it_can_be(turn.call_id, len(turn.told.facts), [], [turn])

    def _commit_if_it_can_be(
        self, call_id: str, facts: int, calls: list[Facts], turns: list[Gathered]
    ) -> None:
        try:
            self._commit(calls, turns)
        except (SQLAlchemyError, ValueError, TypeError) as error:
            self.lost += facts
            log.error("facts not kept", call=call_id, error=str(error))
