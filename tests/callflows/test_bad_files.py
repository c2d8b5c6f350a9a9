"""Whatever an admin types, the answer is a flow or clean complaints with places: never a crash, never a hang.

FLOW_EXAMPLES=20000 tries many more than the suite does.
"""

import os
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callflows.bundle import pack
from callflows.check import check
from callflows.faults import Fault, FlowFaults
from callflows.read import read_flow
from callflows.rules import all_rules
from callflows.steps import KINDS
from tests.callflows.build import examples

ROOT = Path(__file__).parents[2]
FOLDERS = (ROOT / "callflows" / "merchants", ROOT / "callflows" / "examples", Path(__file__).parent / "lints")
MODULE = (Path(__file__).parent / "lints" / "shared" / "order.yaml").read_text("utf-8")
TEXTS = [path.read_text("utf-8") for folder in FOLDERS for path in sorted(folder.glob("*.yaml"))]
WORDS = sorted({word for text in TEXTS for word in re.findall(r"[A-Za-z_+0-9:%.-]+", text)})
JUNK = st.sampled_from(
    [*"{}[]:,&*#?|-<>=!%@`'\"\\\t\n ~", "<<: ", "---\n", "&a ", "*a ", "!!str ", "\u2028", "é", "\x00"]
)
RULES = {rule.name for rule in all_rules()}
SLOWEST_SECONDS = 5.0  # of this thread's own time: a loaded machine is no fault
pytestmark = pytest.mark.timeout(120 if "FLOW_EXAMPLES" not in os.environ else 0)


@st.composite
def mistyped(draw: st.DrawFn) -> str:
    """A file of ours with a few slips of the hand."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        until = min(len(text), at + draw(st.sampled_from([0, 0, 1, 1, 2, 5, 40, 200])))
        new = draw(JUNK | st.sampled_from(WORDS) | st.just("") | st.just(text[at:until] * 2))
        text = text[:at] + new + text[until:]
    return text


VALUES = st.recursive(
    st.sampled_from(WORDS) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from([*KINDS, "next", "options", "save", "1", "star", "x"]), inner, max_size=5
        )
    ),
    max_leaves=25,
)


def written(value: object) -> str:
    """Any value as YAML's inner style."""
    match value:
        case dict():
            return "{" + ", ".join(f"{key}: {written(one)}" for key, one in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(written, value)) + "]"
        case _:
            return '"' + re.sub(r'["\\]', "", str(value)) + '"'


@st.composite
def invented(draw: st.DrawFn) -> str:
    """A file with the right keys and any values."""
    keys = ("queues", "waits", "calendars", "endpoints", "recording", "blocked", "audio", "include", "voices")
    head = 'flow_version: 1\nmerchant: acme\nname: Acme\ntimezone: UTC\nnumbers: ["+12025550170"]\nstart: a\n'
    parts = "".join(f"{key}: {written(draw(VALUES))}\n" for key in keys if draw(st.booleans()))
    verb = draw(st.sampled_from(sorted(KINDS)))
    step = {verb: draw(VALUES), **draw(st.dictionaries(st.sampled_from(WORDS), VALUES, max_size=4))}
    return f"{head}{parts}steps:\n  a: {written(step)}\n  b: {written(draw(VALUES))}\n"


def complaints(text: str) -> list[Fault]:
    """What is wrong, by reading and, when that goes well, by checking."""
    began = time.thread_time()
    try:
        found = list(check(read_flow(text, "typed.yaml")))
    except FlowFaults as faults:
        found = list(faults.faults)
        assert found
    assert time.thread_time() - began < SLOWEST_SECONDS
    return found


def are_clean(text: str) -> None:
    lines = text.removeprefix("\ufeff").count("\n") + 1
    for fault in complaints(text):
        assert fault.rule in RULES
        assert fault.text
        assert "Traceback" not in fault.text
        assert fault.column >= 1
        assert 1 <= fault.line <= lines + 1 or fault.file != "typed.yaml"


@settings(max_examples=examples(80), deadline=None)
@given(mistyped())
def test_slips_of_the_hand_end_in_clean_complaints(text: str) -> None:
    are_clean(text)


@settings(max_examples=examples(60), deadline=None)
@given(invented())
def test_invented_files_end_in_clean_complaints(text: str) -> None:
    are_clean(text)


@settings(max_examples=examples(30), deadline=None)
@given(mistyped(), st.booleans())
def test_so_do_modules(text: str, is_module: bool) -> None:
    user = next(text for text in TEXTS if "flow: order_numbre" in text).replace("numbre", "number")

    are_clean(pack(user, {"shared/order.yaml": text if is_module else MODULE}))


def test_there_are_sixty_hand_made_bad_files_with_reviewed_words() -> None:
    made = sorted((Path(__file__).parent / "lints").glob("*.yaml"))

    assert len(made) >= 60
    assert all(path.with_suffix(".txt").is_file() for path in made)
