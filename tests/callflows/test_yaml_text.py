"""Text stays text, and whatever could mislead is refused where it stands."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from callflows.faults import Fault, FlowFaults
from callflows.read import read_flow
from callflows.yaml_text import Text, read_yaml
from tests.callflows.build import HEAD, MORE

TEXT_ONLY = [
    "+15551234",
    "+15551234567",
    "0015551234567",
    "no",
    "NO",
    "on",
    "yes",
    "y",
    "010",
    "0123",
    "0089",
    "08",
    "10:00",
    "24:00",
    "12:30:45",
    "3:20:10",
    "2026-01-01",
    "2026-12-25 10:00:00",
    ".nan",
    ".inf",
    ".5",
    "1e3",
    "1.10",
    "1_000",
    "0x1F",
    "true",
    "9" * 6000,
]
REFUSED = {
    "x: 1\nx: 2": (2, 1, "duplicate-key"),
    'n: {1: a, "1": b}': (1, 11, "duplicate-key"),
    "x: !foo bar": (1, 4, "yaml-tag"),
    "x: !!python/object/apply:os.system [ls]": (1, 4, "yaml-tag"),
    "x: !!str 1": (1, 4, "yaml-tag"),
    "<<: {a: 1}": (1, 1, "yaml-merge"),
    "a: &a [1]\nb: *a": (1, 4, "yaml-anchor"),
    "a: &a [*a]": (1, 4, "yaml-anchor"),
    "x: *a": (1, 4, "yaml-alias"),
    "x: *": (1, 5, "yaml-syntax"),
    "{*: a}": (1, 3, "yaml-syntax"),
    "x: {#: a}": (1, 10, "yaml-syntax"),
    "a: 1\n---\nb: 2": (2, 1, "yaml-several-documents"),
    "%YAML 1.1\n---\na: 1": (1, 1, "yaml-syntax"),
    'x: "a\\0b"': (1, 4, "bad-character"),
    'x: "a\\ud800b"': (1, 4, "bad-character"),
    'x: "\\U99999999"': (1, 7, "yaml-syntax"),
    "x: a\x00b": (1, 5, "bad-character"),
    "x: a\x7fb": (1, 5, "bad-character"),
    "ok: 1\nx: a\ufffe": (2, 5, "bad-character"),
    "x: a\ud800": (1, 5, "bad-character"),
    "x: a\u2028b": (1, 5, "bad-character"),
    "say: Press 1: sales": (1, 13, "yaml-syntax"),
    "x: 'don't'": (1, 9, "yaml-syntax"),
    "x: @home": (1, 4, "yaml-syntax"),
    "x: `home`": (1, 4, "yaml-syntax"),
    "x: %home": (1, 4, "yaml-syntax"),
    "x:\n\ty: 1": (2, 1, "yaml-syntax"),
    "x: [1, 2": (1, 9, "yaml-syntax"),
    "- 1": (1, 1, "yaml-syntax"),
    "just text": (1, 1, "yaml-syntax"),
    "": (1, 1, "yaml-syntax"),
    "# only a comment": (1, 1, "yaml-syntax"),
    "? [a, b]\n: c": (1, 3, "yaml-syntax"),
    ": c": (1, 1, "yaml-syntax"),
}


def fault_of(text: str) -> tuple[int, int, str]:
    with pytest.raises(FlowFaults) as raised:
        read_yaml(text, "test.yaml")
    (fault,) = raised.value.faults
    return fault.line, fault.column, fault.rule


@pytest.mark.parametrize("written", TEXT_ONLY, ids=lambda text: text[:12])
def test_a_value_is_the_text_that_was_typed(written: str) -> None:
    node = read_yaml(f"x: {written}", "test.yaml").by_key["x"]

    assert isinstance(node, Text)
    assert node.value == written


@pytest.mark.parametrize("word", ["on", "off", "no", "yes", "1", "~", "2026-12-25"])
def test_a_key_is_the_text_that_was_typed(word: str) -> None:
    assert list(read_yaml(f"{word}: x", "test.yaml").by_key) == [word]


@pytest.mark.parametrize("text", REFUSED, ids=repr)
def test_what_could_mislead_is_refused_at_its_place(text: str) -> None:
    assert fault_of(text) == REFUSED[text]


@pytest.mark.parametrize("nothing", ["", " ", " ~", " null", " # a comment"])
def test_nothing_is_told_from_an_empty_text(nothing: str) -> None:
    table = read_yaml(f'x:{nothing}\ny: ""', "test.yaml")

    assert [node.is_missing for node in table.by_key.values() if isinstance(node, Text)] == [True, False]


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm() -> None:
    table = read_yaml("\ufeffa: 1\r\nb: 2\r\n", "test.yaml")

    assert [(key.value, key.place.line, key.place.column) for key, _ in table.entries] == [
        ("a", 1, 1),
        ("b", 2, 1),
    ]


def test_a_billion_laughs_are_refused_at_the_first() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))

    assert fault_of(bomb) == (1, 5, "yaml-anchor")


@pytest.mark.parametrize("depth", [25, 5000])
def test_nesting_beyond_24_levels_is_refused(depth: int) -> None:
    assert fault_of("x: " + "[" * depth + "]" * depth)[2] == "too-deep"
    assert fault_of("".join(f"{' ' * level}a:\n" for level in range(min(depth, 600))))[2] == "too-deep"


def test_24_levels_are_allowed() -> None:
    read_yaml("x: " + "[" * 23 + "]" * 23, "test.yaml")


def test_more_than_20000_values_are_refused() -> None:
    assert fault_of("x: [" + "1," * 20_001 + "]")[2] == "too-big"


def test_more_than_256_kb_are_refused_before_anything_is_read() -> None:
    assert fault_of("&" * (256 * 1024 + 1)) == (1, 1, "too-big")


def test_no_name_of_a_trap_reaches_the_flow_untyped() -> None:
    """The words that YAML 1.1 would turn into something else, at places where a flow takes text."""
    flow = read_flow(
        f'{HEAD}start: "on"\nfallback: message\nsteps:\n  on: {{say: 10:00, next: message}}{MORE}', "t"
    )

    assert flow.start == "on"
    assert set(flow.steps) == {"on", "message", "bye"}


YAML_BITS = st.sampled_from(
    [
        "a",
        "x: ",
        "- ",
        "\n",
        "  ",
        "{",
        "}",
        "[",
        "]",
        ",",
        ": ",
        "#",
        "&a ",
        "*a",
        "!t ",
        "|",
        ">",
        "'",
        '"',
        "\\",
        "%",
        "---",
        "\t",
        "?",
        "<<",
        "é",
        "\x00",
        "1",
        "~",
        "@",
        "...",
    ]
)
PLAUSIBLE = st.sampled_from(
    [
        *(HEAD.splitlines()),
        *(line for line in MORE.splitlines() if line),
        "start: hello",
        "fallback: message",
        "steps:",
        '  hello: {menu: "Press 1.", options: {1: bye}}',
        "  hello: {queue: orders, priority: 3m, exit_keys: {star: bye}}",
        "  hello: {forward: +12025550199}",
        "  two: {hours: shop, open: bye, closed: [bye]}",
        "  3: {}",
        "calendars: {x: {mon-xyz: 1:1-2:2, holidays: [1]}}",
        "queues: [a, {b: c}]",
        "numbers: {a: b}",
        "recording: yes",
        "audio: {a: ../../etc/passwd}",
        "steps: ~",
        "# flow-ignore: ,,unused-name x",
        "timezone: Mars/Olympus",
        "timezone: ../../etc/passwd",
    ]
)


def faults_of(text: str) -> tuple[Fault, ...]:
    try:
        read_flow(text, "test.yaml")
    except FlowFaults as found:
        return found.faults
    return ()


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.lists(YAML_BITS).map("".join), st.text(), st.lists(PLAUSIBLE).map("\n".join)))
@example("a: |1\n   x\n  y\n")
@example('"\\x')
def test_any_text_gives_a_flow_or_faults_with_places(text: str) -> None:
    """Any other exception fails this test by itself."""
    lines = text.replace("\r\n", "\n").split("\n")

    for fault in faults_of(text):
        assert 1 <= fault.line <= len(lines) + 1
        assert fault.column >= 1
        assert "\n" not in fault.text


def test_a_whole_file_of_such_lines_can_be_read() -> None:
    """The plausible lines do make flows, so the property above is not about faults alone."""
    text = f'{HEAD}start: hello\nsteps:\n  hello: {{menu: "Press 1.", options: {{1: bye}}}}{MORE}'

    assert set(read_flow(text, "test.yaml").steps) == {"hello", "message", "bye"}
