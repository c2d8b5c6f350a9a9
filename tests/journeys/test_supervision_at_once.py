"""Supervisors who come, leave and change the talk while something else happens: nobody listens who is shown as gone."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from threading import Event, current_thread
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from tests.journeys.databases import OnPostgres
from tests.journeys.shop import Shop
from tests.journeys.supervisor import Supervisor
from tests.journeys.test_quiet_rounds import writes_of_a_round
from tests.journeys.test_supervision import heard_by
from tests.patience import PATIENCE
from tests.postgres.server import PostgresServer
from voice import models, signals, supervising
from voice.actions import send
from voice.heard import RoomEvent
from voice.locks import lock_call, try_call

OTHER = "+12025550199"


@pytest.fixture
def busy(tmp_path: Path, postgres: PostgresServer, postgres_url: str) -> Iterator[Shop]:
    """A shop in which Ann talks, on the database that lets many write at once."""
    made = Shop(tmp_path, database=OnPostgres(postgres, postgres_url))
    made.talk(1)
    yield made
    made.rt.store.close()


def waits_for(tx: Session, job: Callable[[], object], pool: ThreadPoolExecutor) -> Future[object]:
    """Begins a job, which has to wait for what this decision holds."""
    doing, patience = pool.submit(job), time.monotonic() + PATIENCE / 1000
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    while not tx.scalar(waiting):
        assert not doing.done(), "it waited for nothing"
        assert time.monotonic() < patience
    return doing


def second_talk(shop: Shop) -> None:
    """Ben talks to another caller."""
    shop.ben.starts_shift()
    caller = shop.joins_queue(OTHER)
    shop.ben.rings()
    shop.ben.accepts()
    shop.ben.talks_to(caller)


@pytest.mark.both_stores
def test_who_leaves_while_the_phone_comes_is_out_of_the_room(shop: Shop) -> None:
    caller, sue = shop.talk(1), Supervisor(shop)
    told = sue.asks_to("barged", shop.ann.call_id())
    as_read = shop.only(models.Supervision)
    leg = shop.sim.client("w_us_sue").connect({"offer": told["offer"]})
    shop.waits(1)
    with shop.rt.write() as tx:
        row = tx.merge(as_read, load=False)  # the phone came after it was read
        assert supervising.leave(tx, shop.rt, row, "left")

    leg.ends(within=5)
    assert caller.is_over is False
    assert len(shop.facts("supervisor_left")) == 1
    assert sue.deeds()[-1][0] == "talk_left"


def test_who_leaves_does_it_in_the_calls_turn(busy: Shop) -> None:
    sue = Supervisor(busy)
    sue.comes(busy.ann)
    with ThreadPoolExecutor(1) as pool:
        with busy.rt.write() as held:
            lock_call(held, "northwind", sue.call)
            leaving = waits_for(held, lambda: sue.posts(f"/api/supervision/{sue.call}/leave"), pool)
        assert leaving.result() == {"ok": True}


def test_who_changes_talks_takes_both_calls_in_one_order(busy: Shop) -> None:
    second_talk(busy)
    talks = {desk.call_id(): desk for desk in (busy.ann, busy.ben)}
    first, last = sorted(talks)
    sue, tom = Supervisor(busy), Supervisor(busy, "tom")
    sue.comes(talks[first])
    tom.comes(talks[last])
    with ThreadPoolExecutor(1) as pool:
        for one, goal in ((sue, last), (tom, first)):
            with busy.rt.write() as held:
                lock_call(held, "northwind", first)
                coming = waits_for(held, partial(one.asks_to, "listening", goal), pool)
                assert try_call(held, "northwind", last) is not None
            coming.result()


def test_a_talk_that_broke_off_before_the_supervisors_turn_is_not_joined(busy: Shop) -> None:
    sue, call_id = Supervisor(busy), busy.ann.call_id()
    with ThreadPoolExecutor(1) as pool:
        with busy.rt.write() as held:
            lock_call(held, "northwind", call_id)
            coming = waits_for(held, lambda: sue.asks_to("barged", call_id, expect=409), pool)
            held.execute(update(models.Participation).values(state="vanished"))
        coming.result()

    assert busy.rows(models.Supervision) == []


def test_a_leg_that_joins_when_its_supervisor_has_left_is_led_out(shop: Shop) -> None:
    caller, sue = shop.talk(1), Supervisor(shop)
    leg = sue.comes(shop.ann, "barged")
    with shop.rt.write() as tx:
        tx.execute(update(models.Supervision).values(state="ended", ended_at=shop.now))
    talk = shop.only(models.Participation)
    signals.room_event(
        shop.rt,
        RoomEvent(
            kind="participant-join",
            room=talk.room,
            account_sid=shop.only_call().account_sid,
            conference_sid=talk.room_sid,
            sequence=None,
            at=None,
            call_sid=leg.sid,
            label=None,
            on_hold=False,
            muted=True,
            reason=None,
            leg_status=None,
        ),
    )

    leg.ends(within=3)
    assert shop.ann.leg.is_talking_to(caller)


def test_a_wish_that_another_overtakes_is_not_the_last_word(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller, sue = shop.talk(1), Supervisor(shop)
    leg = sue.comes(shop.ann, "coaching")
    speaking, silenced, spoken, done = Event(), Event(), Event(), Event()
    speak, silence, write = shop.rt.carrier.let_speak, shop.rt.carrier.silence, shop.rt.store.write
    tester, writes = current_thread(), list[None]()

    def speaks_late(*what: Any) -> None:
        speaking.set()
        assert silenced.wait(30)
        speak(*what)

    def silences(*what: Any) -> None:
        silence(*what)
        if not silenced.is_set():
            silenced.set()
            assert spoken.wait(30)

    def writes_late() -> AbstractContextManager[Session]:
        if current_thread() is not tester:
            writes.append(None)
            if len(writes) == 3:  # after the lease and what the carrier was told
                spoken.set()
                assert done.wait(30)
        return write()

    monkeypatch.setattr(shop.rt.carrier, "let_speak", speaks_late)
    monkeypatch.setattr(shop.rt.carrier, "silence", silences)
    monkeypatch.setattr(shop.rt.store, "write", writes_late)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(send, shop.rt, "northwind", orders(shop, sue, "barged"))
        assert speaking.wait(30)
        send(shop.rt, "northwind", orders(shop, sue, "listening"))
        done.set()
        first.result()
    shop.waits(5)

    assert heard_by(leg, caller, shop.ann.leg) == [False, False]


def orders(shop: Shop, sue: Supervisor, heard: str) -> str:
    """A click whose request to the carrier is written and not sent yet; the request's id."""
    before = {row.id for row in shop.rows(models.Action)}
    shop.forgets_promises = True
    sue.asks_to(heard, sue.call)
    shop.forgets_promises = False
    (made,) = {row.id for row in shop.rows(models.Action)} - before
    return str(made)


def test_a_supervisor_in_a_talk_costs_no_decision_while_nothing_is_due(shop: Shop) -> None:
    shop.talk(1)
    Supervisor(shop).comes(shop.ann, "coaching")
    shop.ben.starts_shift()
    Supervisor(shop, "tom").comes(shop.ann)
    shop.ann.asks("agent", "us_ben")
    shop.ben.rings()
    shop.waits(3)

    assert writes_of_a_round(shop) == 1


@pytest.mark.parametrize("status", [500, 400])
def test_a_carrier_that_does_not_do_it_is_asked_ever_more_rarely(shop: Shop, status: int) -> None:
    shop.talk(1)
    shop.is_quiet, sue = False, Supervisor(shop)
    sue.comes(shop.ann)
    shop.sim.faults.rest("POST .*/Participants/", "status", times=None, status=status)
    sue.turns("coaching")
    shop.waits(118)
    asked = [row for row in shop.rows(models.Action) if row.kind == "let_hear"]

    assert 4 <= len(asked) <= 8
    assert {row.attempts for row in asked} == {1}
