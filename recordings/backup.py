"""Everything of an installation in a folder: the database of one instant, and the recordings that it names.

SECRET_KEY and SEALING_KEYS are not in it: whoever finds a backup cannot open the secrets of the accounts in it, and
whoever has only a backup cannot either. Keep them elsewhere.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from recordings import manifest
from recordings.faults import NotABackup, NotStored
from recordings.keys import waveform_key
from recordings.manifest import FILES, Kept, Manifest
from recordings.storage import Folder, Storage, digest, sum_up
from recordings.together import Say, together
from voice import dump
from voice.settings import Settings
from voice.store import Store

SECRET_SETTINGS = frozenset(
    {"secret_key", "sealing_keys", "database_url", "redis_url"}
)  # the latter hold passwords
NAMED = "SELECT original_key, playable_key, original_sha256 FROM recording WHERE original_key IS NOT NULL ORDER BY 1"
NUMBER = "SELECT max(version_num) FROM alembic_version"


def back_up(
    settings: Settings, storage: Storage, folder: Path, now: float, say: Say, *, copy: bool = True
) -> Manifest:
    """Write a backup into a new or empty folder. Without `copy` the recordings' sums are noted and the files left."""
    if folder.exists() and any(folder.iterdir()):
        raise NotABackup(f"{folder} is not empty; give a new folder for each backup")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    with closing(Store(settings.database_url)) as store, dump.dumped(store, folder) as (file, ask):
        with file.open("rb") as written:
            summed = sum_up(written)
        say(f"database: {summed.size:,} bytes")
        ((number,),) = ask(NUMBER)
        named = ask(NAMED)
    target = Folder(folder / FILES) if copy else None
    kept = list(_keep(named, storage, target, say))
    return _finished(settings, folder, Kept(file.name, summed.sha256, summed.size), str(number), kept, now)


def _keep(
    named: list[tuple[str, str | None, str | None]], storage: Storage, target: Folder | None, say: Say
) -> Iterator[Kept]:
    files = (file for row in named for file in _files(*row))
    return together(lambda file: _kept(file[0], file[1], storage, target, say), files, say)


def _files(original: str, playable: str | None, sha256: str | None) -> Iterator[tuple[str, str | None]]:
    yield original, sha256
    if playable and playable != original:
        yield playable, None
        if outline := waveform_key(playable):
            yield outline, None


def _kept(key: str, wanted: str | None, storage: Storage, target: Folder | None, say: Say) -> Kept:
    try:
        if target is None:
            found = digest(storage, key)
        else:
            with storage.open(key) as file:
                found = target.put(key, file)
    except NotStored:
        say(f"missing: {key} is named by the database and not stored")
        return Kept(key, "", 0)
    if wanted and wanted != found.sha256:
        say(f"changed: {key} is not what was stored; it was kept as it is now")
    return Kept(key, found.sha256, found.size)


def _finished(
    settings: Settings, folder: Path, database: Kept, number: str, kept: list[Kept], now: float
) -> Manifest:
    lines_sha256 = manifest.write_lines(folder, kept)
    made = Manifest(
        made_at=now,
        schema=number,
        database=database,
        lines_sha256=lines_sha256,
        files=sum(bool(one.sha256) for one in kept),
        bytes=sum(one.size for one in kept),
        missing=sum(not one.sha256 for one in kept),
        settings=settings.model_dump(mode="json", exclude=set(SECRET_SETTINGS)),
    )
    manifest.write(folder, made)
    return made
