"""The picture of a flow: everything in it, nothing over anything else, in every format."""

import json
import re
import xml.etree.ElementTree as ET
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callflows.flow import Flow
from callflows.tools.drawings import as_dot, as_json, as_mermaid
from callflows.tools.figure import Placed, figure
from callflows.tools.graph import Box, graph
from callflows.tools.layout import crossings, lay_out, spread
from callflows.tools.scene import Scene, parse_moment
from callflows.tools.svg import as_svg
from tests.callflows.build import rehearse
from tests.callflows.test_properties import FLOWS
from tests.callflows.tools.shop import SHOP, run, shop

NOON = parse_moment("2026-11-25 12:00", "America/Chicago")
NAMES = st.lists(st.sampled_from("abcdefghij"), min_size=1, unique=True)
LINES = st.lists(st.tuples(st.sampled_from("abcdefghij"), st.sampled_from("abcdefghij")), max_size=25)


def box(name: str) -> Box:
    return next(one for one in graph(shop()).boxes if one.name == name)


def test_every_way_on_is_a_door() -> None:
    assert {(door.label, door.to, door.implied) for door in box("menu").doors} == {
        ("1", "till", False),
        ("2", "owner", False),
        ("no input, no match", "message", True),
    }


def test_one_door_for_all_exits_to_the_same_step_and_none_for_waiting_on() -> None:
    assert [(door.label, door.to) for door in box("till").doors] == [
        ("star, full, no agents", "message"),
        ("answered", None),
        ("timeout", "message"),
    ]


def test_an_exit_that_is_like_another_has_no_door() -> None:
    assert [door.label for door in box("open_now").doors] == ["open", "closed"]


def test_the_way_of_a_call_is_counted() -> None:
    call = rehearse(shop(), Scene(NOON), ["silence", "8"])
    walked = [way for stretch in call.stretches for way in stretch.walked]

    drawn = {one.name: one for one in graph(shop(), ["open_now", "menu", "message"], walked).boxes}

    assert [drawn[name].met for name in ("open_now", "menu", "till", "message")] == [(1,), (2,), (), (3,)]
    assert [door.walked for door in drawn["menu"].doors] == [0, 0, 1]


@settings(max_examples=60, deadline=None)
@given(NAMES, LINES)
def test_lines_lead_down_but_for_those_that_close_a_circle(
    names: list[str], lines: list[tuple[str, str]]
) -> None:
    made = lay_out(dict.fromkeys(names, 100.0), lines, names[0], 20, 10)

    row = {name: number for number, several in enumerate(made.layers) for name in several}
    known = {line for line in lines if line[0] in names and line[1] in names and line[0] != line[1]}
    assert all(row[tail] < row[head] for tail, head in known - made.back)
    assert {name for name in row if "\n" not in name} == set(names)
    for several in made.layers:
        for left, right in combinations(several, 2):
            apart = (100 if "\n" not in left else 10) / 2 + (100 if "\n" not in right else 10) / 2
            assert made.x[right] - made.x[left] >= apart + 20 - 1e-6
    assert min(made.x.values()) >= 0


def test_places_keep_their_order_and_distance_and_stay_near_their_wishes() -> None:
    assert spread([0, 100, 10], [10, 10]) == [0, 50, 60]
    assert spread([5, 6], [10]) == [0.5, 10.5]


def test_the_order_of_a_layer_avoids_crossings() -> None:
    """Two crossing pairs can be put straight."""
    lines = [("a", "d"), ("b", "c"), ("s", "a"), ("s", "b")]
    made = lay_out(dict.fromkeys("sabcd", 50.0), lines, "s", 10, 5)

    below = {"a": ["d"], "b": ["c"], "s": ["a", "b"]}
    assert crossings(made.layers, below) == 0


@settings(max_examples=20, deadline=None)
@given(FLOWS)
def test_no_box_lies_on_another_and_all_are_in_the_picture(flow: Flow) -> None:
    drawn = figure(graph(flow))

    def apart(one: Placed, other: Placed) -> bool:
        return (
            one.left + one.width <= other.left
            or other.left + other.width <= one.left
            or one.top + one.height <= other.top
            or other.top + other.height <= one.top
        )

    assert all(apart(one, other) for one, other in combinations(drawn.boxes, 2))
    assert all(one.left >= 0 and one.left + one.width <= drawn.width for one in drawn.boxes)
    for one in drawn.boxes:
        chips = sorted(one.ports, key=lambda port: port.x)
        assert all(left.x + left.width / 2 <= right.x - right.width / 2 for left, right in pairwise(chips))
        assert all(one.left <= port.x <= one.left + one.width for port in chips)


def test_the_svg_is_well_formed_and_says_everything() -> None:
    root = ET.fromstring(as_svg(graph(shop())))

    words = " ".join(root.itertext())
    assert all(name in words for name in shop().steps)
    assert "For the till, press 1. For the owner," in words
    assert (
        len(root.findall(".//{*}path[@class='line']"))
        + len(root.findall(".//{*}path[@class='line implied']"))
        == 10
    )


def test_inside_a_page_it_has_links_and_no_style() -> None:
    text = as_svg(graph(shop()), inside="#step-")

    assert "style" not in text
    assert text.count('<a href="#step-') == len(shop().steps)


def test_texts_cannot_break_out_of_a_picture() -> None:
    evil = shop(SHOP.replace("Goodbye.", '<b onclick=x>&]]> \\"|`'))

    ET.fromstring(as_svg(graph(evil)))
    assert "<b onclick" not in as_svg(graph(evil)) + as_mermaid(graph(evil))
    assert '\\"|`' in as_dot(graph(evil))


def test_mermaid_and_dot_have_every_step_and_line() -> None:
    mermaid, dot = as_mermaid(graph(shop())), as_dot(graph(shop()))

    assert '  s_menu -->|"1"| s_till\n' in mermaid
    assert '  s_menu -.->|"no input, no match"| s_message\n' in mermaid
    assert '  "menu" -> "till" [label="1"];\n' in dot
    assert len(re.findall(r" -> ", dot)) == len(re.findall(r" --?\.?->", mermaid)) == 10
    assert json.loads(as_json(graph(shop())))["boxes"][0]["name"] == "open_now"


@pytest.mark.parametrize(
    ("name", "begins"), [("a.svg", "<svg"), ("a.mmd", "flowchart"), ("a.dot", "digraph"), ("a.json", "{")]
)
def test_the_ending_of_a_file_says_its_format(tmp_path: Path, name: str, begins: str) -> None:
    (tmp_path / "corner.yaml").write_text(SHOP, "utf-8")

    assert run("draw", tmp_path / "corner.yaml", "--out", tmp_path / name) == 0
    assert (tmp_path / name).read_text("utf-8").startswith(begins)
