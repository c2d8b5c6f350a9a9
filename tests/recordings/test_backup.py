"""A backup made while people talk comes back whole elsewhere, on both stores; damage is told, nothing is overwritten."""

import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import select

from app import main
from recordings.backup import back_up
from recordings.faults import NotABackup
from recordings.restore import restore, verify
from recordings.storage import Folder, open_storage
from tests.build import settings_for
from tests.journeys.databases import Database, OnPostgres, SqliteFile
from tests.journeys.shop import Shop
from tests.postgres.server import PostgresServer
from voice import models
from voice.dump import DumpFault
from voice.schema import Standing, look
from voice.settings import Settings
from voice.store import Store

NOW = 1_800_000_000.0


@dataclass(frozen=True)
class House:
    """An installation with one call behind it, the address of another that is empty, and a folder for a backup."""

    store: Store
    settings: Settings
    elsewhere: Settings
    folder: Path

    def backs_up(self, **how: bool) -> list[str]:
        """Makes a backup; the lines that were said."""
        said: list[str] = []
        back_up(self.settings, open_storage(self.settings.storage_url), self.folder, NOW, said.append, **how)
        return said

    def restores(self) -> list[str]:
        """Brings it back elsewhere; the lines that were said."""
        said: list[str] = []
        restore(self.elsewhere, open_storage(self.elsewhere.storage_url), self.folder, said.append)
        return said

    def file(self) -> Path:
        """A recording's file in the backup."""
        return next((self.folder / "recordings").rglob("*.play.wav"))

    def recording(self) -> models.Recording:
        """The one recording."""
        with self.store.read() as tx:
            return tx.scalars(select(models.Recording)).one()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def lived(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A call was recorded and has its ticket; tests look at it and leave it as it is."""
    folder = tmp_path_factory.mktemp("lived")
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        database: Database = OnPostgres(server, server.url(server.new_database(like="migrated")))
    else:
        database = SqliteFile(folder / "ringdesk.db")
    shop = Shop(folder, database=database)
    shop.talk(seconds=20)
    shop.ann.ends()
    shop.waits(30)
    yield shop
    shop.rt.store.close()


@pytest.fixture
def house(
    lived: Shop, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> House:
    """The installation, and where its backup goes."""
    empty = f"sqlite:///{tmp_path}/elsewhere/ringdesk.db"
    if not lived.rt.store.is_sqlite:
        server: PostgresServer = request.getfixturevalue("postgres")
        monkeypatch.setenv("PATH", f"{server.programs}:{os.environ['PATH']}")
        empty = request.getfixturevalue("empty_postgres_url")
    elsewhere = settings_for(
        tmp_path, database_url=empty, storage_url=f"file:{tmp_path}/elsewhere/recordings"
    )
    return House(lived.rt.store, lived.rt.settings, elsewhere, tmp_path / "backup")


def everything(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with store.read() as tx:
        return {
            table.name: sorted((tuple(row) for row in tx.execute(select(table))), key=repr)
            for table in models.Base.metadata.sorted_tables
        }


def test_a_backup_comes_back_whole_elsewhere(house: House) -> None:
    house.backs_up()
    house.restores()

    with closing(Store(house.elsewhere.database_url)) as store:
        assert everything(store) == everything(house.store)
        assert look(store).standing == Standing.CURRENT
    recording = house.recording()
    for key in (recording.original_key or "", recording.playable_key or ""):
        with (
            open_storage(house.settings.storage_url).open(key) as was,
            open_storage(house.elsewhere.storage_url).open(key) as is_now,
        ):
            assert is_now.read() == was.read()


def test_a_backup_is_of_one_instant_while_others_write(house: House) -> None:
    over, written = threading.Event(), threading.Event()

    def writes() -> None:
        number = 0
        while not over.is_set():
            number += 1
            with house.store.write() as tx:  # two rows that belong together
                tx.add(models.Beat(name=f"first {number}", at=0.0))
                tx.flush()
                tx.add(models.Beat(name=f"second {number}", at=0.0))
            written.set()

    writer = threading.Thread(target=writes)
    writer.start()
    try:
        assert written.wait(timeout=30)
        house.backs_up()
    finally:
        over.set()
        writer.join(timeout=30)
    house.restores()

    with closing(Store(house.elsewhere.database_url)) as store, store.read() as tx:
        names = list(tx.scalars(select(models.Beat.name)))
    assert (
        sum(name.startswith("first") for name in names)
        == sum(name.startswith("second") for name in names)
        > 0
    )


def test_a_whole_backup_is_verified_and_changes_nothing(house: House) -> None:
    house.backs_up()

    page = verify(house.folder, lambda _line: None)

    assert (page.schema, page.files, page.missing) == (models.SCHEMA, 3, 0)
    with closing(Store(house.elsewhere.database_url)) as store:
        assert look(store).standing == Standing.EMPTY


def test_every_kind_of_damage_is_told(house: House) -> None:
    house.backs_up()

    def told_after(file: Path, content: bytes | None) -> str:
        was = file.read_bytes()
        if content is None:
            file.unlink()
        else:
            file.write_bytes(content)
        with pytest.raises((NotABackup, DumpFault)) as told:
            verify(house.folder, lambda _line: None)
        file.write_bytes(was)
        return str(told.value)

    database = next(one for one in house.folder.iterdir() if one.name.startswith("database."))
    assert "has changed" in told_after(house.file(), b"RIFF")
    assert "is missing" in told_after(house.file(), None)
    assert "has changed" in told_after(database, database.read_bytes()[:-100])
    assert "is missing" in told_after(database, None)
    assert "has changed" in told_after(house.folder / "recordings.jsonl", b"")
    assert "has no manifest.json, which is written last" in told_after(house.folder / "manifest.json", None)
    assert "cannot be read" in told_after(house.folder / "manifest.json", b"{}{")


def test_what_is_there_is_never_overwritten(house: House) -> None:
    house.backs_up()
    there = Path(house.elsewhere.storage_url.removeprefix("file:")) / (house.recording().original_key or "")
    there.parent.mkdir(parents=True)
    there.write_bytes(b"another")

    with pytest.raises(NotABackup, match="the storage holds another file"):
        house.restores()
    there.unlink()
    house.restores()  # what came before is there already and is right
    with pytest.raises(DumpFault, match="is not empty; give the address of a new database"):
        house.restores()
    with pytest.raises(NotABackup, match="is not empty; give a new folder"):
        house.backs_up()


def test_a_recording_that_is_not_stored_is_told_and_the_rest_is_kept(house: House, tmp_path: Path) -> None:
    kept = Path(house.settings.storage_url.removeprefix("file:"))
    shutil.copytree(kept, tmp_path / "poorer")
    poorer = replace(
        house, settings=house.settings.model_copy(update={"storage_url": f"file:{tmp_path}/poorer"})
    )
    lost = house.recording().original_key or ""
    (tmp_path / "poorer" / lost).unlink()

    said = poorer.backs_up()
    poorer.restores()

    assert f"missing: {lost} is named by the database and not stored" in said
    assert verify(house.folder, lambda _line: None).missing == 1


def test_sums_alone_are_enough_to_check_another_copy_of_the_storage(house: House) -> None:
    house.backs_up(copy=False)

    assert not (house.folder / "recordings").exists()
    assert verify(house.folder, lambda _line: None).files == 3
    assert (
        "recordings: not in this backup, only their sums; bring the storage back by its own means"
        in house.restores()
    )


def test_a_backup_of_a_newer_program_is_refused(house: House) -> None:
    house.backs_up()
    page = house.folder / "manifest.json"
    page.write_text(json.dumps({**json.loads(page.read_text()), "schema": "9999"}))

    with pytest.raises(NotABackup, match="newer ringdesk"):
        house.restores()


def test_a_backup_holds_no_secret_and_is_for_its_user_alone(house: House) -> None:
    house.backs_up()

    written = (house.folder / "manifest.json").read_text() + (house.folder / "recordings.jsonl").read_text()
    assert house.settings.secret_text not in written
    assert house.settings.database_url not in written
    assert [one for one in house.folder.rglob("*") if one.is_file() and one.stat().st_mode & 0o077] == []


def test_the_two_words_make_and_verify_a_backup(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("database_url", "storage_url", "secret_key"):
        value = house.settings.secret_text if name == "secret_key" else getattr(house.settings, name)
        monkeypatch.setenv(name.upper(), value)

    assert main(["backup", str(house.folder)]) == 0
    assert main(["restore", str(house.folder), "--verify"]) == 0
    assert main(["restore", str(house.folder)]) == 1

    said = capsys.readouterr()
    assert "3 files of recordings" in said.out
    assert "is whole: schema" in said.out
    assert said.err.startswith("ringdesk restore: ")
    assert said.err.count("\n") == 1


def test_without_pg_dump_a_sentence_says_what_to_install(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(DumpFault, match="pg_dump is not on the PATH; install PostgreSQL's client programs"):
        back_up(
            settings_for(tmp_path, database_url=postgres_url),
            Folder(tmp_path),
            tmp_path / "backup",
            0.0,
            lambda _line: None,
        )


def test_a_backup_goes_back_into_the_kind_of_database_it_came_from(
    tmp_path: Path, empty_postgres_url: str
) -> None:
    database = SqliteFile(tmp_path / "ringdesk.db")
    shop = Shop(tmp_path, database=database)
    storage = open_storage(shop.rt.settings.storage_url)
    back_up(shop.rt.settings, storage, tmp_path / "backup", 0.0, lambda _line: None)
    shop.rt.store.close()

    with pytest.raises(DumpFault, match="into the kind of database it left"):
        restore(
            settings_for(tmp_path, database_url=empty_postgres_url),
            storage,
            tmp_path / "backup",
            lambda _line: None,
        )
