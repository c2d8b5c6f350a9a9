"""Modules: steps that flows share, put together so that every rule holds across them."""

from pathlib import Path

import pytest

from callflows.bundle import pack, unpack
from callflows.check import check
from callflows.engine import STEPS_PER_TURN
from callflows.events import KeysPressed, NothingPressed
from callflows.faults import FlowFaults
from callflows.files import check_file
from callflows.flow import Flow
from callflows.read import read_flow
from tests.callflows.build import HEAD, MORE, Call

ORDER = """flow_module: 1
module: order_number
arguments: [shop]
outcomes: [known, unknown]
start: ask
steps:
  ask: {gather: "The order number of {shop}?", digits: 4, save: order, next: end, no_input: none, no_match: none}
  end: {outcome: known}
  none: {outcome: unknown}
"""
TWICE = """flow_module: 1
module: twice
outcomes: [ended]
start: again
steps:
  again: {loop: 2, again: ask, done: end}
  ask: {flow: order_number, with: {shop: "twice"}, outcomes: {known: end, unknown: again}}
  end: {outcome: ended}
"""
STEPS = """
  hello: {flow: order_number, with: {shop: "{merchant}"}, outcomes: {known: told, unknown: bye}}
  told: {hangup: "Order {order}."}"""


def with_modules(steps: str, *modules: str, head: str = "fallback: message") -> Flow:
    texts = {f"shared/m{count}.yaml": text for count, text in enumerate(modules)}
    main = f"{HEAD}{head}\ninclude: [{', '.join(texts)}]\nstart: hello\nsteps:{steps}{MORE}"
    return read_flow(pack(main, texts), "test.yaml")


def test_a_module_takes_arguments_and_gives_back_what_it_learned() -> None:
    call = Call(with_modules(STEPS, ORDER))
    assert call.said == ["The order number of Acme?"]
    assert call.session.step == "hello.ask"

    call.then(KeysPressed("1234"))

    assert call.said == ["Order 1 2 3 4."]


def test_an_outcome_leads_where_the_flow_says_else_to_its_fallback() -> None:
    silent = [NothingPressed()] * 3
    answered, left_out = Call(with_modules(STEPS, ORDER)), STEPS.replace(", unknown: bye", "")
    for event in silent:
        answered.then(event)
    unanswered = Call(with_modules(left_out, ORDER))
    for event in silent:
        unanswered.then(event)

    assert answered.said == ["Goodbye."]
    assert unanswered.said[-1] == "Please leave a message."
    assert unanswered.session.in_fallback


def test_modules_use_modules_and_loops_across_them_stay_bounded() -> None:
    call = Call(with_modules("\n  hello: {flow: twice, outcomes: {ended: bye}}", ORDER, TWICE))

    for _ in range(6):
        call.then(NothingPressed())

    assert call.said == ["Goodbye."]
    assert max(len(turn.path) for turn in call.turns) < STEPS_PER_TURN


def test_a_silent_circle_through_a_module_is_found() -> None:
    module = "flow_module: 1\nmodule: say_it\noutcomes: [said]\nstart: a\nsteps:\n  a: {say: Hi, next: b}\n  b: {outcome: said}\n"

    faults = check(with_modules("\n  hello: {flow: say_it, outcomes: {said: hello}}", module))

    (circle,) = [fault for fault in faults if fault.rule == "cycle-without-input"]
    assert "hello -> hello.a -> hello.b -> hello" in circle.text


def test_a_fault_in_a_module_names_its_file_and_line_once() -> None:
    module = ORDER.replace("{shop}", "{shpo}")
    steps = f"{STEPS}\n  also: {{flow: order_number, with: {{shop: x}}, outcomes: {{known: bye}}}}"

    faults = [fault for fault in check(with_modules(steps, module)) if fault.rule == "unknown-field"]

    assert [(fault.file, fault.line) for fault in faults] == [("shared/m0.yaml", 7)]


def test_a_warning_in_a_module_is_silenced_there() -> None:
    long = ORDER.replace("{shop}", "{shop} " + "and more " * 60)
    silenced = long.replace("  ask:", "  # flow-ignore: prompt-too-long\n  ask:")

    assert "prompt-too-long" in {fault.rule for fault in check(with_modules(STEPS, long))}
    found = {fault.rule for fault in check(with_modules(STEPS, silenced))}
    assert not found & {"prompt-too-long", "unused-ignore"}


def test_the_digest_knows_what_a_module_says() -> None:
    flow = with_modules(STEPS, ORDER)

    assert flow.digest == with_modules(STEPS, f"# a comment\n{ORDER}").digest
    assert flow.digest != with_modules(STEPS, ORDER.replace("number of", "code of")).digest
    assert flow.digest != with_modules(STEPS, ORDER.replace("start: ask", "start: end")).digest


def test_a_bundle_comes_apart_as_it_was_put_together() -> None:
    texts = {"shared/a.yaml": ORDER, "b.yaml": TWICE}

    assert unpack(pack("flow_version: 1\n", texts)) == ("flow_version: 1\n", texts)
    assert unpack("flow_version: 1") == ("flow_version: 1", {})


def test_what_is_checked_on_disk_can_be_stored_as_one_text(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "order.yaml").write_text(ORDER, "utf-8")
    (tmp_path / "acme.yaml").write_text(
        f"{HEAD}fallback: message\ninclude: shared/order.yaml\nstart: hello\nsteps:{STEPS}{MORE}", "utf-8"
    )

    checked = check_file(tmp_path / "acme.yaml")

    assert checked.flow is not None
    assert read_flow(checked.text, "acme@stored").digest == checked.flow.digest


def test_an_outcome_belongs_into_a_module() -> None:
    with pytest.raises(FlowFaults, match="this is no module"):
        with_modules("\n  hello: {outcome: known}", ORDER)


def test_a_flow_includes_twenty_files_at_most(tmp_path: Path) -> None:
    many = ", ".join(f"shared/m{count}.yaml" for count in range(21))
    (tmp_path / "acme.yaml").write_text(f"{HEAD}include: [{many}]\nstart: bye\nsteps:{MORE}", "utf-8")

    (fault,) = check_file(tmp_path / "acme.yaml").faults

    assert (fault.rule, fault.line) == ("too-big", 10)
