"""Talking to a flow in the terminal."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callflows.fields import BadValue
from callflows.flow import Flow
from callflows.tools.play import HELP, play
from callflows.tools.scene import Scene, parse_moment, parse_staffing
from tests.callflows.test_properties import FLOWS
from tests.callflows.tools.shop import SHOP, run, shop

NOON = parse_moment("2026-11-25 12:00", "America/Chicago")


def played(*lines: str, staffing: str = "available", at: float = NOON) -> str:
    told: list[str] = []
    play(shop(), Scene(at, staffing=parse_staffing(staffing)), lines, told.append)
    return "\n".join(told)


def test_it_speaks_as_callers_hear_it() -> None:
    assert played("1", "answered") == "\n".join(
        [
            "+12025550123 calls The Corner Shop, Wednesday 2026-11-25 12:00 (America/Chicago)",
            "  open_now (open) > menu",
            "  says     For the till, press 1. For the owner, press 2.",
            "  listens  wait 6s",
            "> 1",
            "  till",
            "  says     This call is recorded.",
            "  join queue: till, max wait 5m, exit keys *, leave when no agents",
            "> answered",
            "  hangs up",
            "the call is over",
        ]
    )


def test_at_night_it_is_closed() -> None:
    assert "open_now (closed) > message" in played(at=parse_moment("2026-11-25 23:00", "America/Chicago"))


def test_silence_lets_the_time_pass() -> None:
    """Two silences at a menu of two tries, and a message without a word."""
    assert "> silence\n  message" in played("", ".", "")


@pytest.mark.parametrize(
    ("staffing", "comes"),
    [
        ("available", "> answered"),
        ("all_busy", "> timeout"),
        ("till=all_away", "> timeout"),
        ("nobody", "> no_agents\n  message"),
        ("no_members", "> no_agents\n  message"),
        ("till=full", "> full\n  message"),
        ("till=too_long", "> too_long\n  message"),
    ],
)
def test_what_waiting_leads_to_depends_on_who_is_there(staffing: str, comes: str) -> None:
    assert comes in played("1", "", staffing=staffing)


def test_a_key_leaves_the_queue() -> None:
    assert "> *\n  message" in played("1", "star", staffing="all_busy")


def test_words_become_a_message_of_that_length() -> None:
    assert "(a message of 2.6 s)\n  bye" in played("", "", "Please call me back")


def test_a_forward_goes_as_it_is_told() -> None:
    assert "> busy\n  message" in played("2", "busy")
    assert "> no_answer\n  message" in played("2", "")


def test_what_means_nothing_changes_nothing_and_says_what_would() -> None:
    told = played("2", "bussy", "busy")

    assert "'bussy' means nothing here; did you mean 'busy'?; this could happen:" in told
    assert "> busy" in told


def test_now_lists_what_could_happen() -> None:
    assert "this could happen: silence, answered, no_answer, busy, failed, hang up" in played("2", "now")


def test_again_begins_the_call_anew() -> None:
    assert played("1", "again", "2").count("open_now (open) > menu") == 2


def test_the_caller_can_hang_up() -> None:
    assert played("1", "hang up").endswith("> hang up\nthe caller hung up")


def test_a_moment_is_the_merchants_clock() -> None:
    assert parse_moment("2026-07-01 9:30", "America/Chicago") == parse_moment(
        "2026-07-01 16:30", "Europe/Berlin"
    )
    with pytest.raises(BadValue, match="there is no moment '2026-02-30 10:00'"):
        parse_moment("2026-02-30 10:00", "Europe/Berlin")


@settings(max_examples=60, deadline=None)
@given(
    FLOWS,
    st.lists(st.text(max_size=12) | st.sampled_from(["1", "", "busy", "again", "now", "star"]), max_size=8),
)
def test_whatever_is_typed_the_terminal_answers(flow: Flow, lines: list[str]) -> None:
    told: list[str] = []

    call, done = play(flow, Scene(NOON), lines, told.append)

    assert len(done) <= len(lines)
    assert all("\n" not in line or line == HELP for line in told)
    assert call.stretches[0].turn.path or call.is_over


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "corner.yaml"
    path.write_text(SHOP, "utf-8")
    return path


def test_a_call_is_kept_as_a_test_that_passes(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tests = file.parent / "tests" / "corner.yaml"
    for typed in ("1\nstar\nCall me, please\n", "2\nbusy\n\n"):
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        assert run("play", file, "--at", "2026-11-25 12:00", "--staffing", "all_busy", "--save", tests) == 0

    assert run("test", file) == 0
    assert "2 tests passed" in capsys.readouterr().err
    assert 'caller: [1, star, "Call me, please"]' in tests.read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--at", "noon"], "'noon' is no moment; write year-month-day hour:minute"),
        (["--staffing", "nobdy"], "'nobdy' is no staffing; did you mean 'nobody'?"),
        (["--staffing", "tills=nobody"], "the flow has no queue 'tills'; did you mean 'till'?"),
        (["--from", "0123"], "'0123' is no telephone number; begin with +"),
        (["--http", "orders"], "--http takes NAME=FILE"),
        (["--http", "orders=nowhere.json"], "cannot open 'nowhere.json'"),
    ],
)
def test_wrong_words_say_the_way_out(
    file: Path, words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("play", file, *words) == 2
    assert says in capsys.readouterr().err


def test_a_file_that_is_not_there_names_those_that_are(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("play", file.with_name("korner.yaml")) == 2
    assert "there is: corner.yaml" in capsys.readouterr().err


def test_a_file_that_cannot_be_read_is_told_with_places(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(SHOP.replace("hours: shop", "hour: shop"), "utf-8")

    assert run("play", file) == 1
    assert "corner.yaml:15:5: error:" in capsys.readouterr().err
