"""What Prometheus is told, and where; what balancers are told."""

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest

from tests.journeys.shop import Shop
from voice import metrics, models
from voice.metrics_sql import DatabaseFigures


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.rt.store.close()


def told(figures: DatabaseFigures) -> dict[str, float]:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(figures)
    lines = generate_latest(registry).decode().splitlines()
    return {
        name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")
    }


def test_callers_who_wait_are_told_by_queue(shop: Shop) -> None:
    figures = DatabaseFigures(shop.rt)
    shop.joins_queue()
    shop.waits(30)

    now = told(figures)
    assert now['ringdesk_waiting{merchant="northwind",queue="orders"}'] == 1
    assert 29 < now['ringdesk_waiting_longest_seconds{merchant="northwind",queue="orders"}'] < 35
    assert now['ringdesk_calls_open{merchant="northwind"}'] == 1
    assert now["ringdesk_clock_age_seconds"] < 5


def test_a_whole_call_is_counted_once(shop: Shop) -> None:
    figures = DatabaseFigures(shop.rt)
    told(figures)
    shop.talk().hangs_up()
    shop.waits(3)
    told(figures)

    now = told(figures)
    assert now['ringdesk_calls_total{merchant="northwind",what="call_ended"}'] == 1
    assert now['ringdesk_offers_total{merchant="northwind",outcome="offered"}'] == 1
    assert now['ringdesk_offers_total{merchant="northwind",outcome="answered"}'] == 1


def test_jobs_given_up_are_told(shop: Shop) -> None:
    with shop.rt.write() as tx:
        job = models.Outbox(merchant_id="northwind", id="ob_1", kind="open_ticket", subject_id="ca_x")
        job.state, job.created_at, job.next_at = "dead", shop.now, shop.now
        tx.add(job)

    assert told(DatabaseFigures(shop.rt))['ringdesk_outbox{kind="open_ticket",state="dead"}'] == 1


def test_a_database_that_is_away_is_a_figure(shop: Shop) -> None:
    figures = DatabaseFigures(shop.rt)
    assert told(figures)["ringdesk_database_up"] == 1
    shop.sql_goes_away()

    assert told(figures) == {"ringdesk_database_up": 0}


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_every_answer_to_twilio_is_timed(shop: Shop) -> None:
    before = value("ringdesk_webhook_seconds_count", door="incoming", status="200")
    shop.rings_up().hears("Thank you for calling")

    assert value("ringdesk_webhook_seconds_count", door="incoming", status="200") == before + 1


def test_what_we_ask_of_twilio_is_counted_by_outcome(shop: Shop) -> None:
    ok, away = (value("ringdesk_carrier_requests_total", outcome=one) for one in ("ok", "CarrierAway"))
    account = shop.rt.books.account_of("northwind")
    shop.rt.carrier.unfinished_legs(account)
    shop.sim.faults.rest("GET .*/Calls", "status", times=1, status=503)
    with pytest.raises(Exception, match="503"):
        shop.rt.carrier.unfinished_legs(account)

    assert value("ringdesk_carrier_requests_total", outcome="ok") == ok + 1
    assert value("ringdesk_carrier_requests_total", outcome="CarrierAway") == away + 1


def test_the_second_process_takes_the_next_port(shop: Shop) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        registry = CollectorRegistry()
        got = metrics.serve(port, "127.0.0.1", "clock", shop.rt.journal, registry=registry)

    assert port < got < port + metrics.PORTS
    with urlopen(f"http://127.0.0.1:{got}/metrics", timeout=5) as answer:
        assert b"ringdesk_journal_buffered 0.0" in answer.read()


def test_without_a_port_nothing_listens(shop: Shop) -> None:
    assert metrics.serve(0, "127.0.0.1", "web", shop.rt.journal) == 0


def test_the_public_address_tells_no_figures(shop: Shop) -> None:
    assert shop.app.test_client().get("/metrics").status_code == 404


def test_ready_while_a_clock_goes_round(shop: Shop) -> None:
    client = shop.app.test_client()
    assert client.get("/healthz").status_code == 200
    shop.waits(2)
    assert client.get("/readyz").status_code == 200

    with shop.rt.write() as tx:
        tx.get_one(models.Beat, "clock").at -= 6
    answer = client.get("/readyz")
    assert (answer.status_code, "ringdesk clock" in answer.get_json()["why"]) == (503, True)


def test_not_ready_on_tables_of_another_version(shop: Shop) -> None:
    shop.waits(2)
    with shop.rt.write() as tx:
        tx.connection().exec_driver_sql("DELETE FROM alembic_version")
        tx.connection().exec_driver_sql("INSERT INTO alembic_version VALUES ('9999')")

    answer = shop.app.test_client().get("/readyz")
    assert (answer.status_code, "schema" in answer.get_json()["why"]) == (503, True)


def test_not_ready_without_a_database_but_alive(shop: Shop) -> None:
    shop.sql_goes_away()
    client = shop.app.test_client()

    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200
