"""The revisions and the tables in models say the same, on both stores; no program works on another schema."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from voice.migrate import FOLDER, migrate
from voice.models import SCHEMA, Base
from voice.schema import Standing, WrongSchema, look, require_current
from voice.store import Store

ANEW = "models and the revisions differ; say: python -m voice.migrations.write TITLE, then: make fix"

CATALOGUE = {
    "sqlite": """
        SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master WHERE tbl_name <> 'alembic_version'
    """,
    "postgresql": """
        SELECT concat_ws(' ', table_name, column_name, data_type, character_maximum_length, is_nullable, column_default)
        FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'
        UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version'
    """,
}


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty database."""
    url = (
        f"sqlite:///{tmp_path}/empty.db"
        if request.param == "sqlite"
        else request.getfixturevalue("empty_postgres_url")
    )
    made = Store(url)
    yield made
    made.close()


def catalogue(connection: Connection) -> list[str]:
    """Every table, column, index and constraint as the database itself tells it, spaces and quotes apart."""
    rows = connection.scalars(text(CATALOGUE[connection.dialect.name]))
    return sorted(" ".join(row.replace('"', "").replace("( ", "(").split()) for row in rows)


def lines_of(store: Store) -> list[str]:
    said: list[str] = []
    migrate(store, said.append)
    return said


def test_the_steps_from_nothing_make_the_tables_of_the_program(store: Store) -> None:
    migrate(store, lambda _line: None)

    with store.change_tables() as connection:
        differences = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata
        )
    assert not differences, ANEW


def test_the_catalogues_are_alike_also_in_partial_indexes_and_keys(store: Store) -> None:
    with store.change_tables() as connection:
        Base.metadata.create_all(connection)
        wanted = catalogue(connection)
        Base.metadata.drop_all(connection)
    migrate(store, lambda _line: None)

    with store.change_tables() as connection:
        assert catalogue(connection) == wanted, ANEW
    assert sum("WHERE" in line for line in wanted) >= 5


def test_each_step_is_told_and_a_second_run_does_nothing(store: Store) -> None:
    first, second = lines_of(store), lines_of(store)

    assert f"{SCHEMA} " in first[-2]
    assert first[-1] == f"{store.name} is ready (schema {SCHEMA})"
    assert second == [f"{store.name} is up to date (schema {SCHEMA})"]


def test_two_migrations_at_once_end_with_one_schema(store: Store) -> None:
    program = "import sys; from voice.store import Store; from voice.migrate import migrate; migrate(Store(sys.argv[1]), print)"
    address = store.url.render_as_string(hide_password=False)
    both = [
        subprocess.Popen([sys.executable, "-c", program, address], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [one.communicate(timeout=60)[0] for one in both]

    assert [one.returncode for one in both] == [0, 0], said
    assert sum("is ready" in one for one in said) == 1, said
    assert look(store).standing == Standing.CURRENT


def test_a_step_that_fails_leaves_nothing_behind(store: Store) -> None:
    with store.change_tables() as connection:
        connection.execute(text("CREATE TABLE waiting (id integer)"))

    with pytest.raises(Exception, match="waiting"):
        migrate(store, lambda _line: None)

    assert look(store).standing == Standing.EMPTY


@pytest.mark.parametrize(
    ("number", "says"),
    [("0000", "older schema 0000.*ringdesk migrate"), ("9999", "newer ringdesk.*restore the backup")],
)
def test_a_program_refuses_another_schema_with_a_way_out(store: Store, number: str, says: str) -> None:
    migrate(store, lambda _line: None)
    with store.change_tables() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :number"), {"number": number})

    with pytest.raises(WrongSchema, match=says):
        require_current(store)


def test_an_empty_database_and_one_without_a_number_are_told_apart(store: Store) -> None:
    with pytest.raises(WrongSchema, match="no tables yet; make them: ringdesk migrate"):
        require_current(store)
    with store.change_tables() as connection:
        Base.metadata.create_all(connection)

    with pytest.raises(WrongSchema, match=r"without a schema number.*set it aside"):
        require_current(store)
    with pytest.raises(WrongSchema, match="without a schema number"):
        migrate(store, lambda _line: None)


def test_the_program_knows_the_last_revision_and_there_is_one_line_of_them() -> None:
    scripts = ScriptDirectory(str(FOLDER))

    assert scripts.get_heads() == [SCHEMA]
    assert [one.revision for one in scripts.walk_revisions()] == sorted(
        (one.revision for one in scripts.walk_revisions()), reverse=True
    )
