"""What the database knows, looked up when Prometheus asks: calls, callers who wait, offers, jobs, the clock's round."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from routing.callbacks import CALLBACK_OPEN
from voice import models
from voice.runtime import Runtime
from voice.store import StoreAway

Key = tuple[str, ...]

OFFERS = {  # facts of the journal that tell how an offer ended
    "offered": "offered",
    "answered": "answered",
    "declined": "declined",
    "rang_out": "missed",
    "unacknowledged": "unacknowledged",
    "undelivered": "undelivered",
    "connect_failed": "failed",
}
CALLS = (
    "call_started",
    "call_ended",
    "abandoned",
    "answered",
    "requeued",
    "agent_vanished",
    "callback_asked",
    "callback_done",
    "callback_failed",
)


class DatabaseFigures(Collector):
    """Counters begin when this process does and go on by the ids of facts; gauges are of this moment."""

    def __init__(self, rt: Runtime) -> None:
        self._rt = rt
        self._facts: dict[Key, int] = {}
        self._last: int | None = None

    def collect(self) -> Iterator[Metric]:
        """All of them; none but `ringdesk_database_up 0` while SQL is away."""
        try:
            with self._rt.store.read() as tx:
                figures = [*self._now(tx), *self._so_far(tx)]
        except StoreAway:
            yield GaugeMetricFamily("ringdesk_database_up", "Whether the database answers.", value=0)
            return
        yield GaugeMetricFamily("ringdesk_database_up", "Whether the database answers.", value=1)
        yield from figures

    def _now(self, tx: Session) -> Iterator[Metric]:
        now, calls, waiting, jobs = self._rt.now(), models.Call, models.Waiting, models.Outbox
        callbacks = models.Callback
        yield _gauge(
            "ringdesk_calls_open",
            "Calls that are not over.",
            ["merchant"],
            tx.execute(
                select(calls.merchant_id, func.count())
                .where(calls.ended_at.is_(None))
                .group_by(calls.merchant_id)
            ).all(),
        )
        lines = tx.execute(
            select(waiting.merchant_id, waiting.queue, func.count(), now - func.min(waiting.entered_at))
            .where(waiting.left_as.is_(None), waiting.state != "connected", waiting.is_callback.is_(False))
            .group_by(waiting.merchant_id, waiting.queue)
        ).all()
        queue = ["merchant", "queue"]
        yield _gauge("ringdesk_waiting", "Callers who wait.", queue, [line[:3] for line in lines])
        yield _gauge(
            "ringdesk_waiting_longest_seconds",
            "How long the first of them has waited.",
            queue,
            [(*line[:2], line[3]) for line in lines],
        )
        yield _gauge(
            "ringdesk_callbacks",
            "Callbacks that are still to be made.",
            [*queue, "state"],
            tx.execute(
                select(callbacks.merchant_id, callbacks.queue, callbacks.state, func.count())
                .where(callbacks.state.in_(CALLBACK_OPEN))
                .group_by(callbacks.merchant_id, callbacks.queue, callbacks.state)
            ).all(),
        )
        yield _gauge(
            "ringdesk_outbox",
            "Jobs that wait to be done, and those given up.",
            ["state", "kind"],
            tx.execute(
                select(jobs.state, jobs.kind, func.count())
                .where(jobs.state.in_(("waiting", "dead")))
                .group_by(jobs.state, jobs.kind)
            ).all(),
        )
        beat = tx.get(models.Beat, "clock")
        yield GaugeMetricFamily(
            "ringdesk_clock_age_seconds",
            "Since the last round of a clock; above 5 something is wrong.",
            value=now - beat.at if beat is not None else float("inf"),
        )

    def _so_far(self, tx: Session) -> Iterator[Metric]:
        event = models.Event
        newest = tx.scalar(select(func.max(event.id))) or 0
        if self._last is not None and newest > self._last:
            counted = tx.execute(
                select(event.merchant_id, event.kind, func.count())
                .where(event.id > self._last, event.id <= newest, event.kind.in_({*OFFERS, *CALLS}))
                .group_by(event.merchant_id, event.kind)
            )
            for merchant, kind, number in counted:
                self._facts[merchant, kind] = self._facts.get((merchant, kind), 0) + number
        self._last = newest
        offers = CounterMetricFamily("ringdesk_offers", "Offers by outcome.", labels=["merchant", "outcome"])
        calls = CounterMetricFamily("ringdesk_calls", "What calls came to.", labels=["merchant", "what"])
        for (merchant, kind), number in sorted(self._facts.items()):
            if kind in OFFERS:
                offers.add_metric([merchant, OFFERS[kind]], number)
            if kind in CALLS:
                calls.add_metric([merchant, kind], number)
        yield offers
        yield calls


def _gauge(name: str, help_text: str, labels: list[str], rows: Iterable[Sequence[Any]]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, help_text, labels=labels)
    for *values, number in rows:
        family.add_metric([str(value) for value in values], float(number))
    return family
