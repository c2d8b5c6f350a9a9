"""What the floor's stream tells, how often, and to whom; without sockets, on a clock that moves when told."""

import json
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy import event as sqlalchemy_event

from panel.floor_push import FloorStreams
from panel.handshake import Refusal, Request
from panel.people import Viewer
from panel.push_server import may_have
from tests.panel.build import Clock, bump, call, person, ring, waiting
from voice import agents
from voice.models import LoginSession, Membership, User
from voice.runtime import Runtime

pytestmark = pytest.mark.usefixtures("shops")


@dataclass
class Page:
    """The other end of a stream."""

    is_open: bool = True
    heard: list[tuple[str, Any]] = field(default_factory=list)

    def write(self, data: bytes) -> bool:
        """What the socket does."""
        name, said = data.decode().strip().split("\n")
        self.heard.append((name.removeprefix("event: "), json.loads(said.removeprefix("data: "))))
        return self.is_open

    def hang_up(self) -> None:
        """What the server does to it."""
        self.is_open = False

    @property
    def floors(self) -> list[Any]:
        """Every floor that was told."""
        return [said for name, said in self.heard if name == "floor"]


def watch(rt: Runtime, streams: FloorStreams, name: str, *merchants: str) -> Page:
    """A page of somebody's that shows the floor."""
    page = Page()
    with rt.write() as tx:
        tx.merge(
            LoginSession(
                token_hash=f"s {name}",
                user_id=f"us_{name}",
                csrf="c",
                created_at=rt.now(),
                seen_at=rt.now(),
                expires_at=rt.now() + 86_400,
            )
        )
    streams.open(f"s {name}", merchants or ("northwind",), page.write, rt.now(), page.hang_up)
    return page


def joins(rt: Runtime, merchant_id: str, call_id: str) -> None:
    """A caller joins a queue, as a turn leaves it."""
    call(rt, merchant_id, call_id)
    waiting(rt, merchant_id, call_id)
    with rt.write() as tx:
        rt.journal.write(tx, merchant_id, call_id, "enqueued", rt.now(), queue="order_status")


def seconds(rt: Runtime, clock: Clock, streams: FloorStreams, count: int) -> None:
    for _ in range(count):
        clock.forward(1)
        streams.step(rt, rt.now())


def test_a_page_that_connects_is_told_the_whole_floor(rt: Runtime) -> None:
    streams = FloorStreams()
    page = watch(rt, streams, "sue")

    streams.step(rt, rt.now())

    (told,) = page.floors
    assert [one["name"] for one in told["agents"]] == ["Ann", "Bob"]
    assert told["now"] == rt.now()


def test_a_floor_on_which_nothing_happens_is_told_once(rt: Runtime, clock: Clock) -> None:
    streams = FloorStreams()
    page = watch(rt, streams, "sue")

    seconds(rt, clock, streams, 90)

    assert len(page.floors) == 1


@pytest.mark.parametrize("quiet_seconds", [5, 200])
def test_a_caller_who_joins_is_told_within_two_seconds(rt: Runtime, clock: Clock, quiet_seconds: int) -> None:
    streams = FloorStreams()
    page = watch(rt, streams, "sue")
    seconds(rt, clock, streams, quiet_seconds)
    joins(rt, "northwind", "ca_1")

    seconds(rt, clock, streams, 2)

    assert [one["call_id"] for one in page.floors[-1]["waiting"]] == ["ca_1"]


def test_an_agents_change_is_told_at_once_when_push_is_nudged(rt: Runtime, clock: Clock) -> None:
    streams = FloorStreams()
    page = watch(rt, streams, "sue")
    seconds(rt, clock, streams, 3)
    clock.forward(0.3)
    agents.go_away(rt, "us_ann", "lunch")

    streams.hasten(rt, rt.now())

    (ann,) = [one for one in page.floors[-1]["agents"] if one["name"] == "Ann"]
    assert (ann["state"], ann["reason"]) == ("away", "lunch")


def test_many_changes_are_told_at_most_each_two_seconds_and_the_last_one_is(
    rt: Runtime, clock: Clock
) -> None:
    streams = FloorStreams()
    page = watch(rt, streams, "sue")
    streams.step(rt, rt.now())
    for number in range(60):
        clock.forward(0.1)
        bump(rt, "us_ann", state="away", reason=f"break {number}")
        streams.hasten(rt, rt.now())
    moments = [told["now"] for told in page.floors]

    while streams.due_at() < float("inf"):  # as the server's loop does
        clock.at = streams.due_at()
        streams.hasten(rt, rt.now())

    assert 3 <= len(moments) <= 4
    assert all(after - before >= 2 for before, after in pairwise(moments))
    assert page.floors[-1]["agents"][0]["reason"] == "break 59"


def test_who_was_told_a_moment_ago_is_told_again_when_the_two_seconds_are_over(
    rt: Runtime, clock: Clock
) -> None:
    streams = FloorStreams()
    page = watch(rt, streams, "sue")
    streams.step(rt, rt.now())
    told_at = rt.now()
    clock.forward(0.5)
    bump(rt, "us_ann", state="away")
    streams.hasten(rt, rt.now())

    assert len(page.floors) == 1
    assert streams.due_at() == told_at + 2


def test_another_merchants_calls_are_neither_told_nor_a_reason_to_tell(rt: Runtime, clock: Clock) -> None:
    streams = FloorStreams()
    page = watch(rt, streams, "sue")
    seconds(rt, clock, streams, 3)
    joins(rt, "tailspin", "ca_t")
    ring(rt, "tailspin", "ca_t", "us_carl")

    seconds(rt, clock, streams, 5)

    assert len(page.floors) == 1


def test_people_of_the_same_merchants_are_told_the_same_by_one_look(rt: Runtime, clock: Clock) -> None:
    person(rt, "tom", "northwind", role="admin", desk=False)
    streams, asked = FloorStreams(), []
    pages = [watch(rt, streams, "sue"), watch(rt, streams, "tom")]
    seconds(rt, clock, streams, 5)
    joins(rt, "northwind", "ca_1")
    clock.forward(1)
    with rt.store.read() as tx:
        engine = tx.get_bind()

    def note(*told: Any) -> None:
        asked.extend([told[2]] if told[2].startswith("SELECT") else [])

    sqlalchemy_event.listen(engine, "before_cursor_execute", note)
    streams.hasten(rt, rt.now())
    changed = len(asked)
    clock.forward(2)
    streams.hasten(rt, rt.now())
    sqlalchemy_event.remove(engine, "before_cursor_execute", note)

    assert pages[0].floors == pages[1].floors
    assert changed <= 9
    assert len(asked) - changed == 1, "a floor that did not change costs one question"


def test_midnight_empties_the_figures_without_any_call(rt: Runtime, clock: Clock) -> None:
    clock.at = 1_790_035_190.0  # ten seconds before midnight, UTC
    streams = FloorStreams()
    page = watch(rt, streams, "sue")
    with rt.write() as tx:
        rt.journal.write(tx, "northwind", "ca_1", "enqueued", clock.at, queue="orders")

    seconds(rt, clock, streams, 12)

    assert [told["figures"][-1]["queued"] for told in page.floors] == [1, 0]


def test_a_stream_ends_with_its_session_its_role_or_its_person(rt: Runtime, clock: Clock) -> None:
    person(rt, "tom", "northwind", role="admin", desk=False)
    person(rt, "una", "northwind", role="supervisor", desk=False)
    streams = FloorStreams()
    pages = [watch(rt, streams, name) for name in ("sue", "tom", "una")]
    seconds(rt, clock, streams, 2)
    with rt.write() as tx:
        tx.execute(update(LoginSession).where(LoginSession.user_id == "us_sue").values(revoked_at=rt.now()))
        tx.execute(update(Membership).where(Membership.user_id == "us_tom").values(role="agent"))
        tx.execute(update(User).where(User.id == "us_una").values(disabled_at=rt.now()))

    seconds(rt, clock, streams, 6)

    assert [page.is_open for page in pages] == [False, False, False]
    assert [page.heard[-1][0] for page in pages] == ["signed_out"] * 3
    assert len(streams) == 0


def test_who_loses_one_of_two_merchants_sees_the_other_alone(rt: Runtime, clock: Clock) -> None:
    person(rt, "olga", "northwind", "tailspin", role="operator", desk=False)
    streams = FloorStreams()
    page = watch(rt, streams, "olga", "northwind", "tailspin")
    seconds(rt, clock, streams, 2)
    with rt.write() as tx:
        tx.execute(
            delete(Membership).where(Membership.user_id == "us_olga", Membership.merchant_id == "tailspin")
        )

    seconds(rt, clock, streams, 8)

    assert [len(told["merchants"]) for told in page.floors] == [2, 1]


def test_a_silent_floor_is_pinged_each_five_seconds(rt: Runtime, clock: Clock) -> None:
    streams = FloorStreams()
    page = watch(rt, streams, "sue")

    seconds(rt, clock, streams, 21)

    assert [name for name, _ in page.heard].count("ping") == 4


def test_of_nine_pages_in_one_browser_the_oldest_ends(rt: Runtime) -> None:
    streams = FloorStreams()
    pages = [watch(rt, streams, "sue") for _ in range(9)]

    assert [page.is_open for page in pages] == [False] + [True] * 8


def viewer(role: str, has_desk: bool) -> Viewer:
    return Viewer("us_x", "X", "", {"northwind": role}, {}, has_desk, "s", "c")


@pytest.mark.parametrize(
    ("role", "has_desk", "query", "told"),
    [
        ("supervisor", False, "floor=1", "floor"),
        ("admin", True, "floor=1", "floor"),
        ("operator", True, "", "desk"),
        ("agent", True, "", "desk"),
        ("agent", True, "floor=1", "403"),
        ("supervisor", False, "", "403"),
        ("supervisor", False, "floor=yes", "403"),
    ],
)
def test_a_stream_is_the_floors_when_it_asks_for_it_and_may(
    role: str, has_desk: bool, query: str, told: str
) -> None:
    try:
        got = "floor" if may_have(viewer(role, has_desk), Request("GET", "/stream", query=query)) else "desk"
    except Refusal as no:
        got = str(no.status)

    assert got == told
