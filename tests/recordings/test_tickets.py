"""Tickets: once per call, numbered by merchant, with a subject that reads as plain words."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from recordings import tickets as public
from recordings.subjects import subject
from recordings.work import run_due
from tests.recordings.house import (
    Hand,
    Media,
    add_call,
    add_merchant,
    add_recording,
    add_talk,
    facts,
    job_states,
    promise_ticket,
    tickets,
    tone,
)
from voice.models import Call
from voice.runtime import Runtime
from voice.states import CallEnd


def test_an_ended_call_becomes_a_ticket_with_its_agent(rt: Runtime) -> None:
    call_id = add_call(rt)
    add_talk(rt, call_id, "Ann Lee")
    promise_ticket(rt, call_id)

    run_due(rt)

    (ticket,) = tickets(rt)
    assert ticket.subject == "Call from +1 202-555-0188 answered by Ann Lee"
    assert (ticket.number, ticket.agent_id, ticket.status, ticket.flow_digest) == (
        1,
        "us_ann",
        "open",
        "d" * 64,
    )
    assert [fact.data for fact in facts(rt, "ticket_opened")] == [{"ticket": ticket.id, "number": 1}]


def test_the_agent_who_talked_last_answered_the_call(rt: Runtime) -> None:
    call_id = add_call(rt)
    add_talk(rt, call_id, "Ben Cho", at=1_795_000_040.0)
    add_talk(rt, call_id, "Ann Lee", at=1_795_000_010.0)
    promise_ticket(rt, call_id)

    run_due(rt)

    assert tickets(rt)[0].subject.endswith("answered by Ben Cho")


@pytest.mark.parametrize(
    ("ended_as", "caller", "words"),
    [
        (CallEnd.ABANDONED, "+12025550188", "Missed call from +1 202-555-0188"),
        (CallEnd.MISSED, "", "Missed call from a withheld number"),
        (CallEnd.VOICEMAIL, "+442079460018", "Voicemail from +44 20 7946 0018"),
        (CallEnd.COMPLETED_IN_FLOW, "+12025550188", "Call from +1 202-555-0188 ended in the menu"),
    ],
)
def test_a_subject_reads_as_plain_words(ended_as: CallEnd, caller: str, words: str) -> None:
    assert subject(ended_as, caller, None) == words


@pytest.mark.parametrize("ended_as", list(CallEnd))
def test_every_ending_has_a_subject(ended_as: CallEnd) -> None:
    assert "+1 202-555-0188" in subject(ended_as, "+12025550188", None)


def test_numbers_count_up_for_each_merchant_by_itself(rt: Runtime) -> None:
    add_merchant(rt, "contoso")
    for merchant_id in ("northwind", "contoso", "northwind"):
        number = len(tickets(rt)) + 1
        promise_ticket(rt, add_call(rt, number, merchant_id), merchant_id)
        run_due(rt)

    assert [(one.merchant_id, one.number) for one in tickets(rt)] == [
        ("contoso", 1), ("northwind", 1), ("northwind", 2),
    ]  # fmt: skip


def test_ticket_job_and_recording_job_open_one_ticket_between_them(rt: Runtime, media: Media) -> None:
    media.has(1, tone(2))
    media.has(2, tone(2))
    call_id = add_call(rt)
    add_recording(rt, call_id, 1)
    add_recording(rt, call_id, 2)
    promise_ticket(rt, call_id)

    run_due(rt)

    assert job_states(rt) == ["done"] * 3
    assert [one.number for one in tickets(rt)] == [1]
    with rt.store.read() as tx:
        sounds = public.recordings_of(tx, "northwind", call_id)
    assert [(one.kind, one.state, one.seconds) for one in sounds] == [("call", "stored", 2.0)] * 2
    assert [one.waveform_key for one in sounds] == [
        "northwind/2026/11/re_northwind_1.peaks.json", "northwind/2026/11/re_northwind_2.peaks.json",
    ]  # fmt: skip


def test_many_at_once_open_each_ticket_once_and_leave_no_gap(rt: Runtime) -> None:
    calls = [add_call(rt, number) for number in range(1, 21)]

    def opens(call_id: str) -> None:
        with rt.write() as tx:
            public.ensure(tx, rt, "northwind", call_id)

    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(opens, calls * 3))

    assert [one.number for one in tickets(rt)] == list(range(1, 21))
    assert len({one.call_id for one in tickets(rt)}) == 20


def test_a_call_that_goes_on_gets_its_ticket_when_it_has_ended(rt: Runtime, clock: Hand) -> None:
    call_id = add_call(rt, ended_at=None, ended_as=None)
    promise_ticket(rt, call_id)
    run_due(rt)
    assert tickets(rt) == []

    with rt.write() as tx:
        call = tx.get_one(Call, ("northwind", call_id))
        call.ended_at, call.ended_as = rt.now(), "abandoned"
    clock.forward(2)
    run_due(rt)

    assert tickets(rt)[0].subject == "Missed call from +1 202-555-0188"


def test_a_message_that_arrives_after_the_ticket_renames_it(rt: Runtime, media: Media, clock: Hand) -> None:
    call_id = add_call(rt, ended_as="abandoned")
    promise_ticket(rt, call_id)
    run_due(rt)
    opened_at = tickets(rt)[0].changed_at
    clock.forward(5)
    with rt.write() as tx:
        tx.get_one(Call, ("northwind", call_id)).ended_as = "voicemail"
    media.has(1, tone(2, channels=1))
    add_recording(rt, call_id, channels=1, kind="voicemail")

    run_due(rt)

    (ticket,) = tickets(rt)
    assert ticket.subject == "Voicemail from +1 202-555-0188"
    assert ticket.changed_at == opened_at + 5


def test_a_subject_that_somebody_wrote_stays(rt: Runtime, media: Media) -> None:
    call_id = add_call(rt)
    promise_ticket(rt, call_id)
    run_due(rt)
    with rt.write() as tx:
        tx.merge(tickets(rt)[0]).subject = "Lost parcel"
    media.has(1, tone(2))
    add_recording(rt, call_id)

    run_due(rt)

    assert tickets(rt)[0].subject == "Lost parcel"
