"""A backup looked through, or brought back into an empty database and an empty storage."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from recordings import manifest
from recordings.faults import BadKey, NotABackup, NotStored
from recordings.manifest import FILES, LINES, Kept, Manifest
from recordings.storage import Folder, Storage, Stored, digest, sum_up
from recordings.together import Say, together
from voice import dump
from voice.models import SCHEMA
from voice.settings import Settings
from voice.store import Store


def verify(folder: Path, say: Say) -> Manifest:
    """Read everything in a backup and compare; raises NotABackup with what is wrong."""
    page = manifest.read(folder)
    _same(page.database, _summed(folder / page.database.key), folder)
    _same(Kept(LINES, page.lines_sha256, 0), _summed(folder / LINES), folder)
    dump.check(folder / page.database.key)
    faults = [fault for fault in _wrong(folder, page, say) if fault]
    if faults:
        more = f"; and {len(faults) - 5} more" if len(faults) > 5 else ""
        raise NotABackup(f"{folder} is damaged: {'; '.join(faults[:5])}{more}")
    return page


def restore(settings: Settings, storage: Storage, folder: Path, say: Say) -> Manifest:
    """Bring a backup back; everything is verified on the way, and nothing that is there is overwritten."""
    page = manifest.read(folder)
    if page.schema > SCHEMA:
        raise NotABackup(
            f"{folder} was made by a newer ringdesk (schema {page.schema}, this one knows {SCHEMA}); install that"
        )
    _same(page.database, _summed(folder / page.database.key), folder)
    _same(Kept(LINES, page.lines_sha256, 0), _summed(folder / LINES), folder)
    with closing(Store(settings.database_url)) as store:
        dump.refuse_unless_fit(store, folder / page.database.key)
        _bring_recordings(storage, folder, page, say)
        dump.load(store, folder / page.database.key)
    return page


def _bring_recordings(storage: Storage, folder: Path, page: Manifest, say: Say) -> None:
    if page.files and not (folder / FILES).is_dir():
        say("recordings: not in this backup, only their sums; bring the storage back by its own means")
        return
    source = Folder(folder / FILES)
    for _ in together(lambda one: _bring(one, source, storage, folder), _there(folder), say):
        pass


def _bring(one: Kept, source: Folder, storage: Storage, folder: Path) -> None:
    """One file into the storage. What has the right bytes already stays: a restore that broke off may be run again."""
    try:
        known = digest(storage, one.key)
    except NotStored:
        with source.open(one.key) as file:
            _same(one, storage.put(one.key, file), folder)
        return
    if known.sha256 != one.sha256:
        raise NotABackup(
            f"the storage holds another file under {one.key}; give an empty storage in STORAGE_URL"
        )


def _wrong(folder: Path, page: Manifest, say: Say) -> Iterator[str]:
    if (count := sum(1 for _ in _there(folder))) != page.files:
        yield f"{LINES} names {count} files, {manifest.PAGE} {page.files}"
    if (folder / FILES).is_dir():
        source = Folder(folder / FILES)
        yield from together(lambda one: _difference(one, source), _there(folder), say)


def _difference(one: Kept, source: Folder) -> str:
    try:
        return "" if digest(source, one.key).sha256 == one.sha256 else f"{one.key} has changed"
    except (NotStored, BadKey):
        return f"{one.key} is missing"


def _there(folder: Path) -> Iterator[Kept]:
    return (one for one in manifest.lines(folder) if one.sha256)


def _summed(file: Path) -> Stored:
    try:
        with file.open("rb") as opened:
            return sum_up(opened)
    except FileNotFoundError:
        raise NotABackup(f"{file} is missing from the backup") from None


def _same(wanted: Kept, found: Stored, folder: Path) -> None:
    if wanted.sha256 != found.sha256:
        raise NotABackup(f"{folder} is damaged: {wanted.key} has changed since the backup was made")
