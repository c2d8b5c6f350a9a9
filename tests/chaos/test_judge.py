"""The judge finds every way in which a run can be broken, and nothing in a good one."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos.archive import seconds_of
from tests.chaos.chronicle import read
from tests.chaos.evidence import Evidence, Recording
from tests.chaos.judge import INVARIANTS, RULES, by_invariant, judge
from tests.chaos.ledgers import ANN, BEN, Told, a_good_call, a_ticket, evidence, its_ticket, kept, notes
from tests.chaos.notes import Broken, Look, Published
from tests.chaos.verdicts import PAGE, page
from tests.recordings.house import tone


def broken(found: Evidence) -> set[str]:
    """The verdicts that are not clean."""
    return {name for name, breaches in judge(found).items() if breaches}


def test_a_good_call_is_clean() -> None:
    assert broken(evidence(a_good_call(Told()), its_ticket())) == set()


def test_a_caller_who_hung_up_is_nobodys_fault() -> None:
    told = Told().rings(0, "CA1", "+12025551000").hears(0, "CA1", "Press a key.")
    told.ends(5, "CA1", why="the far end hung up")

    ticket = a_ticket(ended_as="completed_in_flow")
    assert broken(evidence(told, ticket)) == set()


def test_a_leg_that_never_ends_is_stranded() -> None:
    told = Told().rings(0, "CA1", "+12025551000").hears(0, "CA1", "hold-0", sound="play")

    assert broken(evidence(told)) == {"stranded"}


@pytest.mark.parametrize("why", ["the document ended", "ended through REST", "the waiting room hung up"])
def test_an_end_without_goodbye_is_a_drop(why: str) -> None:
    told = Told().rings(0, "CA1", "+12025551000").hears(0, "CA1", "You are next.").ends(5, "CA1", why=why)

    ticket = a_ticket(ended_as="abandoned")
    assert broken(evidence(told, ticket)) == {"dropped"}


def test_a_talk_that_ends_without_anybodys_wish_is_a_drop() -> None:
    assert broken(evidence(a_good_call(Told()), its_ticket(), wished={})) == {"dropped"}


def test_a_wish_that_came_after_the_end_is_no_excuse() -> None:
    late = {"12025551000": 130.0}

    assert broken(evidence(a_good_call(Told()), its_ticket(), wished=late)) == {"dropped"}


def test_the_carriers_own_error_is_heard_by_the_judge_too() -> None:
    told = Told().rings(0, "CA1", "+12025551000")
    told.hears(1, "CA1", "We are sorry, an application error has occurred. Goodbye.").ends(5, "CA1")

    ticket = a_ticket(ended_as="failed")
    assert broken(evidence(told, ticket)) == {"carriers_own_error"}


def test_a_document_that_the_carrier_does_not_take_is_found() -> None:
    told = a_good_call(Told()).fact(
        110, "debugger.error", call="CA1", code=12100, message="not well-formed", url=""
    )

    assert broken(evidence(told, its_ticket())) == {"bad_documents"}


def test_a_request_that_was_not_answered_is_what_the_run_is_about() -> None:
    told = a_good_call(Told()).fact(
        110, "debugger.error", call="CA1", code=11205, message="no answer", url=""
    )

    assert broken(evidence(told, its_ticket())) == set()


def test_an_agent_with_two_callers_is_found() -> None:
    told = a_good_call(a_good_call(Told()), leg="CA2", number="+12025551001", agent=ANN)

    second = its_ticket(2, "+1 202-555-1001")
    assert broken(evidence(told, its_ticket(), second)) == {"agent_in_two_talks"}
    apart = a_good_call(a_good_call(Told()), leg="CA2", number="+12025551001", agent=BEN)
    assert broken(evidence(apart, its_ticket(), replace(second, agent="Ben"))) == set()


def test_a_caller_with_two_agents_is_found() -> None:
    told = a_good_call(Told()).rings(113, "CA9", BEN).meets("CA9", "CA1-1", 115, 116).ends(117, "CA9")

    assert broken(evidence(told, its_ticket(agent="Ben"))) == {"caller_in_two_talks"}


def test_one_agent_on_a_new_leg_is_no_second_agent() -> None:
    told = a_good_call(Told()).rings(113, "CA9", ANN).meets("CA9", "CA1-1", 115, 116).ends(117, "CA9")

    assert broken(evidence(told, its_ticket())) == set()


@pytest.mark.parametrize(
    "had",
    [
        (),
        (kept(state="completed", sha256=""),),
        (kept(state="failed", sha256=""),),
        (kept(played_seconds=None),),
        (kept(played_seconds=7.0),),
        (kept(sha256="other bytes"),),
        (kept(sha256=""),),
        (kept(), kept(id="re_2")),
    ],
    ids=["none", "not fetched", "given up", "does not play", "cut short", "changed", "gone", "twice"],
)
def test_a_recording_that_is_not_there_whole_and_once_is_lost(had: tuple[Recording, ...]) -> None:
    assert broken(evidence(a_good_call(Told()), its_ticket(recordings=had))) == {"recordings_lost"}


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

    assert broken(evidence(told, a_ticket(ended_as="answered"))) == {"told_wrong"}


def test_a_caller_who_hears_nothing_is_found() -> None:
    told = Told().rings(0, "CA1", "+12025551000").hears(1, "CA1", "hold-0", sound="play")
    told.hears(45, "CA1", "hold-1", sound="play").ends(50, "CA1", why="the far end hung up")

    ticket = a_ticket(ended_as="abandoned")
    assert broken(evidence(told, ticket)) == {"left_in_silence"}


def test_who_talks_is_not_in_silence() -> None:
    told = Told().rings(0, "CA1", "+12025551000").hears(1, "CA1", "You are next.").rings(4, "CA2", ANN)
    told.meets("CA2", "R1", 5, 100).meets("CA1", "R1", 5, 100).ends(100, "CA1", why="the far end hung up")
    told.ends(101, "CA2")

    assert broken(evidence(told, a_ticket(ended_as="answered", agent="Ann"))) == set()


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


def seen(told: Told, looks: list[tuple[str, Look]], broken: tuple[Broken, ...] = ()) -> Evidence:
    """A call that is over, without a ticket to look at, and what desks showed meanwhile."""
    known = notes(looks=looks, broken=list(broken))
    return Evidence(read(told.facts), [a_ticket(ended_as="abandoned")], known)


def a_wait(seconds: float) -> Told:
    """Somebody waits from second 102 on, and hangs up."""
    told = Told().rings(100, "CA1", "+12025551000").hears(100, "CA1", "Press a key.")
    for at in range(102, round(102 + seconds), 10):
        told.hears(at, "CA1", "hold-0", sound="play")
    return told.waits("CA1", 102, 102 + seconds).ends(102 + seconds, "CA1", why="the far end hung up")


IDLE = ("us_ann", Look(90, "available"))


def test_a_caller_who_waits_beside_an_idle_agent_is_found() -> None:
    assert broken(seen(a_wait(3.0), [IDLE])) == {"kept_waiting"}
    assert broken(seen(a_wait(2.0), [IDLE])) == set()
    assert broken(seen(a_wait(3.0), [("us_mo", Look(90, "available"))])) == set(), (
        "an agent of another merchant"
    )


@pytest.mark.parametrize("state", ["ringing", "on_call", "wrap_up", "away", ""])
def test_an_agent_who_is_not_free_lets_nobody_wait(state: str) -> None:
    assert broken(seen(a_wait(20.0), [IDLE, ("us_ann", Look(103, state))])) == set()


def test_a_caller_who_is_offered_to_one_agent_is_no_matter_of_another() -> None:
    rings = ("us_ben", Look(103, "ringing", "12025551000"))
    over = ("us_ben", Look(113, "away"))

    assert broken(seen(a_wait(12.0), [IDLE, rings, over])) == set()
    assert broken(seen(a_wait(20.0), [IDLE, rings, over])) == {"kept_waiting"}


def test_near_a_fault_a_caller_may_wait_a_quarter_of_a_minute_longer() -> None:
    fault = (Broken("web", at=103, until=105, back=1.0),)

    assert broken(seen(a_wait(18.0), [IDLE], fault)) == set()
    assert broken(seen(a_wait(20.0), [IDLE], fault)) == {"kept_waiting"}
    long_ago = (Broken("web", at=50, until=55, back=1.0),)
    assert broken(seen(a_wait(18.0), [IDLE], long_ago)) == {"kept_waiting"}


def test_words_of_a_flow_that_came_later_are_found() -> None:
    told = a_good_call(Told())
    early, late = (Published(at, "northwind", "good to talk") for at in (99.0, 101.0))
    others = Published(101.0, "marlow", "good to talk")
    tickets, wishes = [its_ticket()], {"12025551000": 121.5}

    for published, expected in ((early, set()), (others, set()), (late, {"another_flow"})):
        known = notes(published=[published], ended_by_agents=wishes)
        assert broken(Evidence(read(told.facts), tickets, known)) == expected


@pytest.mark.parametrize("name", ["Ben", None])
def test_a_ticket_of_another_agent_is_found(name: str | None) -> None:
    assert broken(evidence(a_good_call(Told()), its_ticket(agent=name))) == {"told_wrong"}


@pytest.mark.parametrize(("began", "ended"), [(101.5, 125.0), (100.0, 123.5), (100.0, 130.0)])
def test_a_ticket_of_another_time_is_found(began: float, ended: float) -> None:
    ticket = its_ticket(started_at=began, ended_at=ended)

    assert broken(evidence(a_good_call(Told()), ticket)) == {"times_wrong"}


@pytest.mark.parametrize(
    ("answered", "found"), [(127.0, set()), (125.1, {"times_wrong"}), (140.0, {"times_wrong"})]
)
def test_a_busy_machine_may_hear_of_an_end_a_little_later(answered: float, found: set[str]) -> None:
    told = a_good_call(Told()).fact(answered, "webhook.answered", call="CA1", purpose="status", status=200)
    late = 127.5 if answered < 130 else 139.5

    assert broken(evidence(told, its_ticket(ended_at=late))) == found


def test_a_message_that_the_ticket_does_not_tell_of_is_found() -> None:
    told = Told().rings(0, "CA1", "+12025551000").hears(1, "CA1", "Leave a message after the tone.")
    told.fact(2, "recording.started", call="CA1", recording="RECA1", source="RecordVerb")
    told.ends(12, "CA1", why="the far end hung up").is_recorded("CA1", "RECA1", 14, 10)

    assert broken(evidence(told, a_ticket(ended_as="voicemail", recordings=(kept(),)))) == set()
    assert broken(evidence(told, a_ticket(ended_as="abandoned", recordings=(kept(),)))) == {"told_wrong"}


def test_whatever_crosses_from_one_merchant_to_another_is_found() -> None:
    good, ticket = a_good_call(Told()), its_ticket()

    assert broken(evidence(good, replace(ticket, merchant="marlow", shown_to="marlow"))) == {
        "crossed_merchants"
    }
    assert broken(evidence(good, ticket, replace(ticket, shown_to="marlow"))) == {"crossed_merchants"}
    assert broken(evidence(good, ticket, intrusions=("marlow read northwind's ticket 1",))) == {
        "crossed_merchants"
    }
    named = a_good_call(Told().rings(100, "CA1", "+12025551000").hears(100, "CA1", "This is Marlow Books."))
    assert broken(evidence(named, ticket)) == {"crossed_merchants"}
    strangers = a_good_call(Told(), agent="client:us_mo")
    assert broken(evidence(strangers, replace(ticket, agent="Mo"))) == {"crossed_merchants"}


def test_a_number_in_a_log_is_found() -> None:
    good = evidence(a_good_call(Told()), its_ticket())

    assert broken(replace(good, logs=["web | call from=+1202555**** ended"])) == set()
    assert broken(replace(good, logs=["web | call from=+12025551000 ended"])) == {"told_in_logs"}


def test_every_promise_has_a_verdict_and_every_verdict_is_proved_here() -> None:
    text = Path(__file__).read_text(encoding="utf-8")

    assert [f"I{number}" for number in range(1, 10)] == list(INVARIANTS)[:9]
    assert set(by_invariant(judge(evidence(Told())))) == set(INVARIANTS)
    assert [rule.name for rule in RULES if f'{{"{rule.name}"}}' not in text] == []


def test_the_page_of_verdicts_is_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "write it again: python -m tests.chaos.verdicts"


def test_the_account_of_a_call_reads_from_its_beginning() -> None:
    chronicle = read(a_good_call(Told()).facts)

    lines = chronicle.account("CA1")
    assert "0.00  call.ringing" in lines[0]
    assert "25.00  call.completed" in lines[-3]
    assert not any("CA1a" in line for line in lines)


def test_only_whole_sound_counts_as_played() -> None:
    whole = tone(2.0)

    assert seconds_of(whole) == 2.0
    assert seconds_of(whole[:-1000]) is None
    assert seconds_of(b"<html>not found</html>") is None


def test_who_hangs_up_on_the_way_to_the_agent_was_answered_or_not() -> None:
    told = Told().rings(0, "CA1", "+12025551000").hears(1, "CA1", "You are next.").waits("CA1", 2, 10)
    soon = Told().rings(0, "CA1", "+12025551000").hears(1, "CA1", "You are next.").waits("CA1", 2, 10)
    soon.ends(11, "CA1", why="the far end hung up")
    told.ends(14, "CA1", why="the far end hung up")

    assert broken(evidence(soon, a_ticket(ended_as="answered"))) == set()
    assert broken(evidence(soon, a_ticket(ended_as="abandoned"))) == set()
    assert broken(evidence(told, a_ticket(ended_as="answered"))) == {"told_wrong"}
