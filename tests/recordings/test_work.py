"""Each job is done once: leases, pauses, overtaken workers, sweeping."""

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from recordings.faults import Hopeless, NotYet
from recordings.job import Effect, Job
from recordings.lease import LEASE_SECONDS, MAX_ATTEMPTS, pause_seconds, take
from recordings.sweep import sweep
from recordings.work import Outcome, run_due, run_job
from tests.recordings.house import Hand, add_call, add_merchant, facts, job_states, jobs, promise_ticket
from voice import outbox
from voice.models import Beat, Outbox
from voice.runtime import Runtime, SharedClock


def no_burial(_tx: Session, _rt: Runtime, _merchant_id: str, _subject_id: str, _reason: str) -> None:
    """Nothing to say."""


def counting(before: Callable[[], None] = lambda: None) -> dict[str, Job]:
    """A job whose effect counts up, so that doing it twice shows; `before` is its slow part."""

    def work(_rt: Runtime, _merchant_id: str, subject_id: str) -> Effect:
        before()

        def effect(tx: Session) -> None:
            tx.merge(
                Beat(
                    name=subject_id,
                    at=1.0 + (tx.scalar(select(Beat.at).where(Beat.name == subject_id)) or 0.0),
                )
            )

        return effect

    return {"open_ticket": Job(work, no_burial)}


def counted(rt: Runtime, subject_id: str) -> float:
    """How many effects a subject has seen."""
    with rt.store.read() as tx:
        return tx.scalar(select(Beat.at).where(Beat.name == subject_id)) or 0.0


def promise(rt: Runtime, subject_id: str = "x", merchant_id: str = "northwind") -> str:
    """A job in the outbox; its id."""
    with rt.write() as tx:
        outbox.add(tx, rt, merchant_id, "open_ticket", subject_id, rt.now())
    return next(job.id for job in jobs(rt) if (job.merchant_id, job.subject_id) == (merchant_id, subject_id))


def failing(error: Exception) -> dict[str, Job]:
    """A job that always fails in the same way."""

    def work(_rt: Runtime, _merchant_id: str, _subject_id: str) -> Effect:
        raise error

    return {"open_ticket": Job(work, no_burial)}


def test_a_job_is_done_once_however_often_it_is_rung_for(rt: Runtime) -> None:
    job_id = promise(rt)

    outcomes = [run_job(rt, job_id, counting()) for _ in range(3)]

    assert outcomes == [Outcome.DONE, Outcome.NOTHING_DUE, Outcome.NOTHING_DUE]
    assert counted(rt, "x") == 1


def test_of_many_workers_rung_at_once_one_does_the_job(rt: Runtime) -> None:
    job_id = promise(rt)
    together = threading.Barrier(8)

    def ring(_: int) -> Outcome:
        together.wait()
        return run_job(rt, job_id, counting())

    with ThreadPoolExecutor(8) as crowd:
        outcomes = list(crowd.map(ring, range(8)))

    assert sorted(outcomes) == sorted([Outcome.DONE] + [Outcome.NOTHING_DUE] * 7)
    assert counted(rt, "x") == 1


def test_a_ring_for_an_unknown_job_does_nothing(rt: Runtime) -> None:
    assert run_job(rt, "ob_nothing") is Outcome.NOTHING_DUE


def test_a_job_in_somebody_s_hands_is_left_alone_until_the_lease_ends(rt: Runtime, clock: Hand) -> None:
    job_id = promise(rt)
    assert take(rt, job_id) is not None  # and this worker dies

    clock.forward(LEASE_SECONDS - 1)
    assert run_job(rt, job_id, counting()) is Outcome.NOTHING_DUE
    clock.forward(1)
    assert run_job(rt, job_id, counting()) is Outcome.DONE

    assert counted(rt, "x") == 1


def test_a_worker_that_slept_through_its_lease_changes_nothing(rt: Runtime, clock: Hand) -> None:
    job_id = promise(rt)
    overtaking: list[Outcome] = []

    def sleeps() -> None:
        clock.forward(LEASE_SECONDS + 1)
        overtaking.append(run_job(rt, job_id, counting()))

    assert run_job(rt, job_id, counting(sleeps)) is Outcome.OVERTAKEN

    assert overtaking == [Outcome.DONE]
    assert counted(rt, "x") == 1
    assert job_states(rt) == ["done"]


def test_a_worker_that_slept_and_then_failed_changes_nothing(rt: Runtime, clock: Hand) -> None:
    job_id = promise(rt)

    def work(_rt: Runtime, _merchant_id: str, _subject_id: str) -> Effect:
        clock.forward(LEASE_SECONDS + 1)
        run_job(rt, job_id, counting())
        raise Hopeless("too late to say so")

    assert run_job(rt, job_id, {"open_ticket": Job(work, no_burial)}) is Outcome.OVERTAKEN

    assert [(job.state, job.error) for job in jobs(rt)] == [("done", "")]


def test_the_lease_is_renewed_while_the_work_goes_on(
    rt: Runtime, clock: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recordings.lease.RENEW_SECONDS", 0.01)
    job_id = promise(rt)
    renewed = threading.Event()
    until = rt.now() + LEASE_SECONDS

    def long_work() -> None:
        clock.forward(10)
        while jobs(rt)[0].lease_until_at <= until and not renewed.wait(0.01):
            pass

    assert run_job(rt, job_id, counting(long_work)) is Outcome.DONE


def test_an_effect_that_fails_leaves_nothing_behind(rt: Runtime) -> None:
    job_id = promise(rt)

    def work(_rt: Runtime, _merchant_id: str, subject_id: str) -> Effect:
        def effect(tx: Session) -> None:
            tx.add(Beat(name=subject_id, at=1.0))
            tx.flush()
            raise ValueError("half way")

        return effect

    assert run_job(rt, job_id, {"open_ticket": Job(work, no_burial)}) is Outcome.PUT_OFF

    assert counted(rt, "x") == 0
    assert [(job.state, job.error) for job in jobs(rt)] == [("waiting", "ValueError: half way")]


def test_a_failed_job_is_tried_again_after_ever_longer_pauses(rt: Runtime, clock: Hand) -> None:
    job_id = promise(rt)
    tried_after: list[float] = []
    began = rt.now()

    while len(tried_after) < 6:
        if run_job(rt, job_id, failing(NotYet("not there"))) is Outcome.PUT_OFF:
            tried_after.append(rt.now() - began)
        clock.forward(1)

    assert tried_after == [0, 2, 6, 14, 30, 62]
    assert jobs(rt)[0].error == "NotYet: not there"


@given(st.integers(min_value=1, max_value=10_000))
def test_a_pause_is_never_longer_than_a_quarter_of_an_hour(attempt: int) -> None:
    assert 2 <= pause_seconds(attempt) <= 900
    assert pause_seconds(attempt) <= pause_seconds(attempt + 1)


def test_a_hopeless_job_is_dead_at_once_and_says_why(rt: Runtime) -> None:
    promise(rt)

    run_due(rt, jobs=failing(Hopeless("nobody knows this call")))

    (job,) = jobs(rt)
    assert (job.state, job.attempts) == ("dead", 1)
    assert "nobody knows this call" in job.error
    assert run_due(rt) == 0


def test_a_job_that_kills_every_worker_is_given_up(rt: Runtime, clock: Hand) -> None:
    job_id = promise(rt)
    for _ in range(MAX_ATTEMPTS):
        assert take(rt, job_id) is not None  # and the worker dies
        clock.forward(LEASE_SECONDS)

    assert take(rt, job_id) is None
    sweep(rt)

    assert [(job.state, job.error) for job in jobs(rt)] == [
        ("dead", f"given up after {MAX_ATTEMPTS} attempts; the worker died at every attempt")
    ]


def test_a_kind_of_job_that_this_worker_does_not_know_waits_for_a_newer_one(rt: Runtime) -> None:
    promise(rt)

    assert run_due(rt, jobs={}) == 1

    assert job_states(rt) == ["waiting"]
    assert "older than the other processes" in jobs(rt)[0].error


def test_the_same_job_is_promised_once(rt: Runtime) -> None:
    promise(rt)
    promise(rt)

    assert len(jobs(rt)) == 1


def test_a_decision_that_is_not_committed_promises_nothing(rt: Runtime) -> None:
    rung: list[str] = []
    rt = replace(rt, ring=rung.append)

    with contextlib.suppress(ZeroDivisionError), rt.write() as tx:
        outbox.add(tx, rt, "northwind", "open_ticket", "x", rt.now())
        _ = 1 / 0

    assert (jobs(rt), rung) == ([], [])


def test_the_doorbell_rings_once_the_decision_is_committed(rt: Runtime) -> None:
    seen: list[tuple[str, int]] = []
    quiet = rt

    def ring(outbox_id: str) -> None:
        seen.append((outbox_id, len(jobs(quiet))))

    rt = replace(rt, ring=ring)
    promise(rt)
    promise(rt)

    assert seen == [(jobs(rt)[0].id, 1)]


def test_the_sweeper_rings_again_for_what_nobody_finished(rt: Runtime, clock: Hand) -> None:
    rung: list[str] = []
    job_id = promise(rt)
    rt = replace(rt, ring=rung.append)

    assert sweep(rt) == 0  # it has only just been rung for
    clock.forward(4)
    assert sweep(rt) == 1
    assert sweep(rt) == 0
    take(rt, job_id)
    clock.forward(LEASE_SECONDS - 1)
    assert sweep(rt) == 0  # in somebody's hands
    clock.forward(1)
    assert sweep(rt) == 1

    assert rung == [job_id, job_id]


def test_what_is_done_dead_or_pausing_is_not_rung_for(rt: Runtime, clock: Hand) -> None:
    run_job(rt, promise(rt, "done"), counting())
    run_job(rt, promise(rt, "dead"), failing(Hopeless("no")))
    pausing = promise(rt, "pausing")
    for attempt in range(1, 6):
        run_job(rt, pausing, failing(NotYet("no")))
        clock.forward(pause_seconds(attempt))
    run_job(rt, pausing, failing(NotYet("no")))  # the next attempt is 64 s away
    clock.forward(10)

    assert sweep(rt) == 0


def test_a_merchant_s_backlog_does_not_hold_up_another(rt: Runtime, clock: Hand) -> None:
    add_merchant(rt, "contoso")
    for number in range(50):
        promise(rt, f"n{number:02}")
        clock.forward(1)
    promise(rt, "c1", "contoso")
    clock.forward(1)
    promise(rt, "c2", "contoso")
    clock.forward(4)
    rung: list[str] = []
    rt = replace(rt, ring=rung.append)

    sweep(rt, limit=4)

    subjects = {job.id: job.subject_id for job in jobs(rt)}
    assert [subjects[one] for one in rung] == ["n00", "c1", "n01", "c2"]


def test_two_sweepers_ring_once(rt: Runtime, clock: Hand) -> None:
    for number in range(20):
        promise(rt, str(number))
    clock.forward(5)
    rung: list[str] = []
    rt = replace(rt, ring=rung.append)

    with ThreadPoolExecutor(4) as crowd:
        total = sum(crowd.map(lambda _: sweep(rt), range(4)))

    assert (total, len(rung), len(set(rung))) == (20, 20, 20)


def test_leases_take_the_database_s_time_not_the_process_s(rt: Runtime) -> None:
    clock = SharedClock()
    clock.follow(rt.store)
    lagging = replace(rt, clock=clock)
    job_id = promise(lagging)
    clock._offset -= 7200  # this process believes that it is two hours earlier

    assert take(lagging, job_id) is not None

    clock.follow(rt.store)
    assert jobs(rt)[0].lease_until_at == pytest.approx(clock.now() + LEASE_SECONDS, abs=2)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["work", "die", "fail", "sleep", "second", "minute", "sweep"]), max_size=30))
def test_whatever_happens_to_workers_a_job_has_one_effect(
    rt: Runtime, clock: Hand, happenings: list[str]
) -> None:
    subject_id = rt.chance.id("ca")
    job_id = promise(rt, subject_id)

    def overtaken() -> None:
        clock.forward(LEASE_SECONDS)
        run_job(rt, job_id, counting())

    for happening in happenings:
        match happening:
            case "work":
                run_job(rt, job_id, counting())
            case "die":
                take(rt, job_id)
            case "fail":
                run_job(rt, job_id, failing(NotYet("no")))
            case "sleep":
                run_job(rt, job_id, counting(overtaken))
            case "second":
                clock.forward(1)
            case "minute":
                clock.forward(60)
            case "sweep":
                sweep(rt)
    clock.forward(pause_seconds(20) + LEASE_SECONDS)
    run_job(rt, job_id, counting())

    assert counted(rt, subject_id) == 1


def test_a_job_promised_again_by_hand_after_its_death_is_done(rt: Runtime) -> None:
    call_id = add_call(rt, ended_at=None, ended_as=None)
    promise_ticket(rt, call_id)
    with rt.write() as tx:
        tx.execute(update(Outbox).values(attempts=MAX_ATTEMPTS - 1))
    run_due(rt)
    assert job_states(rt) == ["dead"]

    with rt.write() as tx:
        tx.execute(update(Outbox).values(state="waiting", attempts=0, next_at=rt.now()))
        from voice.models import Call

        tx.execute(update(Call).values(ended_at=rt.now(), ended_as="missed"))
    run_due(rt)

    assert job_states(rt) == ["done"]
    assert len(facts(rt, "ticket_opened")) == 1
    with rt.store.read() as tx:
        assert tx.scalar(select(func.count()).select_from(Outbox)) == 1
