"""Two flows compared by meaning."""

import io
import json
from pathlib import Path

import pytest

from callflows.tools.meaning import changes
from tests.callflows.tools.shop import SHOP, run, shop


def told(*replacements: tuple[str, str]) -> list[str]:
    changed = SHOP
    for old, new in replacements:
        assert old in changed
        changed = changed.replace(old, new)
    return [change.line() for change in changes(shop(), shop(changed))]


def test_comments_order_and_defaults_do_not_count() -> None:
    _, _, steps = SHOP.partition("steps:\n")
    bye = '  bye:\n    hangup: "Goodbye."\n'
    moved = (
        SHOP.replace(bye, "")
        .replace("steps:\n", f"steps:\n{bye}")
        .replace("tries: 2", "tries: 2  # as before\n    wait: 6s")
    )

    assert steps in SHOP
    assert changes(shop(), shop(moved)) == []


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("max_wait: 5m", "max_wait: 300s", None),
        ("max_wait: 5m", "max_wait: 7m", "~ queue till: max_wait: 5m -> 7m"),
        ("tries: 2", "wait: 9s\n    tries: 2", "~ step menu: wait: 6s -> 9s"),
        ("tries: 2", "tries: 2\n    no_input: owner", "~ step menu: exit no_input: message -> owner"),
        ("{1: till, 2: owner}", "{1: owner, 2: owner}", "~ step menu: exit 1: till -> owner"),
        ("{1: till, 2: owner}", "{1: till, 2: owner, star: menu}", "~ step menu: exit star: - -> menu"),
        ("    no_agents: message\n", "", "~ step till: exit no_agents: message -> the end"),
        (
            'numbers: ["+12025550160"]',
            'numbers: ["+12025550162"]',
            "~ numbers: [+12025550160] -> [+12025550162]",
        ),
        (
            "is recorded",
            "may be recorded",
            "~ recording: announce: This call is recorded. -> This call may be recorded.",
        ),
        ('hangup: "Goodbye."', 'hangup: "Bye."', "~ step bye: hangup: Goodbye. -> Bye."),
    ],
)
def test_one_change_is_one_line(old: str, new: str, line: str | None) -> None:
    assert told((old, new)) == ([line] if line else [])


def test_steps_come_and_go() -> None:
    more = ("  bye:\n", '  busy:\n    say: "We are busy."\n    next: message\n\n  bye:\n')

    assert told(more, ("busy: message", "busy: busy")) == [
        "+ step busy: say",
        "~ step owner: exit busy: message -> busy",
    ]
    owner = SHOP[SHOP.index("  owner:") : SHOP.index("  message:")]
    assert told((owner, ""), (", 2: owner", "")) == [
        "- step owner: forward",
        "~ step menu: exit 2: owner -> -",
    ]


def test_a_new_name_is_no_other_step() -> None:
    assert told(("owner", "the_owner"), ("For the the_owner", "For the owner")) == [
        "~ step owner: renamed: owner -> the_owner"
    ]


def test_the_command_compares_a_file_with_stdin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    flow = tmp_path / "corner.yaml"
    flow.write_text(SHOP, "utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO(SHOP.replace("5m", "6m")))

    assert run("diff", flow, flow) == 0
    assert run("diff", "--json", flow, "-") == 1
    assert run("diff", flow, tmp_path / "none.yaml") == 2
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["what"], found["key"], found["before"], found["after"]) == (
        "queue till",
        "max_wait",
        "5m",
        "6m",
    )
