"""The floor as data: who sees what of whom, places, figures of the merchant's own day, and what it costs SQL."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import update

from panel.day_clock import day_began
from panel.floor import floor
from panel.floor_days import Days
from tests.panel.build import Browser, Clock, call, person, ring, sign_in, waiting
from tests.panel.floor_shop import day_of
from voice.models import Agent, Membership, Merchant, Participation, User, Waiting
from voice.runtime import Runtime

pytestmark = pytest.mark.usefixtures("shops")


@pytest.fixture
def sue(app: Flask) -> Browser:
    """Supervises Northwind."""
    return sign_in(app.test_client(), "sue")


def seen(browser: Browser) -> dict[str, Any]:
    told: dict[str, Any] = browser.get("/api/floor").get_json()
    return told


def figure(told: dict[str, Any], merchant: str | None, queue: str | None) -> dict[str, Any]:
    (row,) = [
        one
        for one in told["figures"]
        if (one["merchant"] or {"id": None})["id"] == merchant and one["queue"] == queue
    ]
    return dict(row)


def test_a_waiting_caller_is_seen_with_queue_place_and_since_when(
    sue: Browser, rt: Runtime, clock: Clock
) -> None:
    for name in ("ca_1", "ca_2"):
        call(rt, "northwind", name, caller_name="Maya")
        waiting(rt, "northwind", name)
        clock.forward(30)

    told = seen(sue)["waiting"]

    assert [(one["call_id"], one["place"], one["entered_at"]) for one in told] == [
        ("ca_1", 1, clock.at - 60),
        ("ca_2", 2, clock.at - 30),
    ]
    assert told[0] == {
        "call_id": "ca_1",
        "merchant": {"id": "northwind", "name": "Northwind Outdoor"},
        "queue": "order_status",
        "place": 1,
        "caller": "+1 202-555-0188",
        "caller_name": "Maya",
        "entered_at": clock.at - 60,
        "state": "waiting",
        "agent": None,
        "came_back": False,
        "limit_seconds": 20,
    }


def test_who_came_back_to_the_head_is_first(sue: Browser, rt: Runtime, clock: Clock) -> None:
    for name, head_at in (("ca_1", None), ("ca_2", clock.at)):
        call(rt, "northwind", name)
        waiting(rt, "northwind", name, head_at=head_at)

    told = seen(sue)["waiting"]

    assert [(one["call_id"], one["place"], one["came_back"]) for one in told] == [
        ("ca_2", 1, True),
        ("ca_1", 2, False),
    ]


def test_a_ring_and_a_connection_are_told_with_the_agent(sue: Browser, rt: Runtime) -> None:
    call(rt, "northwind", "ca_1")
    waiting(rt, "northwind", "ca_1")
    ring(rt, "northwind", "ca_1", "us_ann")
    ringing = seen(sue)
    with rt.write() as tx:
        tx.execute(update(Waiting).values(state="bridging", agent_id="us_ann"))

    assert [(one["state"], one["agent"]) for one in ringing["waiting"]] == [("offered", "Ann")]
    assert [(one["state"], one["agent"]) for one in seen(sue)["waiting"]] == [("connecting", "Ann")]
    (ann,) = [one for one in ringing["agents"] if one["name"] == "Ann"]
    assert (ann["state"], ann["with"]["caller"], ann["with"]["queue"]) == (
        "ringing",
        "+1 202-555-0188",
        "order_status",
    )


def test_who_talks_is_no_longer_waiting(sue: Browser, rt: Runtime, clock: Clock) -> None:
    call(rt, "northwind", "ca_1")
    waiting(rt, "northwind", "ca_1", state="connected")
    with rt.write() as tx:
        tx.add(
            Participation(
                merchant_id="northwind",
                id="pa_1",
                call_id="ca_1",
                offer_id="of_1",
                waiting_id="wt_ca_1",
                agent_id="us_ann",
                state="talking",
                assignment=1,
                room="r",
                leg_sid="CAleg",
                began_at=clock.at,
                joined_at=clock.at + 2,
                held_at=clock.at + 9,
            )
        )
        tx.execute(update(Agent).where(Agent.id == "us_ann").values(state="on_hold"))

    told = seen(sue)

    assert told["waiting"] == []
    (ann,) = [one for one in told["agents"] if one["name"] == "Ann"]
    assert (ann["with"]["since_at"], ann["with"]["held_at"]) == (clock.at + 2, clock.at + 9)


def test_a_supervisor_sees_nothing_of_another_merchant(app: Flask, rt: Runtime, sue: Browser) -> None:
    person(rt, "tess", "tailspin", role="supervisor", desk=False)
    person(rt, "dora", "northwind", "tailspin")
    call(rt, "tailspin", "ca_t", caller_name="A secret")
    waiting(rt, "tailspin", "ca_t")
    ring(rt, "tailspin", "ca_t", "us_dora")
    day_of(rt, "tailspin", "order_status", answered=(5,))

    hers, other = sue.get("/api/floor").get_data(as_text=True), seen(sign_in(app.test_client(), "tess"))

    assert "tailspin" not in hers
    assert "secret" not in hers
    (dora,) = [one for one in seen(sue)["agents"] if one["name"] == "Dora"]
    assert (dora["state"], dora["with"], dora["elsewhere"]) == ("ringing", None, True)
    assert [one["name"] for one in other["agents"]] == ["Carl", "Dora"]
    assert figure(other, "tailspin", "order_status")["answered"] == 1


def test_who_set_an_agents_state_is_named_to_those_alone_who_share_a_merchant_with_them(
    app: Flask, rt: Runtime, sue: Browser
) -> None:
    person(rt, "tess", "tailspin", role="supervisor", desk=False)
    person(rt, "dora", "northwind", "tailspin")
    tess, dora = sign_in(app.test_client(), "tess"), sign_in(app.test_client(), "dora")
    with rt.write() as tx:
        tx.execute(update(Agent).where(Agent.id == "us_dora").values(state="available"))
    assert tess.post("/api/floor/agents/us_dora/state", {"state": "away"}).status_code == 200

    def set_by(browser: Browser) -> str:
        (row,) = [one for one in seen(browser)["agents"] if one["id"] == "us_dora"]
        return str(row["set_by"])

    assert (set_by(tess), set_by(sue)) == ("Tess", "a supervisor")
    assert "Tess" not in sue.get("/api/floor").get_data(as_text=True)
    assert dora.get("/api/desk").get_json()["set_by"] == "Tess"
    with rt.write() as tx:
        tx.delete(tx.get_one(Membership, ("tailspin", "us_dora")))
    assert dora.get("/api/desk").get_json()["set_by"] == "a supervisor"


def test_the_floor_is_of_merchants_that_one_supervises_not_of_those_one_answers_for(
    app: Flask, rt: Runtime
) -> None:
    person(rt, "max", "northwind")
    with rt.write() as tx:
        tx.add(Membership(merchant_id="tailspin", user_id="us_max", role="supervisor"))

    told = seen(sign_in(app.test_client(), "max"))

    assert [one["id"] for one in told["merchants"]] == ["tailspin"]
    assert [one["name"] for one in told["agents"]] == ["Carl"]


def test_agents_have_no_floor(app: Flask) -> None:
    ann = sign_in(app.test_client(), "ann")

    assert ann.get("/api/floor").status_code == 403
    assert ann.get("/floor").status_code == 403
    assert "/floor" not in ann.get("/tickets").get_data(as_text=True)


def test_people_who_watch_and_take_no_calls_begin_at_the_floor(sue: Browser) -> None:
    assert sue.get("/").headers["Location"] == "/floor"
    assert sue.get("/floor").status_code == 200


def test_who_was_disabled_is_not_on_the_floor(sue: Browser, rt: Runtime) -> None:
    with rt.write() as tx:
        tx.execute(update(User).where(User.id == "us_bob").values(disabled_at=rt.now()))

    assert [one["name"] for one in seen(sue)["agents"]] == ["Ann"]


def test_figures_are_told_for_each_queue_each_merchant_and_all(app: Flask, rt: Runtime) -> None:
    person(rt, "olga", "northwind", "tailspin", role="operator", desk=False)
    day_of(rt, "northwind", "orders", answered=(10, 30), abandoned=(3, 90), missed=1, voicemails=2)
    day_of(rt, "northwind", "advice", answered=(4,))
    day_of(rt, "tailspin", "orders", answered=(8,))

    told = seen(sign_in(app.test_client(), "olga"))

    orders = figure(told, "northwind", "orders")
    assert orders == {
        "merchant": {"id": "northwind", "name": "Northwind Outdoor"},
        "queue": "orders",
        "queued": 7,
        "answered": 2,
        "answered_in_time": 1,
        "abandoned": 2,
        "short_abandons": 1,
        "missed": 1,
        "voicemails": 2,
        "callbacks_asked": 0,
        "callbacks_made": 0,
        "callbacks_failed": 0,
        "longest_wait_seconds": 300,
        "speed_of_answer_seconds": 20,
        "service_level": 1 / 3,
        "connect_service_level": 2 / 7,
        "limit_seconds": 20,
        "short_seconds": 5,
    }
    assert figure(told, "northwind", None)["answered"] == 3
    assert figure(told, "northwind", None)["service_level"] == 2 / 4
    assert figure(told, None, None)["answered"] == 4


def test_a_fact_that_is_read_again_counts_once_and_a_late_one_still_counts(
    sue: Browser, rt: Runtime, clock: Clock
) -> None:
    def told() -> int:
        answered: int = figure(seen(sue), "northwind", None)["answered"]
        return answered

    with rt.write() as tx:
        rt.journal.write(tx, "northwind", "ca_1", "enqueued", clock.at, queue="orders")
        rt.journal.write(tx, "northwind", "ca_1", "answered", clock.at, queue="orders", waited=1)
    first, again = told(), told()
    clock.forward(30)
    seen(sue)
    with rt.write() as tx:
        rt.journal.write(tx, "northwind", "ca_2", "enqueued", clock.at - 40, queue="orders")
        rt.journal.write(tx, "northwind", "ca_2", "answered", clock.at - 35, queue="orders", waited=5)

    assert (first, again, told()) == (1, 1, 2)


def test_today_is_the_merchants_own_day(app: Flask, rt: Runtime, clock: Clock) -> None:
    """Shortly after midnight in New York it is 4 o'clock in UTC: yesterday's calls there are gone from the floor."""
    with rt.write() as tx:
        tx.execute(update(Merchant).where(Merchant.id == "northwind").values(timezone="America/New_York"))
    clock.at = datetime(2026, 9, 22, 3, 55, tzinfo=UTC).timestamp()
    sue = sign_in(app.test_client(), "sue")
    day_of(rt, "northwind", "orders", answered=(10,))

    before = figure(seen(sue), "northwind", None)["answered"]
    clock.forward(600)
    after = seen(sue)

    assert (before, figure(after, "northwind", None)["answered"]) == (1, 0)
    assert after["merchants"][0]["day_began_at"] == datetime(2026, 9, 22, 4, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", datetime(2026, 3, 29, 12, tzinfo=UTC), 23),
        ("Europe/Berlin", datetime(2026, 10, 25, 12, tzinfo=UTC), 25),
        ("Asia/Kolkata", datetime(2026, 5, 5, 20, tzinfo=UTC), 24),
    ],
)
def test_a_day_has_as_many_hours_as_its_clocks_say(zone: str, day: datetime, hours: int) -> None:
    now, a_day_later = day.timestamp(), day.timestamp() + 86_400

    assert day_began(zone, now) <= now < day_began(zone, a_day_later)
    assert (day_began(zone, a_day_later) - day_began(zone, now)) / 3600 == hours


@dataclass
class Questions:
    """Counts what is asked of SQL."""

    asked: list[str] = field(default_factory=list)

    def note(self, _conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            self.asked.append(statement)


def test_the_floor_asks_as_few_questions_for_fifty_callers_as_for_one(rt: Runtime, clock: Clock) -> None:
    days, counted = Days(), []
    for number in range(50):
        call(rt, "northwind", f"ca_{number}")
        waiting(rt, "northwind", f"ca_{number}")
        if number == 0:
            ring(rt, "northwind", "ca_0", "us_ann")
        if number in (0, 49):
            questions = Questions()
            with rt.store.read() as tx:
                engine = tx.get_bind()
                sqlalchemy_event.listen(engine, "before_cursor_execute", questions.note)
                floor(tx, rt, days, ("northwind",), clock.at)
                sqlalchemy_event.remove(engine, "before_cursor_execute", questions.note)
            counted.append(len(questions.asked))

    assert counted[0] == counted[1] <= 9
