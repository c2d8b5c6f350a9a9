"""`ringdesk` as somebody in a hurry reads it: words by what they are for, and settings that cannot be in one sentence."""

import re

import pytest

import app

PROCESSES = ("web", "push", "clock", "worker")


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    for name in ("SECRET_KEY", "SECRET_KEY_FILE", "WEB_PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(str(tmp_path))


def test_every_word_is_listed_once_under_what_it_is_for() -> None:
    line = app.command_line()
    grouped = [word for words in app.GROUPS.values() for word in words]

    listed = re.findall(r"^  (\w+) ", line.format_help(), re.M)

    assert listed == grouped
    assert sorted(grouped) == sorted(line.words.choices)


@pytest.mark.parametrize("word", [*PROCESSES, "users list", "audit", "backup somewhere"])
def test_what_is_missing_is_said_in_one_sentence(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = app.main(word.split())

    said = capsys.readouterr().err
    assert code == 1
    assert said.startswith("ringdesk")
    assert said.count("\n") == 1
    assert "SECRET_KEY" in said or "ringdesk migrate" in said or "database" in said


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("WEB_PORT", "abc", "ringdesk: WEB_PORT cannot be 'abc': Input should be a valid integer"),
        ("TRUSTED_PROXIES", "-1", "ringdesk: TRUSTED_PROXIES cannot be '-1'"),
        ("SECRET_KEY_FILE", "/nowhere/key", "ringdesk: SECRET_KEY_FILE cannot be read"),
    ],
)
def test_a_setting_that_cannot_be_is_named(
    name: str, value: str, says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)

    code = app.main(["clock"])

    said = capsys.readouterr().err
    assert code == 1
    assert said.startswith(says)
    assert said.count("\n") == 1
