"""Recordings in S3-compatible storage: AWS, MinIO, Ceph, Cloudflare R2, Backblaze and others.

STORAGE_URL=s3://bucket/prefix?endpoint=https://minio.example:9000&region=eu-central-1. The keys come from the usual
places (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a web identity, the machine's role). A large file goes up in parts;
what an upload that broke off leaves in the bucket is for the bucket's own rule for unfinished uploads.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, BinaryIO, cast
from urllib.parse import parse_qsl, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from recordings.faults import NotStored, StorageAway
from recordings.storage import Stored, check_key, sum_up

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from obstore.store import S3Config

AHEAD_BYTES = 1024 * 1024  # read at once: a player asks for small pieces in a row
PART_BYTES = 8 * 1024 * 1024
EXAMPLE = "s3://bucket/prefix?endpoint=https://minio.example:9000&region=eu-central-1"


class Bucket:
    """Files in a bucket, below a prefix; a key names a whole file or none."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        asked = dict(parse_qsl(parts.query))
        endpoint, region = asked.pop("endpoint", ""), asked.pop("region", "us-east-1")
        if not parts.netloc or asked:
            raise ValueError(f"STORAGE_URL={url!r} is not known here; give {EXAMPLE}")
        config: S3Config = {"region": region, "disable_bulk_delete": True}
        if endpoint:
            config["endpoint"] = endpoint
        self._name = f"s3://{parts.netloc}{parts.path}"
        self._store = S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            config=config,
            client_options={
                "allow_http": endpoint.startswith("http:"),
                "connect_timeout": timedelta(seconds=3),
                "timeout": timedelta(seconds=60),
            },
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=20)},
        )

    def put(self, key: str, file: BinaryIO) -> Stored:
        """Keep the whole file under a key, or nothing of it."""
        file.seek(0)
        stored = sum_up(file)
        file.seek(0)
        with self._told(check_key(key)):
            obstore.put(self._store, key, file, chunk_size=PART_BYTES, max_concurrency=2)
        return stored

    def open(self, key: str) -> BinaryIO:
        """The bytes, to be read from any place; raises NotStored."""
        with self._told(check_key(key)):
            size = obstore.head(self._store, key)["size"]
        return cast("BinaryIO", io.BufferedReader(_Object(self, key, size), AHEAD_BYTES))

    def read(self, key: str, start: int, length: int) -> bytes:
        """A piece of what is under a key."""
        with self._told(key):
            return bytes(obstore.get_range(self._store, key, start=start, length=length))

    def delete(self, key: str) -> None:
        """Forget a key."""
        with self._told(check_key(key)):
            obstore.delete(self._store, key)

    def forget_unfinished(self, _before: float) -> int:
        """Nothing: an upload that broke off is no file here, and the bucket's own rule removes its parts."""
        return 0

    @contextmanager
    def _told(self, key: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise NotStored(f"no file {key} in {self._name}") from None
        except BaseError as error:
            raise StorageAway(f"{self._name} does not do what is asked: {_brief(error)}") from error


class _Object(io.RawIOBase):
    """A file in a bucket, read piece by piece where the reader stands."""

    def __init__(self, bucket: Bucket, key: str, size: int) -> None:
        self._bucket, self._key, self._size, self._at = bucket, key, size, 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes: a player asks for ranges."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Stand somewhere else."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """The next bytes; 0 at the end."""
        room = memoryview(buffer).cast("B")
        length = min(len(room), self._size - self._at)
        if length <= 0:
            return 0
        piece = self._bucket.read(self._key, self._at, length)
        room[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)


def _brief(error: BaseError) -> str:
    """The first sentence; the whole text of the library's errors goes on for many lines."""
    return str(error).partition("\n")[0].partition(" Debug source")[0][:300]
