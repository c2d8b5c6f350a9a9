"""One parameter for many texts finds the same rows on either database, with whatever is in the texts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import bindparam, event, select

from voice import models
from voice.among import Names, among
from voice.migrate import migrate
from voice.store import Store

ODD = ["plain", "", "a,b", '{"x"}', "it's", "back\\slash", "NULL", "ä ☎", "%s"]
_NAME = models.Beat.__table__.c.name
FOUND = select(_NAME).where(among(_NAME, bindparam("wanted", type_=Names())))


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    is_sqlite = request.param == "sqlite"
    made = Store(f"sqlite:///{tmp_path}/db" if is_sqlite else request.getfixturevalue("postgres_url"))
    if is_sqlite:
        migrate(made, lambda _line: None)
    with made.write() as tx:
        tx.add_all(models.Beat(name=name, at=1.0) for name in [*ODD, *map(str, range(2_000))])
    yield made
    made.close()


@pytest.mark.parametrize(
    "wanted",
    [[], ["plain"], ODD, [*map(str, range(1_990)), "nobody"], {"1", "2"}, ("3",)],
    ids=lambda one: len(one),
)
def test_those_who_are_among_them_are_found_and_nobody_else(store: Store, wanted: list[str]) -> None:
    with store.read() as tx:
        found = tx.scalars(FOUND, {"wanted": wanted}).all()
        told = tx.scalars(select(_NAME).where(among(_NAME, wanted))).all()

    assert sorted(found) == sorted(told) == sorted(set(wanted) - {"nobody"})


def test_it_is_one_statement_however_many_there_are(store: Store) -> None:
    said = set[str]()
    event.listen(store._reader, "before_cursor_execute", lambda *args: said.add(args[2]))

    for count in (0, 1, 7, 500):
        with store.read() as tx:
            assert len(tx.scalars(FOUND, {"wanted": [str(one) for one in range(count)]}).all()) == count

    assert len([one for one in said if "beat" in one]) == 1
