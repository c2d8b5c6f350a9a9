"""Which desk is told what, when, and who is given up; without sockets, on a clock that moves when told."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import select, update

from panel.push import Streams
from tests.panel.build import Clock, bump, call, ring, waiting
from voice import agents, offers
from voice.models import Agent, LoginSession, Offer
from voice.runtime import Runtime

pytestmark = pytest.mark.usefixtures("shops")


@dataclass
class Page:
    """The other end of a stream."""

    is_open: bool = True
    heard: list[tuple[str, Any]] = field(default_factory=list)

    def write(self, data: bytes) -> bool:
        """What the socket does."""
        if not self.is_open:
            return False
        for block in data.decode().strip().split("\n\n"):
            name, said = block.split("\n")
            self.heard.append((name.removeprefix("event: "), json.loads(said.removeprefix("data: "))))
        return True

    def hang_up(self) -> None:
        """What the server does to it."""
        self.is_open = False

    def all(self, kind: str) -> list[Any]:
        """Every event of a kind."""
        return [said for name, said in self.heard if name == kind]


def session(rt: Runtime, name: str, user_id: str) -> str:
    """A signed-in browser's session."""
    with rt.write() as tx:
        tx.add(
            LoginSession(
                token_hash=name,
                user_id=user_id,
                csrf="c",
                created_at=rt.now(),
                seen_at=rt.now(),
                expires_at=rt.now() + 86_400,
            )
        )
    return name


def open_page(rt: Runtime, streams: Streams, agent_id: str, name: str = "") -> Page:
    page = Page()
    streams.open(agent_id, session(rt, name or f"s {agent_id}", agent_id), page.write, rt.now(), page.hang_up)
    return page


def run(rt: Runtime, clock: Clock, streams: Streams, seconds: int, *answering: str) -> None:
    """Seconds pass; the named agents' pages answer pings."""
    for _ in range(seconds):
        clock.forward(1)
        streams.step(rt, rt.now())
        if int(rt.now()) % 5 == 0:
            for stream in streams._all():
                if stream.agent_id in answering:
                    assert streams.answered(stream.session)


def state_of(rt: Runtime, agent_id: str) -> str:
    with rt.store.read() as tx:
        return tx.scalars(select(Agent.state).where(Agent.id == agent_id)).one()


def test_a_desk_that_connects_gets_its_whole_desk(rt: Runtime) -> None:
    streams = Streams()
    page = open_page(rt, streams, "us_ann")

    streams.step(rt, rt.now())

    (desk,) = page.all("desk")
    assert desk["agent"]["name"] == "Ann"
    assert desk["state"] == "available"
    assert desk["now"] == rt.now()


def test_a_desk_is_written_again_only_when_it_changed(rt: Runtime, clock: Clock) -> None:
    streams = Streams()
    ann, bob = open_page(rt, streams, "us_ann"), open_page(rt, streams, "us_bob")
    run(rt, clock, streams, 3)
    bump(rt, "us_ann", state="away", reason="lunch")

    run(rt, clock, streams, 3)

    assert [desk["state"] for desk in ann.all("desk")] == ["available", "away"]
    assert len(bob.all("desk")) == 1


def test_every_tab_of_an_agent_sees_the_same_desk(rt: Runtime, clock: Clock) -> None:
    streams = Streams()
    first, second = open_page(rt, streams, "us_ann", "one"), open_page(rt, streams, "us_ann", "two")
    run(rt, clock, streams, 1)
    bump(rt, "us_ann")

    run(rt, clock, streams, 1)

    assert first.all("desk") == second.all("desk")
    assert len(first.all("desk")) == 2


def test_a_ring_is_shown_with_caller_queue_wait_and_way_and_then_told(rt: Runtime, clock: Clock) -> None:
    streams = Streams()
    page = open_page(rt, streams, "us_ann")
    call(rt, "northwind", "ca_1", caller_name="Maya")
    waiting(rt, "northwind", "ca_1")
    with rt.write() as tx:
        rt.journal.write(
            tx, "northwind", "ca_1", "option_selected", rt.now(), step="main", key="1", to="order_status"
        )
        rt.journal.write(tx, "northwind", "ca_1", "enqueued", rt.now(), step="wait", queue="order_status")
    clock.forward(42)
    offer_id = ring(rt, "northwind", "ca_1", "us_ann")

    streams.step(rt, rt.now())

    shown = page.all("desk")[-1]["offer"]
    assert shown["merchant"] == {"id": "northwind", "name": "Northwind Outdoor"}
    assert (shown["caller"], shown["caller_name"], shown["queue"]) == (
        "+1 202-555-0188",
        "Maya",
        "order_status",
    )
    assert shown["waited_seconds"] == 42
    assert [station["text"] for station in shown["path"]] == [
        "Pressed 1 for order status",
        "Queue: order status",
    ]
    with rt.store.read() as tx:
        assert tx.scalars(select(Offer.pushed_at).where(Offer.id == offer_id)).one() == rt.now()


def test_a_ring_that_no_stream_took_is_not_called_shown(rt: Runtime) -> None:
    streams = Streams()
    page = open_page(rt, streams, "us_ann")
    page.is_open = False
    call(rt, "northwind", "ca_1")
    waiting(rt, "northwind", "ca_1")
    offer_id = ring(rt, "northwind", "ca_1", "us_ann")

    streams.step(rt, rt.now())

    with rt.store.read() as tx:
        assert tx.scalars(select(Offer.pushed_at).where(Offer.id == offer_id)).one() is None
    assert len(streams) == 0


def test_a_ring_is_told_once_the_database_is_back(rt: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    from voice.store import StoreAway

    streams = Streams()
    open_page(rt, streams, "us_ann")
    call(rt, "northwind", "ca_1")
    waiting(rt, "northwind", "ca_1")
    offer_id = ring(rt, "northwind", "ca_1", "us_ann")

    def away(*_args: object) -> None:
        raise StoreAway("away")

    with monkeypatch.context() as broken:
        broken.setattr(offers, "pushed", away)
        with pytest.raises(StoreAway):
            streams.step(rt, rt.now())
    streams.step(rt, rt.now())

    with rt.store.read() as tx:
        assert tx.scalars(select(Offer.pushed_at).where(Offer.id == offer_id)).one() is not None


def test_pings_go_out_every_five_seconds(rt: Runtime, clock: Clock) -> None:
    streams = Streams()
    page = open_page(rt, streams, "us_ann")

    run(rt, clock, streams, 30, "us_ann")

    assert len(page.all("ping")) == 6


def test_streams_that_open_at_one_moment_are_not_pinged_at_one_moment(rt: Runtime, clock: Clock) -> None:
    streams, pinged = Streams(), []
    pages = [open_page(rt, streams, "us_ann", f"tab {number}") for number in range(5)]

    for _ in range(5):
        run(rt, clock, streams, 1)
        pinged.append(sum(len(page.all("ping")) for page in pages))

    assert pinged == [1, 2, 3, 4, 5]


def test_a_nudge_costs_one_question_and_shows_only_what_changed(rt: Runtime, clock: Clock) -> None:
    streams = Streams()
    page = open_page(rt, streams, "us_ann")
    bump(rt, "us_ann", state="on_call")
    run(rt, clock, streams, 1)
    asked: list[str] = []
    sqlalchemy_event.listen(rt.store._reader, "before_cursor_execute", lambda *args: asked.append(args[2]))

    streams.look_at(rt, ["us_ann", "us_bob"], rt.now())
    assert len(page.all("desk")) == 1
    bump(rt, "us_ann", state="wrap_up")
    streams.look_at(rt, ["us_bob"], rt.now())

    assert len(page.all("desk")) == 1
    assert len([one for one in asked if one.startswith("SELECT")]) == 1


def test_an_agent_who_answers_pings_stays_available_for_hours(rt: Runtime, clock: Clock) -> None:
    streams = Streams()
    open_page(rt, streams, "us_ann")

    run(rt, clock, streams, 900, "us_ann")

    assert state_of(rt, "us_ann") == "available"


def test_a_page_that_is_open_but_answers_nothing_is_out_of_reach_after_its_lease(
    rt: Runtime, clock: Clock
) -> None:
    streams = Streams()
    open_page(rt, streams, "us_ann")

    run(rt, clock, streams, 22)
    assert state_of(rt, "us_ann") == "available"
    run(rt, clock, streams, 2)

    assert state_of(rt, "us_ann") == "unreachable"


def test_a_closed_page_is_out_of_reach_fifteen_seconds_later(rt: Runtime, clock: Clock) -> None:
    streams = Streams()
    open_page(rt, streams, "us_ann")
    stream = streams._by_agent["us_ann"][0]
    run(rt, clock, streams, 10, "us_ann")
    streams.close(stream, rt.now())

    run(rt, clock, streams, 15)
    assert state_of(rt, "us_ann") == "available"
    run(rt, clock, streams, 1)

    assert state_of(rt, "us_ann") == "unreachable"


@pytest.mark.parametrize("arrives", ["here", "at SQL"])
def test_a_pong_that_is_overtaken_by_its_pages_end_holds_nobody(
    rt: Runtime, clock: Clock, arrives: str
) -> None:
    streams = Streams()
    open_page(rt, streams, "us_ann")
    stream = streams._by_agent["us_ann"][0]
    run(rt, clock, streams, 12)
    if arrives == "here":
        streams.answered(stream.session)
    streams.close(stream, rt.now())
    clock.forward(1)
    if arrives == "at SQL":
        assert not streams.answered(stream.session)
        agents.seen(rt, "us_ann")

    run(rt, clock, streams, 16)

    assert state_of(rt, "us_ann") == "unreachable"


def test_all_pongs_of_a_second_are_one_statement_and_sessions_are_told_once_a_minute(
    rt: Runtime, clock: Clock
) -> None:
    streams, told = Streams(), list[str]()
    everybody = ("us_ann", "us_bob", "us_carl")
    for agent_id in everybody:
        open_page(rt, streams, agent_id)
    run(rt, clock, streams, 11, *everybody)
    sqlalchemy_event.listen(rt.store._writer, "before_cursor_execute", lambda *args: told.append(args[2]))

    run(rt, clock, streams, 60, *everybody)

    written = [one.split()[1] for one in told if one.startswith("UPDATE")]
    assert written.count("agent") == 6  # every ten seconds: answers come each five, and eight are to pass
    assert written.count("login_session") == 1
    with rt.store.read() as tx:
        assert all(seen > rt.now() - 11 for seen in tx.scalars(select(Agent.seen_at)))
        assert all(seen > rt.now() - 61 for seen in tx.scalars(select(LoginSession.seen_at)))


def test_an_agent_who_was_out_of_reach_is_back_at_the_first_pong(rt: Runtime, clock: Clock) -> None:
    streams = Streams()
    open_page(rt, streams, "us_ann")
    run(rt, clock, streams, 24)
    assert state_of(rt, "us_ann") == "unreachable"

    streams.answered("s us_ann")
    run(rt, clock, streams, 1)

    assert state_of(rt, "us_ann") == "available"


def test_a_page_that_is_loaded_again_loses_nothing(rt: Runtime, clock: Clock) -> None:
    streams = Streams()
    open_page(rt, streams, "us_ann")
    streams.close(streams._by_agent["us_ann"][0], rt.now())
    run(rt, clock, streams, 2)
    again = open_page(rt, streams, "us_ann", "again")

    run(rt, clock, streams, 60, "us_ann")

    assert state_of(rt, "us_ann") == "available"
    assert len(again.all("desk")) == 1


def test_a_desk_held_by_another_push_process_is_left_alone(rt: Runtime, clock: Clock) -> None:
    here, there = Streams(), Streams()
    open_page(rt, here, "us_ann")
    open_page(rt, there, "us_ann", "elsewhere")
    here.close(here._by_agent["us_ann"][0], rt.now())

    for _ in range(60):
        run(rt, clock, there, 1, "us_ann")
        here.step(rt, rt.now())

    assert state_of(rt, "us_ann") == "available"


def test_a_lost_agent_who_is_ringing_loses_the_ring_too(rt: Runtime, clock: Clock) -> None:
    streams = Streams()
    open_page(rt, streams, "us_ann")
    call(rt, "northwind", "ca_1")
    waiting(rt, "northwind", "ca_1")
    offer_id = ring(rt, "northwind", "ca_1", "us_ann")

    run(rt, clock, streams, 24)

    assert state_of(rt, "us_ann") == "unreachable"
    with rt.store.read() as tx:
        assert tx.scalars(select(Offer.state).where(Offer.id == offer_id)).one() == "withdrawn"


def test_an_agent_in_a_talk_is_not_given_up_for_a_silent_desk(rt: Runtime, clock: Clock) -> None:
    streams = Streams()
    open_page(rt, streams, "us_ann")
    bump(rt, "us_ann", state="on_call")

    run(rt, clock, streams, 60)

    assert state_of(rt, "us_ann") == "on_call"


def test_a_revoked_session_ends_its_stream(rt: Runtime, clock: Clock) -> None:
    streams = Streams()
    page = open_page(rt, streams, "us_ann")
    run(rt, clock, streams, 1)
    with rt.write() as tx:
        tx.execute(update(LoginSession).values(revoked_at=rt.now()))

    run(rt, clock, streams, 6)

    assert page.heard[-1] == ("signed_out", {})
    assert not page.is_open
    assert len(streams) == 0


def test_a_browser_that_opens_stream_after_stream_keeps_the_newest(rt: Runtime) -> None:
    streams = Streams()
    pages = [open_page(rt, streams, "us_ann", f"tab {number}") for number in range(12)]

    assert [page.is_open for page in pages] == [False] * 4 + [True] * 8


def test_a_quiet_second_asks_sql_once(rt: Runtime, clock: Clock) -> None:
    streams = Streams()
    for agent_id in ("us_ann", "us_bob", "us_carl"):
        open_page(rt, streams, agent_id)
    run(rt, clock, streams, 1)
    asked: list[str] = []
    sqlalchemy_event.listen(rt.store._reader, "before_cursor_execute", lambda *args: asked.append(args[2]))
    clock.forward(1)

    streams.step(rt, rt.now())

    assert len([one for one in asked if one.startswith("SELECT")]) == 1
