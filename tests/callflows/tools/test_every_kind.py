"""The tools know no kind of step: whatever kind there is, it can be played, replayed, drawn, explained and compared."""

import json
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from callflows.bundle import pack
from callflows.docs import docstring_of
from callflows.flow import Flow
from callflows.notes import Note
from callflows.read import read_flow
from callflows.session import Caller
from callflows.steps import KINDS
from callflows.tools.coverage import coverage
from callflows.tools.drawings import as_dot, as_mermaid
from callflows.tools.explain import explain_step
from callflows.tools.graph import graph
from callflows.tools.meaning import changes
from callflows.tools.rehearsal import Rehearsal
from callflows.tools.replay import Told, replay
from callflows.tools.scene import Scene
from callflows.tools.svg import as_svg
from callflows.tools.transcript import transcript
from tests.callflows.test_docs import MODULE, completed
from tests.callflows.tools.shop import NOON

TURNS = 6


def example(verb: str) -> tuple[Flow, str]:
    """A flow that begins with the documentation's example of a step, and the step's name."""
    _, text = docstring_of(KINDS[verb])
    name = text.partition(":")[0]
    steps = "".join(f"  {line}\n" for line in text.splitlines())
    if verb == "outcome":
        module = f"flow_module: 1\nmodule: shared\noutcomes: [known]\nstart: {name}\nsteps:\n{steps}"
        using = "include: shared.yaml\nsteps:\n  hello: {flow: shared, outcomes: {known: goodbye}}\n"
        return read_flow(pack(completed(using), {"shared.yaml": module}), "acme.yaml"), f"hello.{name}"
    if verb == "flow":
        using = completed(f"include: shared.yaml\nstart: {name}\nsteps:\n{steps}")
        return read_flow(pack(using, {"shared.yaml": MODULE}), "acme.yaml"), name
    return read_flow(completed(f"start: {name}\nsteps:\n{steps}"), "acme.yaml"), name


def played(flow: Flow, choice: int) -> Rehearsal:
    """A call that always takes the same of the possible words, counted round."""
    call = Rehearsal(flow, Scene(NOON, staffing={"*": "all_busy"}))
    for _ in range(TURNS):
        if call.is_over:
            break
        words = call.understood()[:-1]
        call.hear(words[choice % len(words)])
    return call


@pytest.mark.parametrize("verb", KINDS)
def test_every_kind_is_played_and_every_word_that_is_offered_works(verb: str) -> None:
    flow, name = example(verb)
    calls = [played(flow, choice) for choice in range(8)]

    assert all(verb == "outcome" or call.stretches[0].turn.path[0] == name for call in calls)
    assert all(len(transcript(call).splitlines()) > 3 for call in calls)
    walked = coverage(flow, calls)
    assert walked.steps[0] >= 1
    if list(flow.steps[name].exits()):
        assert any(way.step == name for call in calls for stretch in call.stretches for way in stretch.walked)


@pytest.mark.parametrize("verb", KINDS)
def test_every_kind_is_replayed_from_what_the_journal_tells(verb: str) -> None:
    """The journal holds JSON, and none of what was typed."""
    flow, _ = example(verb)
    for choice in range(8):
        call = played(flow, choice)
        told = [
            Told(number, stretch.at, tuple(_fact(note) for note in stretch.turn.notes))
            for number, stretch in enumerate(call.stretches)
        ]

        again = replay(
            flow, Caller(call.scene.caller, flow.numbers[0]), f"{call.scene.caller} {call.scene.at}", told, {}
        )

        assert [one.path for one in again] == [stretch.turn.path for stretch in call.stretches], verb
        assert all(one.turn is not None and one.skipped == 0 for one in again)


def _fact(note: Note) -> tuple[str, str, dict[str, object]]:
    return (
        str(note.kind), note.step, json.loads(json.dumps(dict(note.data))),
    )  # fmt: skip


@pytest.mark.parametrize("verb", KINDS)
def test_every_kind_is_drawn_explained_and_compared(verb: str) -> None:
    flow, name = example(verb)
    drawn = graph(flow)

    ET.fromstring(as_svg(drawn))
    assert f'"{name}"' in as_dot(drawn)
    assert as_mermaid(drawn).startswith("flowchart TD\n")
    assert f"a step `{verb}`" in explain_step(flow, name)
    less = replace(
        flow, steps={other: step for other, step in flow.steps.items() if other != name}, digest=""
    )
    assert [one.line() for one in changes(flow, less)][:1] == [f"- step {name}: {verb}"]


def test_a_reply_is_played_as_the_system_would_give_it() -> None:
    flow, _ = example("http")
    for reply, heard in (
        ({"order": {"status": "on its way"}}, "Your order is on its way."),
        ("error", "Speak."),
        ("timeout", "Speak."),
    ):
        call = Rehearsal(flow, Scene(NOON, replies={"order_status": reply}))

        assert heard in transcript(call)


def test_without_a_reply_the_person_says_what_comes() -> None:
    flow, _ = example("http")
    call = Rehearsal(flow, Scene(NOON))

    assert {"ok", "error", "timeout"} <= set(call.understood())
    call.hear("error")
    assert "leave_message" in call.stretches[-1].turn.path


def test_what_is_secret_is_in_no_transcript() -> None:
    flow, _ = example("http")
    secret = replace(
        flow,
        endpoints={name: replace(one, url=one.url + "?key=s3cret") for name, one in flow.endpoints.items()},
    )

    assert "s3cret" not in transcript(Rehearsal(secret, Scene(NOON)))


def test_the_key_that_ends_an_entry_is_not_part_of_it() -> None:
    flow, _ = example("gather")
    typed, plain = Rehearsal(flow, Scene(NOON)), Rehearsal(flow, Scene(NOON))
    typed.hear("123456#")
    plain.hear("123456")

    assert typed.turn == plain.turn
    assert "no_match" not in transcript(typed)
