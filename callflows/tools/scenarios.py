"""Flow tests: given -> caller -> expect, in a file beside the flow, read with the same care as the flow itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callflows.faults import FlowFaults, Place
from callflows.fields import BadValue, Kind, Reading, optional, read_fields, required, scalar
from callflows.kinds import NUMBER, QUEUE_NAME, STEP_NAME, WORDS, YES_NO, parse_name, part, several
from callflows.tools.scene import EVERY_QUEUE, MOMENT, parse_caller, parse_staffing, staffing_word
from callflows.yaml_text import Listing, Node, Table, Text, read_yaml

NOTHING: Mapping[str, Any] = {}


def _read_at(text: str) -> str:
    if not MOMENT.fullmatch(text):
        raise BadValue(f"'{text}' is no moment; write year-month-day hour:minute, as in 2026-12-25 10:00")
    return text


def _read_staffing(node: Node, reading: Reading) -> dict[str, str]:
    if isinstance(node, Text):
        return parse_staffing(node.value)
    if not isinstance(node, Table):
        raise BadValue("write who is there, as in nobody, or {orders: all_busy}")
    return {key.value: staffing_word(_text(value)) for key, value in node.entries}


def _read_anything(node: Node, reading: Reading) -> Any:
    """Any value, as the reply of another system: texts, tables and lists."""
    match node:
        case Text(value):
            return value
        case Listing(items):
            return [_read_anything(item, reading) for item in items]
        case Table(entries):
            return {key.value: _read_anything(value, reading) for key, value in entries}


def _read_table(node: Node, reading: Reading) -> dict[str, Any]:
    if not isinstance(node, Table):
        raise BadValue("write 'name: value' lines")
    return {parse_name(key.value): _read_anything(value, reading) for key, value in node.entries}


def _text(node: Node) -> str:
    if not isinstance(node, Text):
        raise BadValue("write one word")
    return node.value


AT = scalar("a moment by the merchant's clock", '"2026-12-25 10:00"', _read_at)
CALLER = scalar("a number, or withheld", '"+12025550123"', parse_caller)
STAFFING = Kind("who is there", f"{{orders: nobody, {EVERY_QUEUE}: all_busy}}", _read_staffing)
REPLIES = Kind("replies by name", "{order_status: {status: shipped}}", _read_table)
VALUES = Kind("names and values", "{order: 123}", _read_table)
DOING = scalar("what the caller does", "1", str)
FACT = scalar("a fact of the journal", "voicemail_offered", parse_name)


@dataclass(frozen=True, kw_only=True)
class Given:
    """What is true before the call."""

    at: str = required(AT, "when the call comes in, by the merchant's clock")
    caller: str | None = optional(CALLER, "who calls", "+12025550123", key="from")
    staffing: Mapping[str, str] = optional(
        STAFFING,
        "who is there: available, all_busy, all_away, nobody, no_members; or full, or too_long",
        NOTHING,
    )
    replies: Mapping[str, Any] = optional(REPLIES, "what other systems answer", NOTHING, key="http")


@dataclass(frozen=True, kw_only=True)
class Expect:
    """What must be true afterwards; what is not written is not looked at."""

    said: tuple[str, ...] = optional(several(WORDS, "words"), "heard in this order, among other words", ())
    not_said: tuple[str, ...] = optional(several(WORDS, "words"), "never heard", ())
    path: tuple[str, ...] = optional(
        several(STEP_NAME, "steps"), "steps in this order, perhaps with others between", ()
    )
    queue: str | None = optional(QUEUE_NAME, "the queue that the caller joined last", None)
    callback: str | None = optional(QUEUE_NAME, "the queue for which a callback was promised last", None)
    forwarded: str | None = optional(NUMBER, "the number that was called last", None)
    message: bool | None = optional(YES_NO, "whether the caller was asked for a message", None)
    facts: tuple[str, ...] = optional(several(FACT, "facts"), "facts of the journal, in this order", ())
    remembers: Mapping[str, Any] = optional(VALUES, "what the call knew when it last waited", NOTHING)
    step: str | None = optional(STEP_NAME, "the last step", None)
    over: bool | None = optional(YES_NO, "whether the call is over", None)


EXPECT_NOTHING = Expect()


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One test of a flow."""

    name: str
    place: Place
    places: Mapping[str, Place]
    given: Given = required(part(Given, "'given'", "{at: 2026-12-25 10:00}"), "what is true before the call")
    caller: tuple[str, ...] = optional(several(DOING, "what the caller does"), "what happens, in order", ())
    expect: Expect = optional(
        part(Expect, "'expect'", "{queue: orders}"), "what must be true afterwards", EXPECT_NOTHING
    )


@dataclass(frozen=True, kw_only=True)
class ScenarioFile:
    """All tests of one file; `flow` names another flow file than the one beside it."""

    flow: str | None = optional(
        scalar("a flow file", "northwind.yaml", str), "the flow, if not the one of the same name", None
    )
    tests: Mapping[str, Scenario] = required(
        Kind("tests by name", '{a test: {given: {at: "2026-12-25 10:00"}}}', lambda n, r: _read_tests(n, r)),
        "the tests, each under a sentence that says what it shows",
    )


def read_scenarios(text: str, name: str) -> ScenarioFile:
    """The tests of a file; raises FlowFaults."""
    reading = Reading(name, [], {})
    found = read_fields(ScenarioFile, read_yaml(text, name), reading, "a file of tests")
    if found is None or reading.faults:
        raise FlowFaults(reading.faults)
    return found


def _read_tests(node: Node, reading: Reading) -> dict[str, Scenario]:
    if not isinstance(node, Table):
        raise BadValue("write tests as 'what it shows:' with given, caller and expect below")
    found: dict[str, Scenario] = {}
    for key, value in node.entries:
        own = reading.of_its_own()
        made = read_fields(
            Scenario,
            value,
            own,
            f"the test '{key.value}'",
            name=key.value,
            place=key.place,
            places=own.places,
        )
        if made is not None:
            found[key.value] = made
    return found
