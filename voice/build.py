"""Builds the Runtime of a process."""

from collections.abc import Callable
from dataclasses import replace

import redis
import structlog
from prometheus_client.registry import Collector

from voice import asking, metrics, music, outbox, reconcile
from voice.books import Books
from voice.carrier import Carrier, CarrierHttp
from voice.journal import Journal
from voice.links import Links
from voice.logs import set_up_logs
from voice.nudges import Notifier
from voice.runtime import Chance, Pool, Runtime, SharedClock, Ticker
from voice.schema import await_current, require_current
from voice.seal import Sealer
from voice.settings import Settings
from voice.store import Store, StoreAway

NUDGES = "ringdesk:desks"
NUDGE_WAIT_SECONDS = 0.1


def build_runtime(settings: Settings, *, waits: bool = False) -> Runtime:
    """Everything a process needs; raises WrongSchema, and StoreAway unless it `waits` for the database."""
    set_up_logs(
        settings.log_format,
        (
            settings.secret_text,
            *settings.sealing_keys.get_secret_value().split(","),
            *settings.http_secret_values,
        ),
    )
    store = Store(settings.database_url)
    (await_current if waits else require_current)(store)
    clock = SharedClock()
    books = Books(store, settings.secret_text)
    rt = Runtime(
        settings=settings,
        store=store,
        clock=clock,
        chance=Chance(),
        later=Pool(),
        journal=Journal(store),
        books=books,
        carrier=Carrier(CarrierHttp(settings.twilio_api_url), settings.twilio_api_url),
        links=Links(settings.public_base_url),
        sealer=Sealer(settings.seal_keys),
        ring=outbox.doorbell(settings.redis_url),
        ask=asking.Pool(),
    )
    return replace(rt, nudge=_nudger(settings.redis_url, None if store.is_sqlite else Notifier(store.url)))


def keep_up(rt: Runtime, name: str = "", *figures: Collector) -> tuple[Ticker, ...]:
    """Start the loops that every serving process has: the books, the time and the journal; and its figures."""
    if isinstance(rt.clock, SharedClock):
        clock: SharedClock = rt.clock
        clock.follow(rt.store)
    rt.books.refresh()
    amends: tuple[Callable[[], None], ...] = ()
    if name == "web":  # what Twilio told while nobody was there is not known here
        rt.missed.set()
        rt.later(music.compute)
        amends = (lambda: reconcile.make_amends(rt),)
    metrics.serve(rt.settings.metrics_port, rt.settings.host, name, rt.journal, *figures)
    return (
        Ticker("books", rt.books.refresh, lambda: clock.follow(rt.store), *amends).start(),
        Ticker(
            "journal", lambda: _write_all(rt), seconds=0.05, to_the_end=True, at_last=rt.store.close
        ).start(),
    )


def _write_all(rt: Runtime) -> None:
    while rt.journal.step():
        pass


def _nudger(redis_url: str, notify: Notifier | None) -> Callable[[str], None]:
    """Hastens push, by Redis and by PostgreSQL; when they are away nothing is said, push looks each second anyway."""
    client = redis.Redis.from_url(
        redis_url, socket_timeout=NUDGE_WAIT_SECONDS, socket_connect_timeout=NUDGE_WAIT_SECONDS
    )

    def nudge(agent_ids: str) -> None:
        if notify is not None:
            notify(agent_ids)
        try:
            client.publish(NUDGES, agent_ids)
        except (redis.RedisError, OSError):
            structlog.get_logger().debug("nudge not delivered", agents=agent_ids)

    return nudge


__all__ = ["NUDGES", "StoreAway", "build_runtime", "keep_up", "set_up_logs"]
