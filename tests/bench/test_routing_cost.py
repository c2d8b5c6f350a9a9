"""Routing stays cheap: an offer in a large hall takes the statements that it takes in a small one, and not many."""

from pathlib import Path

from tests.bench.halls import TEMPLATE, Size, furnish
from tests.bench.routing import given
from tests.postgres.server import PostgresServer
from voice.migrate import migrate
from voice.store import Store

MOST_STATEMENTS = 11  # nine find and store the offer, ten where others are free too; and one to spare


def test_an_offer_takes_as_many_statements_in_a_large_hall_as_in_a_small_one(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    postgres.execute(f"DROP DATABASE IF EXISTS {TEMPLATE}")
    postgres.execute(f"CREATE DATABASE {TEMPLATE}")
    store = Store(postgres.url(TEMPLATE))
    migrate(store, lambda _line: None)
    store.close()

    counted = {}
    for size in (Size(10, 10), Size(600, 300)):
        for busy in (True, False):
            hall = furnish(postgres, tmp_path / f"{size.name}{busy}", size, "longest_idle", busy=busy)
            counted[size, busy] = max(cost.statements for cost in given(hall, "longest_idle", range(3)))
            hall.close()

    assert max(counted.values()) <= MOST_STATEMENTS, counted
    assert counted[Size(600, 300), False] <= counted[Size(10, 10), False] + 1, counted
