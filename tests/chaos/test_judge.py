"""The judge finds every way in which a run can be broken, and nothing in a good one."""

from dataclasses import replace

import pytest

from tests.chaos.archive import seconds_of
from tests.chaos.chronicle import read
from tests.chaos.judge import RULES, Evidence, Recording, judge
from tests.chaos.ledgers import ANN, BEN, Told, a_good_call, evidence, its_ticket
from tests.recordings.house import tone


def broken(found: Evidence) -> set[str]:
    """The verdicts that are not clean."""
    return {name for name, breaches in judge(found).items() if breaches}


def test_a_good_call_is_clean() -> None:
    assert broken(evidence(a_good_call(Told()), its_ticket())) == set()


def test_a_caller_who_hung_up_is_nobodys_fault() -> None:
    told = Told().rings(0, "CA1", "+12025551000").hears(0, "CA1", "Press a key.")
    told.ends(5, "CA1", why="the far end hung up")

    ticket = its_ticket(ended_as="completed_in_flow", waited_seconds=None, recordings=())
    assert broken(evidence(told, ticket)) == set()


def test_a_leg_that_never_ends_is_stranded() -> None:
    told = Told().rings(0, "CA1", "+12025551000").hears(0, "CA1", "hold-0", sound="play")

    assert broken(evidence(told)) == {"stranded"}


@pytest.mark.parametrize("why", ["the document ended", "ended through REST", "the waiting room hung up"])
def test_an_end_without_goodbye_is_a_drop(why: str) -> None:
    told = Told().rings(0, "CA1", "+12025551000").hears(0, "CA1", "You are next.").ends(5, "CA1", why=why)

    ticket = its_ticket(ended_as="abandoned", recordings=())
    assert broken(evidence(told, ticket)) == {"dropped"}


def test_a_talk_that_ends_without_anybodys_wish_is_a_drop() -> None:
    assert broken(evidence(a_good_call(Told()), its_ticket(), wished={})) == {"dropped"}


def test_a_wish_that_came_after_the_end_is_no_excuse() -> None:
    late = {"12025551000": 130.0}

    assert broken(evidence(a_good_call(Told()), its_ticket(), wished=late)) == {"dropped"}


def test_the_carriers_own_error_is_heard_by_the_judge_too() -> None:
    told = Told().rings(0, "CA1", "+12025551000")
    told.hears(1, "CA1", "We are sorry, an application error has occurred. Goodbye.").ends(5, "CA1")

    ticket = its_ticket(ended_as="failed", recordings=())
    assert broken(evidence(told, ticket)) == {"application_errors"}


def test_a_document_that_the_carrier_does_not_take_is_found() -> None:
    told = a_good_call(Told()).fact(
        110, "debugger.error", call="CA1", code=12100, message="not well-formed", url=""
    )

    assert broken(evidence(told, its_ticket())) == {"application_errors"}


def test_a_request_that_was_not_answered_is_what_the_run_is_about() -> None:
    told = a_good_call(Told()).fact(
        110, "debugger.error", call="CA1", code=11205, message="no answer", url=""
    )

    assert broken(evidence(told, its_ticket())) == set()


def test_an_agent_with_two_callers_is_found() -> None:
    told = a_good_call(a_good_call(Told()), leg="CA2", number="+12025551001", agent=ANN)

    second = its_ticket(2, "+1 202-555-1001")
    assert broken(evidence(told, its_ticket(), second)) == {"double_bridged"}
    apart = a_good_call(a_good_call(Told()), leg="CA2", number="+12025551001", agent=BEN)
    assert broken(evidence(apart, its_ticket(), second)) == set()


def test_a_caller_with_two_agents_is_found() -> None:
    told = a_good_call(Told()).rings(113, "CA9", BEN).meets("CA9", "CA1-1", 115, 116).ends(117, "CA9")

    assert broken(evidence(told, its_ticket())) == {"double_bridged"}


def test_one_agent_on_a_new_leg_is_no_second_agent() -> None:
    told = a_good_call(Told()).rings(113, "CA9", ANN).meets("CA9", "CA1-1", 115, 116).ends(117, "CA9")

    assert broken(evidence(told, its_ticket())) == set()


@pytest.mark.parametrize(
    "kept",
    [
        (),
        (Recording("re_1", "completed", 10.0),),
        (Recording("re_1", "failed", 10.0),),
        (Recording("re_1", "stored", 10.0, None),),
        (Recording("re_1", "stored", 10.0, 7.0),),
        (Recording("re_1", "stored", 10.0, 10.0), Recording("re_2", "stored", 10.0, 10.0)),
    ],
    ids=["none", "not fetched", "given up", "does not play", "cut short", "twice"],
)
def test_a_recording_that_is_not_there_whole_and_once_is_lost(kept: tuple[Recording, ...]) -> None:
    assert broken(evidence(a_good_call(Told()), its_ticket(recordings=kept))) == {"recordings_lost"}


def test_a_second_ticket_is_found() -> None:
    twice = replace(its_ticket(), number=2, recordings=())

    assert broken(evidence(a_good_call(Told()), its_ticket(), twice)) == {"duplicate_tickets"}


def test_a_call_without_a_ticket_and_a_ticket_without_a_call_are_found() -> None:
    told = Told().rings(0, "CA1", "+12025551000").ends(5, "CA1", why="the far end hung up")

    assert broken(evidence(told)) == {"missing_tickets"}
    strange = its_ticket(2, caller="+1 202-555-7777")
    assert broken(evidence(a_good_call(Told()), its_ticket(), strange)) == {"missing_tickets"}


def test_a_wait_that_began_anew_is_a_lost_place() -> None:
    assert broken(evidence(a_good_call(Told()), its_ticket(waited_seconds=2.0))) == {"places_lost"}


@pytest.mark.parametrize("ended_as", ["abandoned", "missed", "completed_in_flow"])
def test_a_ticket_that_hides_a_talk_is_found(ended_as: str) -> None:
    assert broken(evidence(a_good_call(Told()), its_ticket(ended_as=ended_as))) == {"told_wrong"}


def test_a_ticket_that_makes_up_a_talk_is_found() -> None:
    told = Told().rings(0, "CA1", "+12025551000").waits("CA1", 1, 5)
    told.ends(5, "CA1", why="the far end hung up")

    assert broken(evidence(told, its_ticket(recordings=()))) == {"told_wrong"}


def test_a_caller_who_hears_nothing_is_found() -> None:
    told = Told().rings(0, "CA1", "+12025551000").hears(1, "CA1", "hold-0", sound="play")
    told.hears(45, "CA1", "hold-1", sound="play").ends(50, "CA1", why="the far end hung up")

    ticket = its_ticket(ended_as="abandoned", recordings=())
    assert broken(evidence(told, ticket)) == {"left_in_silence"}


def test_who_talks_is_not_in_silence() -> None:
    told = Told().rings(0, "CA1", "+12025551000").hears(1, "CA1", "You are next.").rings(4, "CA2", ANN)
    told.meets("CA2", "R1", 5, 100).meets("CA1", "R1", 5, 100).ends(100, "CA1", why="the far end hung up")
    told.ends(101, "CA2")

    assert broken(evidence(told, its_ticket(recordings=()))) == set()


def test_lists_that_are_asked_for_each_second_are_a_storm() -> None:
    storm, calm = a_good_call(Told()), a_good_call(Told())
    for second in range(30):
        for _ in range(3):
            storm.fact(
                100 + second, "rest", method="GET", path="/2010-04-01/Accounts/AC1/Calls.json", status=200
            )
        calm.fact(
            100 + 5 * second, "rest", method="GET", path="/2010-04-01/Accounts/AC1/Calls.json", status=200
        )

    assert broken(evidence(storm, its_ticket())) == {"request_storms"}
    assert broken(evidence(calm, its_ticket())) == set()


def test_every_verdict_is_proved_here() -> None:
    assert set(RULES) == {
        "stranded", "dropped", "application_errors", "double_bridged", "recordings_lost", "duplicate_tickets",
        "missing_tickets", "places_lost", "told_wrong", "left_in_silence", "request_storms",
    }  # fmt: skip


def test_the_account_of_a_call_reads_from_its_beginning() -> None:
    chronicle = read(a_good_call(Told()).facts)

    lines = chronicle.account("CA1")
    assert "0.00  call.ringing" in lines[0]
    assert "25.00  call.completed" in lines[-2]
    assert not any("CA1a" in line for line in lines)


def test_only_whole_sound_counts_as_played() -> None:
    whole = tone(2.0)

    assert seconds_of(whole) == 2.0
    assert seconds_of(whole[:-1000]) is None
    assert seconds_of(b"<html>not found</html>") is None
