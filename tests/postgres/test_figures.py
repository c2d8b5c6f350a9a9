"""The figures that the clock tells Prometheus, counted by PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.databases import OnPostgres
from tests.journeys.shop import Shop
from tests.operation.test_metrics import told
from tests.postgres.server import PostgresServer
from voice import models
from voice.metrics_sql import DatabaseFigures


@pytest.fixture
def shop(tmp_path: Path, postgres: PostgresServer, postgres_url: str) -> Iterator[Shop]:
    """A shop on PostgreSQL."""
    made = Shop(tmp_path, database=OnPostgres(postgres, postgres_url))
    made.is_quiet = False
    yield made
    made.rt.store.close()


def test_calls_callers_offers_and_jobs_are_counted(shop: Shop) -> None:
    figures = DatabaseFigures(shop.rt)
    told(figures)
    caller = shop.talk()
    waiting = shop.joins_queue("+12025550199")
    caller.hangs_up()
    shop.waits(20)
    with shop.rt.write() as tx:
        job = models.Outbox(merchant_id="northwind", id="ob_dead", kind="open_ticket", subject_id="ca_x")
        job.state, job.created_at, job.next_at = "dead", shop.now, shop.now
        tx.add(job)
    told(figures)

    now = told(figures)
    assert now["ringdesk_database_up"] == 1
    assert now['ringdesk_calls_open{merchant="northwind"}'] == 1
    assert now['ringdesk_waiting{merchant="northwind",queue="orders"}'] == 1
    assert 15 < now['ringdesk_waiting_longest_seconds{merchant="northwind",queue="orders"}'] < 40
    assert now['ringdesk_offers_total{merchant="northwind",outcome="answered"}'] == 1
    assert now['ringdesk_calls_total{merchant="northwind",what="call_ended"}'] == 1
    assert now['ringdesk_outbox{kind="open_ticket",state="dead"}'] == 1
    assert now["ringdesk_clock_age_seconds"] < 5
    assert not waiting.is_over


def test_without_the_database_one_figure_is_left(shop: Shop) -> None:
    figures = DatabaseFigures(shop.rt)
    shop.sql_goes_away()

    assert told(figures) == {"ringdesk_database_up": 0}
    shop.sql_comes_back()
    assert told(figures)["ringdesk_database_up"] == 1
