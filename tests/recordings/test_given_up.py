"""Jobs that were given up are told of, and done after all once what was wrong is mended."""

from collections.abc import Iterator

import pytest
import structlog

from app import main
from recordings.given_up import given_up, try_again
from recordings.lease import MAX_ATTEMPTS
from recordings.sweep import sweep
from recordings.work import run_due
from tests.recordings.house import (
    SECRET_KEY,
    Answer,
    Hand,
    Media,
    add_call,
    add_recording,
    job_states,
    jobs,
    promise_ticket,
    recording,
    tickets,
    tone,
)
from voice.runtime import Runtime


@pytest.fixture
def lost(rt: Runtime, media: Media, clock: Hand) -> str:
    """A recording that was given up after a day of refusals."""
    media.says(1, Answer(b"no", 403, "text/plain"))
    recording_id = add_recording(rt, add_call(rt))
    for _ in range(MAX_ATTEMPTS):
        run_due(rt)
        clock.forward(900)
    assert job_states(rt) == ["dead"]
    return recording_id


def test_what_was_given_up_is_told_with_its_reason(rt: Runtime, lost: str) -> None:
    (job,) = given_up(rt)

    assert (job.kind, job.subject_id) == ("store_recording", lost)
    assert "403" in job.reason


def test_what_was_given_up_is_stored_when_it_is_tried_again(rt: Runtime, media: Media, lost: str) -> None:
    media.has(1, tone(2))
    assert try_again(rt) == 1

    assert sweep(rt) == 1
    run_due(rt)
    assert recording(rt, lost).state == "stored"
    assert recording(rt, lost).error == ""
    assert given_up(rt) == []
    assert job_states(rt) == ["done"]


def test_what_is_done_or_waits_is_left_alone(rt: Runtime, clock: Hand) -> None:
    promise_ticket(rt, add_call(rt, 1))
    run_due(rt)
    promise_ticket(rt, add_call(rt, 2, ended_at=None))
    before = [(job.state, job.attempts) for job in jobs(rt)]

    assert try_again(rt) == 0
    assert [(job.state, job.attempts) for job in jobs(rt)] == before
    assert len(tickets(rt)) == 1


@pytest.fixture
def plain_logs() -> Iterator[None]:
    """The logs of a process that a command set up are given back."""
    yield
    structlog.reset_defaults()


@pytest.mark.usefixtures("plain_logs")
def test_the_command_lists_and_revives(
    rt: Runtime, lost: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", rt.settings.database_url)
    monkeypatch.setenv("SECRET_KEY", SECRET_KEY)

    assert main(["jobs"]) == 1
    assert f"store_recording {lost}" in (said := capsys.readouterr().out)
    assert "1 jobs were given up; try them again: ringdesk jobs --again" in said
    assert main(["jobs", "--again"]) == 0
    assert main(["jobs"]) == 0
    assert "0 jobs were given up" in capsys.readouterr().out
