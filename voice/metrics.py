"""Figures of a process for Prometheus, on a private port and never on the public one (METRICS_PORT; 0: none).

Each process serves its own: the first takes METRICS_PORT, the next the port after it, and so on; `ringdesk_process`
tells which is which. What the database knows (metrics_sql.py) is told by the clock alone.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, Info, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from voice.journal import Journal

log = structlog.get_logger()

PORTS = 32  # processes of one machine
# Twilio gives a webhook 15 s; ours take 1 to 20 ms when all is well.
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)

WEBHOOKS = Histogram(
    "ringdesk_webhook_seconds", "Answers to Twilio, by door and status.", ["door", "status"], buckets=SECONDS
)
CARRIER = Counter("ringdesk_carrier_requests", "Requests that we made of Twilio, by outcome.", ["outcome"])
REPAIRS = Counter("ringdesk_repairs", "What the reconciler made good, by account.", ["account", "what"])
ROUNDS = Counter("ringdesk_reconciler_rounds", "Rounds of the reconciler.", ["account", "outcome"])
PROCESS = Info("ringdesk_process", "Which process this is.")

_children: dict[tuple[str, int], Callable[[float], None]] = {}


def answered(door: str, status: int, seconds: float) -> None:
    """One answer to Twilio."""
    observe = _children.get((door, status))
    if observe is None:
        observe = _children[door, status] = WEBHOOKS.labels(door, str(status)).observe
    observe(seconds)


class JournalFigures(Collector):
    """How full the journal's buffer is, and what it lost."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def collect(self) -> Iterator[Metric]:
        """Two figures."""
        yield GaugeMetricFamily(
            "ringdesk_journal_buffered", "Turns whose facts wait to be written.", value=self._journal.buffered
        )
        lost = CounterMetricFamily("ringdesk_journal_lost", "Facts that were never written.")
        lost.add_metric([], self._journal.lost)
        yield lost


def serve(
    port: int,
    host: str,
    name: str,
    journal: Journal,
    *more: Collector,
    registry: CollectorRegistry = REGISTRY,
) -> int:
    """Answer Prometheus from now on; the port that was free, or 0 when none is wanted or was found."""
    if port == 0:
        return 0
    for collector in (JournalFigures(journal), *more):
        registry.register(collector)
    PROCESS.info({"name": name})
    for candidate in range(port, port + PORTS):
        try:
            start_http_server(candidate, addr=host, registry=registry)
        except OSError:
            continue
        log.info("metrics", process=name, port=candidate)
        return candidate
    log.error("no port for metrics", first=port, last=port + PORTS - 1)
    return 0


@contextmanager
def counted() -> Iterator[None]:
    """A request of ours: ok, or the name of what was raised."""
    try:
        yield
    except Exception as error:
        CARRIER.labels(type(error).__name__).inc()
        raise
    CARRIER.labels("ok").inc()
