"""Whatever a caller does, the call goes on sensibly and ends."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callflows.actions import (
    Action,
    AskKeys,
    Forward,
    HangUp,
    JoinQueue,
    Play,
    Request,
    RingAgents,
    Say,
    SendText,
    TakeVoicemail,
)
from callflows.bundle import pack
from callflows.check import check, errors
from callflows.engine import STEPS_PER_CALL, STEPS_PER_TURN
from callflows.events import (
    CallerHungUp,
    Event,
    ForwardEnded,
    ForwardOutcome,
    KeysPressed,
    NothingPressed,
    QueueLeft,
    QueueOutcome,
    Replied,
    ReplyOutcome,
    RingEnded,
    RingOutcome,
    VoicemailEnd,
    VoicemailTaken,
)
from callflows.flow import Flow
from callflows.read import read_flow
from callflows.session import Session
from callflows.world import Staffing, World
from tests.callflows.build import HEAD, MORE, NOON, Call, examples
from tests.wire.grammar import faults
from voice import speak
from voice.links import Links
from voice.seal import Sealer, bound_to

MERCHANTS = Path(__file__).parents[2] / "callflows" / "merchants"
EXAMPLES = MERCHANTS.parent / "examples"
SHIPPED = [read_flow(path.read_text("utf-8"), path.name) for path in sorted(MERCHANTS.glob("*.yaml"))]
WORKED = [read_flow(path.read_text("utf-8"), path.name) for path in sorted(EXAMPLES.glob("*.yaml"))]
MOST_TURNS = STEPS_PER_CALL + STEPS_PER_TURN + 2
WAITS = (AskKeys, JoinQueue, RingAgents, TakeVoicemail, Forward, Request)
LINKS = Links("https://voice.a-long-name-of-a-host.example.com")
SEALER = Sealer([b"k" * 64])

KEYS = st.text("0123456789*#", min_size=1, max_size=3).map(KeysPressed)
HAPPENINGS: dict[type[Action], st.SearchStrategy[Event]] = {
    AskKeys: KEYS | st.just(NothingPressed()),
    JoinQueue: st.builds(QueueLeft, st.sampled_from(QueueOutcome), st.sampled_from("0123456789*#")),
    TakeVoicemail: st.builds(VoicemailTaken, st.floats(0, 600), st.sampled_from(VoicemailEnd)),
    Forward: st.builds(ForwardEnded, st.sampled_from(ForwardOutcome)),
    RingAgents: st.builds(RingEnded, st.sampled_from(RingOutcome)),
    Request: st.builds(
        Replied,
        st.sampled_from(ReplyOutcome),
        st.text(max_size=90).map(lambda text: (("status", text),)),
    ),
}
ANYTHING = st.one_of(*HAPPENINGS.values(), st.just(CallerHungUp()))

NAMES = ["one", "two", "three", "four"]
STEPS = st.sampled_from(NAMES)
TARGETS = st.sampled_from([*NAMES, "message", "bye"])
KINDS = st.one_of(
    st.builds('{{say: "Words.", next: {}}}'.format, TARGETS),
    st.builds("{{play: jingle, next: {}}}".format, TARGETS),
    st.builds("{{goto: {}}}".format, TARGETS),
    st.builds('{{menu: "Press.", options: {{1: {}, star: {}}}, tries: 2}}'.format, TARGETS, TARGETS),
    st.builds(
        '{{menu: "Press.", options: {{0: {}}}, no_input: {}, no_match: {}}}'.format, TARGETS, TARGETS, TARGETS
    ),
    st.builds("{{hours: shop, open: {}, closed: {}}}".format, TARGETS, TARGETS),
    st.builds("{{queue: orders, timeout: {}, exit_keys: {{hash: {}}}}}".format, TARGETS, TARGETS),
    st.builds('{{voicemail: "Speak.", next: {}}}'.format, TARGETS),
    st.builds('{{forward: "+12025550199", answered: {}, busy: {}}}'.format, TARGETS, TARGETS),
    st.builds("{{ring: owner, no_answer: {}, away: {}}}".format, TARGETS, TARGETS),
    st.just('{hangup: "Bye."}'),
    st.builds("{{set: {{wish: '{{order}} from {{caller}}'}}, next: {}}}".format, TARGETS),
    st.builds("{{tag: [vip], next: {}}}".format, TARGETS),
    st.builds("{{ticket: {{reason: '{{wish}}'}}, next: {}}}".format, TARGETS),
    st.builds("{{branch: [{{field: order, over: 50, next: {}}}], otherwise: {}}}".format, TARGETS, TARGETS),
    st.builds("{{split: {{{}: 30%}}, rest: {}}}".format, TARGETS, TARGETS),
    st.builds("{{loop: 3, again: {}, done: {}}}".format, TARGETS, TARGETS),
    st.builds("{{language: de-DE, next: {}}}".format, TARGETS),
    st.builds("{{staffing: orders, available: {}, nobody: {}}}".format, TARGETS, TARGETS),
    st.builds(
        '{{gather: "Number?", digits: 1-3, save: order, confirm: "{{order}}?", next: {}, no_match: {}}}'.format,
        TARGETS,
        TARGETS,
    ),
    st.builds(
        '{{http: shop, say: "One moment.", save: {{status: s}}, ok: {}, error: {}}}'.format, TARGETS, TARGETS
    ),
    st.builds('{{recording: ask, say: "May we?", next: {}}}'.format, TARGETS),
    st.builds('{{survey: "1 to 5?", next: {}, no_answer: {}}}'.format, TARGETS, TARGETS),
    st.builds('{{send_sms: "Hello {{wish}}", next: {}}}'.format, TARGETS),
    st.builds("{{flow: ask, outcomes: {{known: {}}}}}".format, TARGETS),
)
MORE_PARTS = """endpoints: {shop: {url: "https://shop.example/{order}"}}
ticket_fields: {reason: Reason}
include: shared/ask.yaml
"""
MODULE = """flow_module: 1
module: ask
outcomes: [known, unknown]
start: a
steps:
  a: {gather: "Again?", digits: 2, save: order, next: b, no_input: c, no_match: c}
  b: {outcome: known}
  c: {outcome: unknown}
"""
FLOWS = st.builds(
    lambda steps, fallback: read_flow(
        pack(
            f"{HEAD}{MORE_PARTS}fallback: {fallback}\nstart: one\nsteps:\n"
            + "".join(f"  {name}: {step}\n" for name, step in zip(NAMES, steps, strict=True))
            + MORE,
            {"shared/ask.yaml": MODULE},
        ),
        "generated.yaml",
    ),
    st.tuples(KINDS, KINDS, KINDS, KINDS),
    TARGETS,
)


def holds(call: Call) -> None:
    """What is true of every turn."""
    actions, session = call.turn.actions, call.turn.session
    assert len(actions) <= 2 * STEPS_PER_TURN + 4
    if session is None:
        assert not actions or isinstance(actions[-1], HangUp)
        assert not any(isinstance(action, WAITS) for action in actions)
    else:
        assert isinstance(actions[-1], WAITS)
        assert all(isinstance(action, Say | Play | SendText) for action in actions[:-1])
        assert session == Session.load(session.dump())
        sealed = SEALER.seal(b"m" * 41 + session.dump(), bound_to("CA" + "0" * 32, "turn"))
        assert len(LINKS.turn(sealed)) <= 1024
        opened = SEALER.open(sealed, bound_to("CA" + "0" * 32, "turn"))
        assert Session.load(opened[41:]) == session
        assert session.steps <= MOST_TURNS + 10


def fits_the_grammar(call: Call) -> None:
    """What the telephone gets is what the carrier's own classes would write."""
    session = call.turn.session
    address = LINKS.turn("sealed") if session else ""
    verbs = speak.actions(
        call.turn.actions,
        LINKS,
        address,
        sound_url=LINKS.audio,
        join=lambda join: speak.enqueue("wait-room", LINKS.wait("wt_1"), LINKS.leg("ca_1")),
    )
    assert faults(speak.document(*verbs)) == []


def words_before_every_hangup(call: Call) -> None:
    """Only a talk with a person may be followed by the end without a word from us."""
    heard = [action for action in call.turn.actions if not isinstance(action, HangUp)]
    before = call.turns[-2].actions[-1] if len(call.turns) > 1 else None
    assert heard or not call.turn.actions or isinstance(before, JoinQueue | RingAgents | Forward)


@settings(max_examples=examples(150), deadline=None)
@given(st.data(), FLOWS | st.sampled_from([*SHIPPED, *WORKED]), st.integers(0, 30 * 24))
def test_every_turn_is_finite_and_ends_in_a_wait_or_in_words(
    data: st.DataObject, flow: Flow, hours: int
) -> None:
    world = World(f"ca_{hours}", {"orders": data.draw(st.sampled_from(Staffing))})
    call = Call(flow, now=NOON + hours * 3600, world=world)

    for _ in range(25):
        holds(call)
        fits_the_grammar(call)
        if call.is_over:
            break
        call.then(data.draw(HAPPENINGS[type(call.turn.actions[-1])]))

    words_before_every_hangup(call)


@settings(max_examples=examples(100), deadline=None)
@given(st.data(), FLOWS | st.sampled_from([*SHIPPED, *WORKED]))
def test_events_that_do_not_belong_break_nothing(data: st.DataObject, flow: Flow) -> None:
    call = Call(flow)

    for _ in range(10):
        holds(call)
        if call.is_over:
            break
        call.then(data.draw(ANYTHING))


@settings(max_examples=examples(60), deadline=None)
@given(st.randoms(use_true_random=False), FLOWS | st.sampled_from([*SHIPPED, *WORKED]))
def test_any_sequence_of_keys_and_silences_ends(random: Random, flow: Flow) -> None:
    """A caller who presses for ever is led out at last."""
    call = Call(flow)
    answers: Mapping[type[Action], Sequence[Event]] = {
        AskKeys: [KeysPressed(key) for key in "0123456789*#"] + [NothingPressed()],
        JoinQueue: [
            QueueLeft(QueueOutcome.TIMEOUT),
            QueueLeft(QueueOutcome.FULL),
            QueueLeft(QueueOutcome.ANSWERED),
        ],
        TakeVoicemail: [VoicemailTaken(0), VoicemailTaken(9)],
        Forward: [ForwardEnded(outcome) for outcome in ForwardOutcome],
        RingAgents: [
            RingEnded(outcome) for outcome in RingOutcome if outcome is not RingOutcome.CALLER_HUNG_UP
        ],
        Request: [Replied(ReplyOutcome.OK, (("status", "on its way"),)), Replied(ReplyOutcome.TIMEOUT)],
    }

    for _ in range(MOST_TURNS):
        if call.is_over:
            break
        call.then(random.choice(answers[type(call.turn.actions[-1])]))

    assert call.is_over


@settings(max_examples=examples(150), deadline=None)
@given(st.data(), FLOWS)
def test_what_check_passes_never_fails_in_a_call(data: st.DataObject, flow: Flow) -> None:
    call = Call(flow)
    if errors(check(flow)):
        return

    for _ in range(15):
        if call.is_over:
            break
        happening = data.draw(HAPPENINGS[type(call.turn.actions[-1])])
        if isinstance(happening, QueueLeft) and happening.outcome is QueueOutcome.EXIT_KEY:
            happening = QueueLeft(QueueOutcome.EXIT_KEY, "#")
        call.then(happening)
        assert "flow_failed" not in call.kinds()


@pytest.mark.parametrize("flow", SHIPPED, ids=lambda flow: flow.merchant)
def test_a_shipped_merchant_has_nothing_to_find(flow: Flow) -> None:
    assert check(flow) == []


@pytest.mark.parametrize("flow", SHIPPED, ids=lambda flow: flow.merchant)
@pytest.mark.parametrize("hours", range(0, 7 * 24, 5))
def test_a_shipped_merchant_announces_the_recording_before_anything_is_recorded(
    flow: Flow, hours: int
) -> None:
    call = Call(flow, now=NOON + hours * 3600)
    if isinstance(call.turn.actions[-1], AskKeys):
        call.then(KeysPressed("1"))

    assert isinstance(flow.recording.announce, str)
    assert Say(flow.recording.announce, flow.language) in call.turn.actions
    assert call.turn.session is not None
    assert call.turn.session.consented


def test_northwind_reaches_an_agent_at_any_hour() -> None:
    northwind = next(flow for flow in SHIPPED if flow.merchant == "northwind")

    for hours in range(24 * 7):
        call = Call(northwind, now=NOON + hours * 3600).then(KeysPressed("1"))
        assert isinstance(call.turn.actions[-1], JoinQueue)


def test_marlow_takes_messages_at_night_and_calls_during_the_day() -> None:
    marlow = next(flow for flow in SHIPPED if flow.merchant == "marlow")

    day = Call(marlow, now=NOON).then(NothingPressed())
    night = Call(marlow, now=NOON + 12 * 3600)

    assert isinstance(day.turn.actions[-1], JoinQueue)
    assert isinstance(night.turn.actions[-1], TakeVoicemail)
