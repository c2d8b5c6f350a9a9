"""Steps that remember, tell the ticket, and go by what is known."""

import pytest

from callflows.actions import Say
from callflows.check import check
from callflows.engine import Turn
from callflows.events import KeysPressed, NothingPressed
from callflows.faults import FlowFaults
from callflows.world import Staffing, World
from tests.callflows.build import Call, flow


def note(turn: Turn, kind: str) -> dict[str, object]:
    return next(dict(note.data) for note in turn.notes if note.kind == kind)


def spoken(call: Call) -> str:
    return " ".join(call.said)


def test_what_was_set_is_spoken_later() -> None:
    call = Call(
        flow("""
  hello: {set: {wish: "a return from {country}"}, next: ask}
  ask: {menu: "Press 1.", options: {1: told}}
  told: {say: "You want {wish}.", next: bye}""")
    )

    call.then(KeysPressed("1"))

    assert spoken(call) == "You want a return from US. Goodbye."


def test_a_value_is_never_read_as_a_template() -> None:
    call = Call(
        flow("""
  hello: {set: {one: "{caller_name}"}, next: told}
  told: {hangup: "Hello {one}."}"""),
        name="{merchant}",
    )

    assert spoken(call) == "Hello {merchant}."


def test_a_variable_without_a_value_is_silent() -> None:
    call = Call(
        flow("""
  hello: {branch: [{field: caller, is: nobody, next: set_it}], otherwise: told}
  set_it: {set: {wish: tea}, next: told}
  told: {hangup: "You want {wish}."}""")
    )

    assert spoken(call) == "You want ."


def test_a_call_that_would_remember_too_much_goes_to_the_fallback() -> None:
    values = ", ".join(f'v{count}: "{"x" * 80}"' for count in range(5))
    call = Call(flow(f"  hello: {{set: {{{values}}}, next: bye}}"))

    assert "flow_failed" in call.kinds()
    assert call.session.in_fallback


def test_tags_and_ticket_fields_are_told_with_their_labels() -> None:
    call = Call(
        flow(
            """
  hello: {tag: [vip, returns], next: more}
  more: {ticket: {reason: "a return", order: ""}, next: bye}""",
            'fallback: message\nticket_fields: {reason: "Reason", order: "Order number"}',
        )
    )

    assert note(call.turn, "tagged") == {"tags": ("vip", "returns")}
    assert note(call.turn, "ticket_filled") == {"fields": ("Reason: a return",)}


BRANCH = """
  hello:
    branch:
      - {{{case}, next: yes_it_is}}
    otherwise: bye
  yes_it_is: {{hangup: "Fits."}}"""


@pytest.mark.parametrize(
    ("case", "fits"),
    [
        ("field: country, is: us", True),
        ("field: country, is: GB", False),
        ("field: country, in: [GB, US]", True),
        ('field: caller, starts: "+1202"', True),
        ('field: caller, is: ""', False),
        ("field: merchant, is: ACME", True),
        ("field: language, is: en-US", True),
        ("field: total, over: 99.5", True),
        ("field: total, over: 100", False),
        ("field: total, under: 100.01", True),
        ("field: caller_name, under: 5", False),
    ],
)
def test_a_case_fits_or_not(case: str, fits: bool) -> None:
    steps = BRANCH.format(case=case).replace("hello:", "look:", 1)

    call = Call(flow(f"{steps}\n  hello: {{set: {{total: 100}}, next: look}}"))

    assert spoken(call) == ("Fits." if fits else "Goodbye.")


def test_a_withheld_number_is_an_empty_caller() -> None:
    call = Call(flow(BRANCH.format(case='field: caller, is: ""')), number=None)

    assert spoken(call) == "Fits."


def test_the_first_case_that_fits_wins() -> None:
    call = Call(
        flow("""
  hello:
    branch:
      - {field: country, is: DE, next: bye}
      - {field: country, is: US, next: second}
      - {field: country, starts: U, next: bye}
    otherwise: bye
  second: {hangup: "Second."}""")
    )

    assert spoken(call) == "Second."


@pytest.mark.parametrize(
    ("case", "complaint"),
    [
        ("field: country, next: bye", "it has none"),
        ("field: country, is: DE, in: [US], next: bye", "it has is and in"),
        ("field: country, over: many, next: bye", "no number"),
        ("field: country, is: DE", "has no 'next'"),
        ("is: DE, next: bye", "has no 'field'"),
    ],
)
def test_a_case_has_one_field_one_test_and_one_target(case: str, complaint: str) -> None:
    with pytest.raises(FlowFaults, match=complaint):
        flow(f"  hello: {{branch: [{{{case}}}], otherwise: bye}}")


def test_a_split_always_sends_one_call_the_same_way_and_keeps_the_shares() -> None:
    tried = flow("""
  hello: {split: {new_way: 20%, other_way: 30%}, rest: bye}
  new_way: {hangup: "New."}
  other_way: {hangup: "Other."}""")

    heard = [spoken(Call(tried, world=World(call=f"ca_{count}"))) for count in range(1000)]

    assert heard == [spoken(Call(tried, world=World(call=f"ca_{count}"))) for count in range(1000)]
    assert 150 < heard.count("New.") < 250
    assert 250 < heard.count("Other.") < 350
    assert 450 < heard.count("Goodbye.") < 550


def test_shares_leave_something_for_the_rest() -> None:
    with pytest.raises(FlowFaults, match="110% together"):
        flow("  hello: {split: {bye: 60%, message: 50%}, rest: bye}")


def test_a_loop_goes_round_so_often_and_then_counts_anew() -> None:
    call = Call(
        flow("""
  hello: {menu: "Press 1.", options: {1: twice}}
  twice: {loop: 2, again: here, done: hello}
  here: {say: "Round.", next: twice}""")
    )

    for _ in range(2):
        call.then(KeysPressed("1"))
        assert call.said == ["Round.", "Round.", "Press 1."]
        assert call.session.counts == ()


def test_a_circle_through_a_loop_is_no_endless_one_but_its_done_exit_can_be() -> None:
    bounded = flow("""
  hello: {loop: 2, again: here, done: bye}
  here: {say: "Round.", next: hello}""")
    endless = flow("""
  hello: {loop: 2, again: bye, done: here}
  here: {say: "Round.", next: hello}""")

    assert "cycle-without-input" not in [fault.rule for fault in check(bounded)]
    assert "cycle-without-input" in [fault.rule for fault in check(endless)]


TWO_LANGUAGES = """
  hello:
    menu: {en-US: "For English press 1.", de-DE: "Für Deutsch drücken Sie die 2."}
    options: {1: welcome, 2: german}
    no_input: welcome
  german: {language: de-DE, next: welcome}
  welcome: {say: {en-US: "Welcome.", de-DE: "Willkommen."}, next: only_one}
  only_one: {say: "Acme.", next: last}
  last: {hangup: {en: "Goodbye.", de: "Auf Wiederhören."}}"""


def test_after_a_language_step_everything_is_said_in_that_language_with_its_voice() -> None:
    spoken = flow(TWO_LANGUAGES, "fallback: message\nvoices: {de-DE: Polly.Vicki}")

    english = Call(spoken).then(KeysPressed("1"))
    german = Call(spoken).then(KeysPressed("2"))

    assert english.turn.actions[:2] == (Say("Welcome.", "en-US"), Say("Acme.", "en-US"))
    assert german.turn.actions[0] == Say("Willkommen.", "de-DE", "Polly.Vicki")
    assert german.said[-1] == "Auf Wiederhören."


def test_a_text_that_two_languages_hear_must_have_both() -> None:
    found = [fault for fault in check(flow(TWO_LANGUAGES)) if fault.rule == "missing-translation"]

    # The message of the fallback is heard from the menu, in English only; "Acme." in both.
    assert [fault.text.partition(";")[0] for fault in found] == [
        "this text is written once but heard in de-DE and en-US"
    ]


def test_a_flow_in_one_language_may_write_its_texts_plainly_or_not() -> None:
    steps = flow("""
  hello: {menu: {en-US: "Press 1."}, options: {1: bye}, tries: 2}
  never: {goto: hello}""")

    assert [fault.rule for fault in check(steps) if fault.rule == "missing-translation"] == []
    assert Call(steps).then(NothingPressed()).said == ["Press 1."]


STAFFED = """
  hello: {staffing: orders, available: a, all_busy: b, all_away: c, nobody: d, no_members: e}
  a: {hangup: "Free."}
  b: {hangup: "Busy."}
  c: {hangup: "Away."}
  d: {hangup: "Nobody."}
  e: {hangup: "Nobody takes it."}"""


@pytest.mark.parametrize(
    ("staffing", "heard"),
    [
        (Staffing.AVAILABLE, "Free."),
        (Staffing.ALL_BUSY, "Busy."),
        (Staffing.ALL_AWAY, "Away."),
        (Staffing.NOBODY, "Nobody."),
        (Staffing.NO_MEMBERS, "Nobody takes it."),
    ],
)
def test_nobody_all_away_and_all_busy_are_told_apart(staffing: Staffing, heard: str) -> None:
    call = Call(flow(STAFFED), world=World(staffing={"orders": staffing}))

    assert call.said == [heard]
    assert note(call.turn, "staffing_checked") == {"queue": "orders", "result": str(staffing)}


@pytest.mark.parametrize(
    ("staffing", "heard"),
    [(Staffing.ALL_BUSY, "Free."), (Staffing.ALL_AWAY, "Nobody."), (Staffing.NO_MEMBERS, "Nobody.")],
)
def test_all_busy_counts_as_available_and_all_away_as_nobody_when_left_out(
    staffing: Staffing, heard: str
) -> None:
    steps = STAFFED.replace("all_busy: b, all_away: c, ", "").replace(", no_members: e", "")

    assert Call(flow(steps), world=World(staffing={"orders": staffing})).said == [heard]
