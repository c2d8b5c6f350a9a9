"""The day's figures of many merchants, kept up with a look at the last minute of the journal.

A day is read whole once; after that only facts of the last minute are asked for, since a fact is committed some
seconds after its moment at most. Kept in memory for each process: about a kilobyte a call.
"""

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from panel.day_clock import day_began
from panel.floor_figures import KINDS, Day, Fact, Rule, Tally
from voice.models import Event
from voice.runtime import Runtime

LATE_SECONDS = 60.0

EVENT = Event.__table__


@dataclass
class Book:
    """One merchant's day so far."""

    began_at: float
    day: Day = field(default_factory=Day)
    looked_at: float = 0.0
    seen: dict[int, float] = field(default_factory=dict)  # ids of the last minute's facts


class Days:
    """Every merchant's day that somebody looked at; safe for several threads."""

    def __init__(self) -> None:
        self._books: dict[str, Book] = {}
        self._lock = threading.Lock()

    def tallies(
        self, tx: Session, rt: Runtime, zones: Mapping[str, str], now: float
    ) -> dict[str, dict[str, Tally]]:
        """For each merchant (id -> time zone) the figures of its queues today."""
        with self._lock:
            books = {merchant: self._book(merchant, zone, now) for merchant, zone in zones.items()}
            self._read(tx, books, now)
            return {
                merchant: book.day.tallies(partial(rule_of, rt, merchant)) for merchant, book in books.items()
            }

    def _book(self, merchant_id: str, zone: str, now: float) -> Book:
        began = day_began(zone, now)
        book = self._books.get(merchant_id)
        if book is None or book.began_at != began:
            book = self._books[merchant_id] = Book(began)
        return book

    def _read(self, tx: Session, books: Mapping[str, Book], now: float) -> None:
        news: dict[str, list[Fact]] = defaultdict(list)
        for row in _rows(tx, books):
            book = books[row.merchant_id]
            if row.id not in book.seen:
                book.seen[row.id] = row.at
                news[row.merchant_id].append(fact_of(row))
        for merchant_id, book in books.items():
            book.day.take(news[merchant_id])
            book.looked_at = now
            book.seen = {one: at for one, at in book.seen.items() if at >= now - LATE_SECONDS}


def _rows(tx: Session, books: Mapping[str, Book]) -> Sequence[Any]:
    if not books:
        return []
    since: dict[float, list[str]] = defaultdict(list)
    for merchant_id, book in books.items():
        since[max(book.began_at, book.looked_at - LATE_SECONDS)].append(merchant_id)
    news = [and_(EVENT.c.merchant_id.in_(names), EVENT.c.at >= at) for at, names in since.items()]
    asked = select(EVENT.c.id, EVENT.c.merchant_id, EVENT.c.call_id, EVENT.c.at, EVENT.c.kind, EVENT.c.data)
    return tx.connection().execute(asked.where(or_(*news), EVENT.c.kind.in_(KINDS))).fetchall()


def fact_of(row: Any) -> Fact:
    """An event of the journal as the figures know it."""
    data = row.data or {}
    return Fact(
        row.call_id,
        row.at,
        row.kind,
        str(data.get("queue") or ""),
        float(data.get("waited") or 0.0),
        str(data.get("ended_as") or ""),
    )


def rule_of(rt: Runtime, merchant_id: str, queue: str) -> Rule:
    """A queue's limits, from the merchant's live flow; a queue that it no longer has is judged by the usual ones."""
    flow = rt.books.live_flow(merchant_id)
    known = flow.queues.get(queue) if flow is not None else None
    return Rule(known.service_level_seconds, known.short_abandon_seconds) if known else Rule()


def queues_of(rt: Runtime, merchant_id: str) -> Iterable[str]:
    """The queues that the merchant's live flow names."""
    flow = rt.books.live_flow(merchant_id)
    return flow.queues if flow is not None else ()
