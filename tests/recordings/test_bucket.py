"""Recordings in S3-compatible storage: the same promises as a folder's, over the wire."""

import io
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from recordings.bucket import PART_BYTES, Bucket
from recordings.faults import BadKey, NotStored, StorageAway
from recordings.storage import Stored, digest, open_storage
from tests.journeys.databases import SqliteFile
from tests.journeys.shop import Shop
from tests.recordings.s3 import KEY_ID, S3, SECRET
from voice import models

KEY = "northwind/2026/11/re_k3xq.wav"


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3]:
    """A bucket, and its keys where they are usually found."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    with S3() as serving:
        yield serving


def test_what_is_put_is_what_is_opened(s3: S3) -> None:
    bucket = open_storage(s3.url)

    stored = bucket.put(KEY, io.BytesIO(b"sound"))

    assert stored == Stored(sha256(b"sound").hexdigest(), 5) == digest(bucket, KEY)
    assert s3.files == {f"calls/{KEY}": b"sound"}


def test_a_player_may_read_from_any_place(s3: S3) -> None:
    bucket, sound = Bucket(s3.url), bytes(range(256)) * 10_000
    bucket.put(KEY, io.BytesIO(sound))

    with bucket.open(KEY) as file:
        assert file.seek(0, io.SEEK_END) == len(sound)
        file.seek(1_234_567)
        assert file.read(100) == sound[1_234_567:1_234_667]
        file.seek(-5, io.SEEK_END)
        assert file.read() == sound[-5:]
        assert file.read(10) == b""
        file.seek(0)
        assert file.read() == sound


def test_a_large_file_goes_up_in_parts_and_is_whole(s3: S3) -> None:
    bucket, sound = Bucket(s3.url), b"0123456789abcdef" * (PART_BYTES // 16 * 2 + 1000)

    stored = bucket.put(KEY, io.BytesIO(sound))

    assert stored == digest(bucket, KEY)
    assert stored.size == len(sound) > 2 * PART_BYTES
    assert not s3.parts
    assert any(one.startswith("POST") for one in s3.asked)


def test_the_file_is_read_from_its_beginning_and_replaces_what_was_there(s3: S3) -> None:
    bucket = Bucket(s3.url)
    bucket.put(KEY, io.BytesIO(b"a longer sound"))
    file = io.BytesIO(b"short")
    file.seek(3)

    assert bucket.put(KEY, file).size == 5
    assert s3.files == {f"calls/{KEY}": b"short"}


def test_a_deleted_key_is_gone_and_may_be_deleted_again(s3: S3) -> None:
    bucket = Bucket(s3.url)
    bucket.put(KEY, io.BytesIO(b"sound"))

    bucket.delete(KEY)
    bucket.delete(KEY)

    with pytest.raises(NotStored, match=f"no file {KEY} in s3://sounds/calls"):
        bucket.open(KEY)


def test_a_key_that_is_none_reaches_no_bucket(s3: S3) -> None:
    for act in (
        Bucket(s3.url).open,
        Bucket(s3.url).delete,
        lambda key: Bucket(s3.url).put(key, io.BytesIO(b"")),
    ):
        with pytest.raises(BadKey):
            act("../2026/11/x.wav")

    assert not s3.asked


def test_wrong_keys_are_told_in_a_sentence_and_tried_again_later(
    s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDSOMEBODYELSE")

    with pytest.raises(StorageAway, match="s3://sounds/calls does not do what is asked: ") as told:
        Bucket(s3.url).put(KEY, io.BytesIO(b"sound"))

    assert isinstance(told.value, OSError)
    assert "\n" not in str(told.value)
    assert SECRET not in str(told.value)


@pytest.mark.parametrize("url", ["s3://", "s3:///prefix", "s3://bucket?endpont=http://x", "s3:bucket"])
def test_an_address_that_cannot_be_meant_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(ValueError, match=r"s3://bucket/prefix\?endpoint="):
        open_storage(url)


def test_a_call_s_recording_ends_in_the_bucket_and_is_played_from_there(s3: S3, tmp_path: Path) -> None:
    database = SqliteFile(tmp_path / "ringdesk.db")
    database.settings["storage_url"] = s3.url
    shop = Shop(tmp_path, database=database)
    shop.talk(seconds=20)
    shop.ann.ends()
    shop.waits(30)

    recording = shop.only(models.Recording)
    kept = s3.files[f"calls/{recording.original_key}"]
    assert (recording.state, recording.original_sha256) == ("stored", sha256(kept).hexdigest())
    shop.rt.store.close()
