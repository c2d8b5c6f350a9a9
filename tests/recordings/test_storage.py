"""Where recordings are kept."""

import io
import os
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.faults import BadKey, NotStored
from recordings.keys import keys_of, waveform_key
from recordings.storage import Folder, Stored, check_key, digest, open_storage

KEY = "northwind/2026/11/re_k3xq.wav"


def test_what_is_put_is_what_is_opened(tmp_path: Path) -> None:
    folder = Folder(tmp_path)

    stored = folder.put(KEY, io.BytesIO(b"sound"))

    assert stored == Stored(sha256(b"sound").hexdigest(), 5) == digest(folder, KEY)
    with folder.open(KEY) as file:
        file.seek(2)
        assert file.read(2) == b"un"


def test_putting_again_replaces_the_whole_file(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.put(KEY, io.BytesIO(b"a longer sound"))

    folder.put(KEY, io.BytesIO(b"short"))

    with folder.open(KEY) as file:
        assert file.read() == b"short"


def test_the_file_is_read_from_its_beginning(tmp_path: Path) -> None:
    file = io.BytesIO(b"sound")
    file.seek(3)

    assert Folder(tmp_path).put(KEY, file).size == 5


def test_a_write_that_breaks_off_leaves_nothing_under_the_key(tmp_path: Path) -> None:
    class Breaking(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > 4:
                raise OSError("the cable was pulled")
            return super().read(4)

    folder = Folder(tmp_path)
    with pytest.raises(OSError, match="cable"):
        folder.put(KEY, Breaking(b"some sound"))

    with pytest.raises(NotStored, match=KEY):
        folder.open(KEY)
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []


def test_what_a_killed_worker_left_half_written_is_removed_later(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.put(KEY, io.BytesIO(b"sound"))
    left, fresh = tmp_path / ".incoming" / "a.part", tmp_path / ".incoming" / "b.part"
    for file in (left, fresh):
        file.write_bytes(b"so")
    os.utime(left, (1_000, 1_000))

    assert folder.forget_unfinished(before=2_000) == 1

    assert (left.exists(), fresh.exists(), (tmp_path / KEY).exists()) == (False, True, True)


def test_a_deleted_key_is_gone_and_may_be_deleted_again(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.put(KEY, io.BytesIO(b"sound"))

    folder.delete(KEY)
    folder.delete(KEY)

    with pytest.raises(NotStored):
        folder.open(KEY)


@pytest.mark.parametrize(
    "key",
    [
        "", "/etc/passwd", "../2026/11/x.wav", "northwind/2026/11/../x.wav", "northwind/2026/11/x", "northwind/2026/11/.wav",
        "northwind//11/x.wav", "northwind/2026/11/x.wav/y.wav", "northwind\\2026\\11\\x.wav", "northwind/2026/11/x.wav\n",
        "northwind/2026/11/x.wav\0", "NORTHWIND/2026/11/x.wav", ".incoming/2026/11/x.wav", "n/2026/1/x.wav",
        "n/2026/11/%2e%2e.wav", "n/２０２６/11/x.wav",
    ],
)  # fmt: skip
def test_a_key_that_is_not_merchant_year_month_name_is_refused(tmp_path: Path, key: str) -> None:
    for use in (
        check_key,
        Folder(tmp_path).open,
        Folder(tmp_path).delete,
        lambda it: Folder(tmp_path).put(it, io.BytesIO()),
    ):
        with pytest.raises(BadKey):
            use(key)


@given(st.text(max_size=60))
def test_no_text_leads_out_of_the_folder(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    root = tmp_path_factory.getbasetemp() / "house"
    try:
        path = Folder(root)._path(text)
    except BadKey:
        return
    assert path.is_relative_to(root)


def test_a_link_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside" / "2026" / "11"
    outside.mkdir(parents=True)
    (outside / "x.wav").write_bytes(b"secret")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "northwind").symlink_to(tmp_path / "outside")

    with pytest.raises(BadKey, match="leads out"):
        Folder(inside).open("northwind/2026/11/x.wav")


def test_files_are_for_the_process_s_user_alone(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "recordings")
    folder.put(KEY, io.BytesIO(b"sound"))

    assert (tmp_path / "recordings" / KEY).stat().st_mode & 0o077 == 0


def test_a_storage_url_names_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    open_storage("file:var/sounds").put(KEY, io.BytesIO(b"sound"))

    assert (tmp_path / "var" / "sounds" / KEY).read_bytes() == b"sound"


@pytest.mark.parametrize("url", ["", "ftp://bucket", "file:", "file://host/folder", "var/recordings"])
def test_another_storage_url_is_refused_with_the_way_out(url: str) -> None:
    with pytest.raises(ValueError, match="file:var/recordings"):
        open_storage(url)


def test_the_keys_of_a_recording_carry_the_month_of_its_call_in_utc() -> None:
    keys = keys_of("northwind", "re_k3xq", 1_798_761_599.0)  # 2026-12-31 23:59:59

    assert keys.original == "northwind/2026/12/re_k3xq.wav"
    assert [check_key(key) for key in (keys.original, keys.playable, keys.waveform)]
    assert waveform_key(keys.playable) == keys.waveform
    assert waveform_key(keys.original) is None
