"""What a caller hears, turn by turn."""

import pytest

from callflows.actions import AskKeys, Forward, HangUp, JoinQueue, Play, Say, TakeVoicemail
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
    VoicemailEnd,
    VoicemailTaken,
)
from callflows.flow import Flow
from callflows.read import read_flow
from callflows.words import APOLOGY
from tests.callflows.build import HEAD, MORE, NOON, Call, flow

CONSENT = Say("This call is recorded.", "en-US")
MESSAGE = (Say("Please leave a message.", "en-US"), TakeVoicemail(180, 5))
GOODBYE = (Say("Goodbye.", "en-US"), HangUp())
SORRY = (Say(APOLOGY["en"], "en-US"), HangUp())
SUNDAY = NOON + 4 * 86_400
CHRISTMAS = NOON + 30 * 86_400


def menu_flow(more: str = "") -> Flow:
    return flow(
        f"""
  hello: {{say: "Hello.", next: choice}}
  choice: {{menu: "Press 1 or 2.", options: {{1: line, 2: bye, star: choice}}{more}}}
  line: {{queue: orders, timeout: message, full: bye, exit_keys: {{hash: bye}}}}
"""
    )


def test_a_turn_runs_until_the_first_wait() -> None:
    call = Call(menu_flow())

    assert call.turn.actions == (
        Say("Hello.", "en-US"),
        AskKeys((Say("Press 1 or 2.", "en-US"),), max_keys=1, wait_seconds=6, finish_key=""),
    )
    assert call.kinds() == ["message_played", "menu_presented"]
    assert call.turn.session is not None
    assert (call.turn.session.step, call.turn.session.turn) == ("choice", 0)


def test_a_key_leads_where_the_menu_says() -> None:
    call = Call(menu_flow()).then(KeysPressed("2"))

    assert call.turn.actions == GOODBYE
    assert call.is_over
    assert call.kinds() == ["option_selected", "message_played", "ending_triggered"]


def test_the_recording_is_announced_once_before_the_first_queue() -> None:
    call = Call(menu_flow()).then(KeysPressed("1"))

    assert call.turn.actions == (CONSENT, JoinQueue("orders", 600, exit_keys=("#",)))
    assert call.kinds() == ["option_selected", "consent_announced", "enqueued"]

    call.then(QueueLeft(QueueOutcome.TIMEOUT))

    assert list(call.turn.actions) == list(MESSAGE)
    assert call.kinds() == ["voicemail_offered"]


def test_nothing_is_announced_when_nothing_is_recorded() -> None:
    quiet = HEAD.replace("recording: {", "recording: {record: no, ")

    call = Call(read_flow(f"{quiet}start: hello\nsteps:\n  hello: {{queue: orders}}{MORE}", "test.yaml"))

    assert call.turn.actions == (JoinQueue("orders", 600, record=False),)


def test_after_the_talk_the_call_ends_unless_the_queue_leads_on() -> None:
    ends = Call(flow("  hello: {queue: orders}")).then(QueueLeft(QueueOutcome.ANSWERED))
    leads_on = Call(flow("  hello: {queue: orders, answered: bye}")).then(QueueLeft(QueueOutcome.ANSWERED))

    assert ends.turn.actions == (HangUp(),)
    assert ends.kinds() == ["ending_triggered"]
    assert leads_on.turn.actions == GOODBYE


@pytest.mark.parametrize(
    ("outcome", "heard"),
    [(QueueOutcome.TIMEOUT, MESSAGE), (QueueOutcome.FULL, GOODBYE), (QueueOutcome.NO_AGENTS, MESSAGE)],
)
def test_who_was_not_served_goes_where_the_queue_or_the_fallback_says(
    outcome: QueueOutcome, heard: object
) -> None:
    call = Call(menu_flow()).then(KeysPressed("1")).then(QueueLeft(outcome))

    assert call.turn.actions == heard
    assert "flow_failed" not in call.kinds()


def test_an_exit_key_leaves_the_queue() -> None:
    call = Call(menu_flow()).then(KeysPressed("1")).then(QueueLeft(QueueOutcome.EXIT_KEY, "#"))

    assert call.turn.actions == GOODBYE
    assert call.kinds()[0] == "option_selected"


def test_a_step_may_differ_from_its_queue() -> None:
    call = Call(flow("  hello: {queue: orders, max_wait: 1m, priority: 3m, no_agents: bye}"))

    joined = call.turn.actions[-1]

    assert joined == JoinQueue("orders", 60, priority_minutes=3, leave_when_no_agents=True)


def test_silence_and_wrong_keys_repeat_the_menu_with_the_words_for_it() -> None:
    call = Call(menu_flow(', again: "Sorry?", tries: 3, no_input: line'))

    call.then(NothingPressed())
    assert call.turn.actions == (AskKeys((Say("Sorry?", "en-US"), Say("Press 1 or 2.", "en-US"))),)
    assert call.kinds() == ["no_input", "menu_presented"]

    call.then(KeysPressed("9"))
    assert call.kinds() == ["no_match", "menu_presented"]

    call.then(NothingPressed())
    assert isinstance(call.turn.actions[-1], JoinQueue)
    assert call.kinds() == ["no_input", "consent_announced", "enqueued"]


def test_a_menu_that_is_chosen_again_starts_counting_anew() -> None:
    call = Call(menu_flow(", tries: 2")).then(NothingPressed()).then(KeysPressed("*")).then(NothingPressed())

    assert isinstance(call.turn.actions[-1], AskKeys)


@pytest.mark.parametrize(("now", "said"), [(NOON, "Open."), (SUNDAY, "Closed."), (CHRISTMAS, "Holiday.")])
def test_the_hours_decide_by_the_moment_that_is_given(now: float, said: str) -> None:
    call = Call(
        flow(
            """
  hello: {hours: shop, open: open, closed: closed, holiday: holiday}
  open: {hangup: Open.}
  closed: {hangup: Closed.}
  holiday: {hangup: Holiday.}
"""
        ),
        now=now,
    )

    assert call.turn.actions == (Say(said, "en-US"), HangUp())
    assert call.turn.notes[0].data == {"calendar": "shop", "result": said.lower().rstrip(".")}


def test_a_holiday_without_an_answer_is_like_closed() -> None:
    call = Call(flow("  hello: {hours: shop, open: message, closed: bye}"), now=CHRISTMAS)

    assert call.turn.actions == GOODBYE


def test_a_sound_is_played_by_its_file() -> None:
    call = Call(flow("  hello: {play: jingle, next: bye}"))

    assert call.turn.actions == (Play("sounds/jingle.wav"), *GOODBYE)


def test_a_voicemail_thanks_and_ends() -> None:
    call = Call(flow("  hello: {goto: message}")).then(VoicemailTaken(12.0, VoicemailEnd.KEY))

    assert call.turn.actions == GOODBYE


def test_an_empty_voicemail_has_its_own_way_out() -> None:
    made = flow("  hello: {voicemail: Speak., next: bye, too_short: hello}")

    call = Call(made).then(VoicemailTaken(0.0))

    assert call.turn.actions[-1] == TakeVoicemail()


@pytest.mark.parametrize(
    ("outcome", "heard"),
    [
        (ForwardOutcome.ANSWERED, (HangUp(),)),
        (ForwardOutcome.BUSY, GOODBYE),
        (ForwardOutcome.NO_ANSWER, MESSAGE),
        (ForwardOutcome.FAILED, MESSAGE),
    ],
)
def test_a_forwarded_call_goes_on_by_how_it_went(outcome: ForwardOutcome, heard: object) -> None:
    call = Call(flow('  hello: {forward: "+12025550199", ring: 30s, busy: bye}'))
    assert call.turn.actions == (CONSENT, Forward("+12025550199", 30, record=True))

    call.then(ForwardEnded(outcome))

    assert call.turn.actions == heard


@pytest.mark.parametrize(
    "event",
    [
        CallerHungUp(),
        QueueLeft(QueueOutcome.CALLER_HUNG_UP),
        VoicemailTaken(3, VoicemailEnd.CALLER_HUNG_UP),
    ],
)
def test_nothing_is_said_to_who_is_gone(event: Event) -> None:
    call = Call(menu_flow()).then(event)

    assert (call.turn.session, call.turn.actions, call.turn.notes) == (None, (), ())


def test_an_event_that_the_step_does_not_wait_for_leads_to_the_fallback() -> None:
    call = Call(menu_flow()).then(ForwardEnded(ForwardOutcome.BUSY))

    assert call.turn.actions == (CONSENT, *MESSAGE)
    assert call.turn.notes[0].data == {"reason": "the menu step does not wait for ForwardEnded"}


def test_a_flow_without_fallback_ends_in_an_apology() -> None:
    call = Call(flow("  hello: {menu: Press., options: {1: bye}}", head="")).then(
        ForwardEnded(ForwardOutcome.BUSY)
    )

    assert call.turn.actions == SORRY
    assert call.kinds() == ["flow_failed", "message_played", "ending_triggered"]


def test_a_fallback_that_fails_ends_in_an_apology() -> None:
    made = flow("  hello: {goto: nowhere}\n  broken: {queue: nobody}", head="fallback: broken")

    call = Call(made)

    assert call.turn.actions == SORRY
    assert call.is_over


def test_the_apology_speaks_the_flows_language() -> None:
    made = flow("  hello: {goto: nowhere}", head="language: de-DE")

    assert Call(made).turn.actions == (Say(APOLOGY["de"], "de-DE"), HangUp())


def test_a_mistake_of_ours_never_reaches_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("callflows.steps.hours.opening", broken)

    call = Call(flow("  hello: {hours: shop, open: bye, closed: bye}"))

    assert call.turn.actions == (CONSENT, *MESSAGE)
    assert call.turn.notes[0].data == {"reason": "ZeroDivisionError in the hours step"}


def test_a_silent_circle_is_cut_after_50_steps_and_not_heard() -> None:
    call = Call(flow('  hello: {say: "Round.", next: again}\n  again: {goto: hello}'))

    assert call.turn.actions == (CONSENT, *MESSAGE)
    assert call.kinds() == ["flow_failed", "consent_announced", "voicemail_offered"]
    assert call.turn.session is not None
    assert call.turn.session.steps == STEPS_PER_TURN + 2


def test_a_call_is_cut_after_500_steps() -> None:
    call = Call(menu_flow())
    for _ in range(STEPS_PER_CALL):
        call.then(KeysPressed("*"))
        if "flow_failed" in call.kinds():
            break

    assert call.turn.actions == (CONSENT, *MESSAGE)
    assert call.turn.session is not None
    assert call.turn.session.steps <= STEPS_PER_CALL + 3


def test_fields_are_filled_in_and_never_read_again() -> None:
    made = flow('  hello: {say: "{merchant} {number} {caller} {{x}} {nothing}", next: bye}')

    (said, *_), (withheld, *_) = Call(made, "+12025550123").turn.actions, Call(made, None).turn.actions

    assert said == Say("Acme 1 2 0 2 5 5 5 0 1 7 0 1 2 0 2 5 5 5 0 1 2 3 {{x}} {nothing}", "en-US")
    assert withheld == Say("Acme 1 2 0 2 5 5 5 0 1 7 0 a withheld number {{x}} {nothing}", "en-US")


def test_a_step_may_speak_another_language() -> None:
    made = flow("  hello: {say: Bonjour., language: fr-FR, next: bye}", head="voice: Polly.Joanna")

    assert Call(made).turn.actions[:2] == (Say("Bonjour.", "fr-FR"), Say("Goodbye.", "en-US", "Polly.Joanna"))


def test_a_caller_with_an_endless_address_does_not_swell_the_session() -> None:
    call = Call(menu_flow(), number="sip:" + "x" * 5000)

    assert call.turn.session is not None
    assert len(call.turn.session.dump()) < 250


def test_the_same_turn_comes_out_twice_the_same() -> None:
    made = menu_flow()

    assert Call(made).then(KeysPressed("1")).turn == Call(made).then(KeysPressed("1")).turn
