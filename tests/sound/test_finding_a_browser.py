"""Where the tests' Chromium comes from: named, on the PATH, Playwright's own, Debian's; else one sentence."""

import stat
from pathlib import Path

import pytest

from tests.sound import browser
from tests.sound.browser import HOW_TO_GET_ONE, find_chromium


def program(path: Path, says: str = "exit 0") -> Path:
    path.write_text(f"#!/bin/sh\n{says}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine that has none, and may fetch none."""
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(browser, "_playwrights_own", lambda: None)


def test_a_chromium_that_was_named_must_be_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "nothing"))
    with pytest.raises(FileNotFoundError) as missing:
        find_chromium()
    assert HOW_TO_GET_ONE in str(missing.value)

    monkeypatch.setenv("CHROMIUM", str(program(tmp_path / "mine")))
    assert find_chromium() == str(tmp_path / "mine")


def test_one_on_the_path_comes_before_all_that_must_be_fetched(tmp_path: Path) -> None:
    program(tmp_path / "chromium-browser")

    assert find_chromium() == str(tmp_path / "chromium-browser")


def test_debians_is_installed_last(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    program(
        tmp_path / "apt-get",
        f"[ $2 = install ] && {{ echo '#!/bin/sh' > {tmp_path}/chromium; /bin/chmod +x {tmp_path}/chromium; }}; exit 0",
    )

    assert find_chromium() == str(tmp_path / "chromium")


@pytest.mark.parametrize("user", [0, 1000])
def test_without_any_there_is_one_sentence_and_nothing_is_skipped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, user: int
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: user)
    program(tmp_path / "apt-get", "exit 1")

    with pytest.raises(FileNotFoundError) as missing:
        find_chromium()

    assert str(missing.value) == HOW_TO_GET_ONE
