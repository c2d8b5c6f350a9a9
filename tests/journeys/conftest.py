"""Every journey ends with an empty debugger: a warning of Twilio's is a fault of ours.

Journeys run on SQLite; those marked `both_stores` run on PostgreSQL too, and with --postgres all of them do.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.handset import Phone
from tests.journeys.databases import Database, OnPostgres
from tests.journeys.own_phones import MOBILE, on_phone
from tests.journeys.shop import Shop


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The stores of a journey."""
    if "shop" not in metafunc.fixturenames:
        return
    if metafunc.config.getoption("--postgres"):
        metafunc.parametrize("database", ["postgresql"], indirect=True)
    elif metafunc.definition.get_closest_marker("both_stores"):
        metafunc.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Database | None:
    """The database under the shop; None for the builder's own SQLite."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return None
    return OnPostgres(request.getfixturevalue("postgres"), request.getfixturevalue("postgres_url"))


@pytest.fixture
def shop(tmp_path: Path, database: Database | None) -> Iterator[Shop]:
    """A merchant with Ann and Ben, nobody on shift yet."""
    made = Shop(tmp_path, database=database)
    yield made
    made.rt.store.close()
    if made.is_quiet:
        made.sim.assert_quiet()


@pytest.fixture
def mobile(shop: Shop) -> Phone:
    """Ann's mobile, on which she takes her calls."""
    return on_phone(shop, "us_ann", MOBILE)
