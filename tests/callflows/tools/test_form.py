"""Tidying changes neither the meaning nor a comment, and tidying twice is tidying once."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callflows.read import read_flow
from callflows.tools.form import CannotTidy, tidied
from tests.callflows.tools.shop import SHIPPED, SHOP, run

WILD = """\
flow_version:   1   # the language
merchant: 'corner'
numbers: [ "+12025550160" ,  0123 ]
steps:
    # says hello
    hello:
        say: 'It''s "fine" # really'     # says
        next: bye
    bye: {hangup:   "bye",  at: 10:00 }  # last


    choose:
      branch:
      - {field: country}   # first
      # then
      - {field: caller}
    long:
      say: >
        # not a comment
        over lines

# end
"""
TIDY = """\
flow_version: 1  # the language
merchant: "corner"
numbers: ["+12025550160", 0123]
steps:
  # says hello
  hello:
    say: "It's \\"fine\\" # really"  # says
    next: bye

  bye: {hangup: "bye", at: 10:00}  # last

  choose:
    branch:
      - {field: country}  # first
      # then
      - {field: caller}

  long:
    say: >
      # not a comment
      over lines

# end
"""
WORDS = st.text("abc 'äß#:,-0123*?!\"\\{}", min_size=1, max_size=30).filter(str.strip)
NOTES = st.sampled_from(["", "", "  # a note", " # flow-ignore: menu-once", "      # far away"])
GAPS = st.sampled_from(["", "\n", "\n\n\n", "# alone\n", "    # indented\n", "\n# after a gap\n\n"])


def quoted(text: str, single: bool) -> str:
    if single:
        return "'" + text.replace("'", "''") + "'"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@st.composite
def flows(draw: st.DrawFn) -> str:
    """A readable flow in anybody's handwriting."""
    deep = " " * draw(st.integers(1, 6))
    lines = [draw(GAPS)]
    for line in (
        "flow_version: 1",
        "merchant: acme",
        f"name: {quoted(draw(WORDS), draw(st.booleans()))}",
        "timezone:   Europe/Berlin",
        "numbers: ['+12025550170', \"+12025550171\"]",
        "start: s0",
    ):
        lines.append(f"{line}{draw(NOTES)}\n{draw(GAPS)}")
    lines.append(f"steps:{draw(NOTES)}\n")
    count = draw(st.integers(1, 5))
    for number in range(count):
        say, to = quoted(draw(WORDS), draw(st.booleans())), f"s{(number + 1) % count}"
        if draw(st.booleans()):
            lines.append(f"{deep}s{number}: {{ say: {say},next: {to}}}{draw(NOTES)}\n")
        else:
            lines.append(
                f"{deep}s{number}:{draw(NOTES)}\n{deep * 2}say:  {say}{draw(NOTES)}\n{deep * 2}next: {to}\n"
            )
        lines.append(draw(GAPS))
    return "".join(lines)


def test_a_wild_file_becomes_a_tidy_one() -> None:
    assert tidied(WILD, "corner.yaml") == TIDY
    assert tidied(TIDY, "corner.yaml") == TIDY


@settings(max_examples=30, deadline=None)
@given(flows())
def test_meaning_and_comments_stay_and_twice_is_once(text: str) -> None:
    flow = read_flow(text, "acme.yaml")
    try:
        tidy = tidied(text, "acme.yaml")
    except CannotTidy:
        pytest.fail(f"a plain file is left untidy:\n{text}")

    assert read_flow(tidy, "acme.yaml").digest == flow.digest
    assert sorted(text.count(word) for word in ("# a note", "# alone", "# far away")) == sorted(
        tidy.count(word) for word in ("# a note", "# alone", "# far away")
    )
    assert tidied(tidy, "acme.yaml") == tidy


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_flows_and_their_tests_are_tidy(path: Path) -> None:
    assert run("fmt", "--check", path, path.parent / "tests" / path.name) == 0


def test_the_command_says_what_it_tidied(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wild, broken = tmp_path / "corner.yaml", tmp_path / "broken.yaml"
    wild.write_text(SHOP.replace("  hours: shop", "  hours:    shop"), "utf-8")
    broken.write_text("steps: {", "utf-8")

    assert run("fmt", "--check", wild) == 1
    assert run("fmt", wild) == 0
    assert run("fmt", "--check", wild) == 0
    assert run("fmt", broken) == 1
    assert wild.read_text("utf-8") == SHOP
    out, err = capsys.readouterr()
    assert out == f"{wild}: would be tidied\n{wild}: tidied\n"
    assert "[yaml-syntax]" in err
