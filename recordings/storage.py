"""Where recordings are kept: a folder, or a bucket (bucket.py); whatever can put, open and delete may stand there."""

import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

from recordings.faults import BadKey, NotStored

# northwind/2026/11/re_k3xq.play.wav
KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}/[0-9]{4}/[0-9]{2}/[A-Za-z0-9_]{1,80}(\.[a-z0-9]{1,10}){1,2}")
PIECE_BYTES = 256 * 1024
INCOMING = ".incoming"


@dataclass(frozen=True)
class Stored:
    """What was put: the sha256 of the bytes in hex, and how many there are."""

    sha256: str
    size: int


class Storage(Protocol):
    """What every place for recordings can do."""

    def put(self, key: str, file: BinaryIO) -> Stored:
        """Keep the whole file under a key, or nothing of it; what was there is replaced."""
        ...

    def open(self, key: str) -> BinaryIO:
        """The bytes, to be read from any place (a player asks for ranges); raises NotStored."""
        ...

    def delete(self, key: str) -> None:
        """Forget a key; nothing happens when it is not there."""
        ...

    def forget_unfinished(self, before: float) -> int:
        """Remove what was begun before a moment and never became a key; how many pieces."""
        ...


@cache
def open_storage(url: str) -> Storage:
    """The storage that STORAGE_URL names: file:var/recordings, file:/srv/recordings, or s3://bucket/prefix."""
    parts = urlsplit(url)
    if parts.scheme == "s3":
        from recordings.bucket import Bucket

        return Bucket(url)
    if parts.scheme != "file" or parts.netloc or not parts.path:
        raise ValueError(
            f"STORAGE_URL={url!r} is not known here; give file:var/recordings or s3://bucket/prefix"
        )
    return Folder(Path(unquote(parts.path)))


def check_key(key: str) -> str:
    """The key itself; raises BadKey for anything that is not merchant/year/month/name."""
    if KEY.fullmatch(key) is None:
        raise BadKey(f"storage key {key[:120]!r} is not merchant/year/month/name")
    return key


class Folder:
    """Files in a folder: written aside, synchronised, then renamed, so that a key names a whole file or none."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()

    def put(self, key: str, file: BinaryIO) -> Stored:
        """Keep the whole file under a key, or nothing of it."""
        path = self._path(key)
        aside = self._root / INCOMING / f"{secrets.token_hex(8)}.part"
        for folder in (aside.parent, path.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            stored = _copy(file, aside)
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)
        _sync_folder(path.parent)
        return stored

    def open(self, key: str) -> BinaryIO:
        """The bytes, to be read from any place; raises NotStored."""
        try:
            return self._path(key).open("rb")
        except FileNotFoundError:
            raise NotStored(f"no file {key} in {self._root}") from None

    def delete(self, key: str) -> None:
        """Forget a key."""
        self._path(key).unlink(missing_ok=True)

    def forget_unfinished(self, before: float) -> int:
        """Remove what killed workers left half written before a moment; how many files."""
        stale = [one for one in (self._root / INCOMING).glob("*.part") if one.stat().st_mtime < before]
        for one in stale:
            one.unlink(missing_ok=True)
        return len(stale)

    def _path(self, key: str) -> Path:
        path = self._root / check_key(key)
        if not path.resolve().is_relative_to(self._root.resolve()):
            raise BadKey(
                f"storage key {key!r} leads out of {self._root}: a link in the folder points elsewhere"
            )
        return path


def digest(storage: Storage, key: str) -> Stored:
    """Read back what is stored, to be sure of it before anything else relies on it."""
    with storage.open(key) as file:
        return sum_up(file)


def sum_up(file: BinaryIO, to: BinaryIO | None = None) -> Stored:
    """The sha256 and size of what is read from here to the end, copying it on the way if asked."""
    sha, size = hashlib.sha256(), 0
    while piece := file.read(PIECE_BYTES):
        if to is not None:
            to.write(piece)
        sha.update(piece)
        size += len(piece)
    return Stored(sha.hexdigest(), size)


def _copy(file: BinaryIO, to: Path) -> Stored:
    file.seek(0)
    with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        stored = sum_up(file, out)
        out.flush()
        os.fsync(out.fileno())
    return stored


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
