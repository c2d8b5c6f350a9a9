"""The desk by HTTP, as a page or a script uses it."""

import pytest
from flask import Flask
from sqlalchemy import select, update

from panel import snapshot
from tests.panel.build import Browser, Clock, bump, call, person, ring, sign_in, ticket, waiting
from voice.models import Agent, Offer, Participation
from voice.runtime import Runtime
from voice.store import StoreAway

pytestmark = pytest.mark.usefixtures("shops")


@pytest.fixture
def ann(app: Flask) -> Browser:
    return sign_in(app.test_client(), "ann")


def talk(rt: Runtime, call_id: str, state: str = "talking", **values: object) -> None:
    """Ann in a talk."""
    with rt.write() as tx:
        tx.add(
            Participation(
                merchant_id="northwind",
                id=f"pa_{call_id}",
                call_id=call_id,
                offer_id="of_1",
                waiting_id=None,
                agent_id="us_ann",
                state=state,
                assignment=1,
                room=f"{call_id}-1",
                leg_sid="CAleg",
                began_at=rt.now(),
                **{"joined_at": rt.now(), **values},
            )
        )


def test_a_shift_begins_breaks_and_ends(ann: Browser, rt: Runtime) -> None:
    bump(rt, "us_ann", state="offline")

    seen = [ann.post(path, body).get_json() for path, body in [
        ("/api/shift/start", {}), ("/api/away", {"reason": "lunch"}), ("/api/available", {}), ("/api/shift/end", {})]]  # fmt: skip

    assert [(one["state"], one["reason"]) for one in seen] == [
        ("available", ""),
        ("away", "lunch"),
        ("available", ""),
        ("offline", ""),
    ]


def test_each_answer_is_the_desk_as_the_stream_would_send_it(ann: Browser, rt: Runtime) -> None:
    answer = ann.post("/api/away", {"reason": "lunch"}).get_json()

    with rt.store.read() as tx:
        assert answer == snapshot.desk(tx, "us_ann", rt.now())
    assert answer == ann.get("/api/desk").get_json()


@pytest.mark.parametrize("body", [{"reason": 5}, {"reason": "x" * 41}, ["lunch"]])
def test_a_reason_that_is_no_short_text_is_turned_down(ann: Browser, body: object) -> None:
    answer = ann.client.post("/api/away", json=body, headers={"X-CSRF-Token": ann.csrf})

    assert answer.status_code == 400
    assert answer.get_json()["error"] == "bad_request"


def test_a_ring_is_confirmed_and_accepted(ann: Browser, rt: Runtime) -> None:
    call(rt, "northwind", "ca_1")
    waiting(rt, "northwind", "ca_1")
    offer_id = ring(rt, "northwind", "ca_1", "us_ann")

    assert ann.post(f"/api/offers/{offer_id}/acknowledge").status_code == 200
    assert ann.get("/api/desk").get_json()["offer"]["state"] == "ringing"
    accepted = ann.post(f"/api/offers/{offer_id}/accept").get_json()

    assert accepted["offer"] == offer_id
    assert accepted["account_sid"] == "AC" + "0" * 32
    desk = ann.get("/api/desk").get_json()
    assert (desk["state"], desk["offer"]["state"], desk["talk"]) == ("on_call", "accepted", None)


def test_a_ring_that_is_over_answers_gone(ann: Browser, rt: Runtime) -> None:
    call(rt, "northwind", "ca_1")
    waiting(rt, "northwind", "ca_1")
    offer_id = ring(rt, "northwind", "ca_1", "us_ann")
    with rt.write() as tx:
        tx.execute(update(Offer).values(state="withdrawn"))

    answer = ann.post(f"/api/offers/{offer_id}/accept")

    assert answer.status_code == 410
    assert answer.get_json()["error"] == "gone"


def test_a_declined_ring_leaves_the_desk(ann: Browser, rt: Runtime) -> None:
    call(rt, "northwind", "ca_1")
    waiting(rt, "northwind", "ca_1")
    offer_id = ring(rt, "northwind", "ca_1", "us_ann")

    assert ann.post(f"/api/offers/{offer_id}/decline").status_code == 200

    desk = ann.get("/api/desk").get_json()
    assert (desk["state"], desk["offer"]) == ("available", None)


def test_the_wait_is_counted_from_joining_the_queue_not_from_the_ring(
    ann: Browser, rt: Runtime, clock: Clock
) -> None:
    call(rt, "northwind", "ca_1")
    waiting(rt, "northwind", "ca_1")
    clock.forward(95)
    ring(rt, "northwind", "ca_1", "us_ann")
    clock.forward(3)

    assert ann.get("/api/desk").get_json()["offer"]["waited_seconds"] == 98


def test_a_withheld_number_is_said_in_words(ann: Browser, rt: Runtime) -> None:
    call(rt, "northwind", "ca_1", caller="")
    waiting(rt, "northwind", "ca_1")
    ring(rt, "northwind", "ca_1", "us_ann")

    assert ann.get("/api/desk").get_json()["offer"]["caller"] == "withheld number"


def test_a_talk_shows_since_when_and_whether_the_caller_is_on_hold(
    ann: Browser, rt: Runtime, clock: Clock
) -> None:
    call(rt, "northwind", "ca_1")
    talk(rt, "ca_1", held_at=rt.now() + 5)

    shown = ann.get("/api/desk").get_json()["talk"]

    assert (shown["held"], shown["held_at"], shown["joined_at"]) == (True, clock.at + 5, clock.at)


def test_a_lost_phone_is_told_to_come_back_at_the_same_account(ann: Browser, rt: Runtime) -> None:
    call(rt, "northwind", "ca_1")
    talk(rt, "ca_1", state="vanished", until_at=rt.now() + 15)

    assert ann.get("/api/desk").get_json()["rejoin"] == {
        "offer": "of_1",
        "account_sid": "AC" + "0" * 32,
        "until_at": rt.now() + 15,
    }


def test_wrap_up_names_the_call_that_it_is_about(ann: Browser, rt: Runtime, clock: Clock) -> None:
    for number, seconds in (("1", 30.0), ("2", 90.0)):
        call(rt, "northwind", f"ca_{number}")
        talk(rt, f"ca_{number}", state="ended", ended_at=rt.now() + seconds)
        clock.forward(300)
    ticket(rt, "northwind", "ca_2", 12)
    bump(rt, "us_ann", state="wrap_up", until_at=rt.now() + 30)

    desk = ann.get("/api/desk").get_json()

    assert (desk["wrap_up"]["call_id"], desk["wrap_up"]["ticket"], desk["wrap_up"]["talked_seconds"]) == (
        "ca_2",
        12,
        90.0,
    )
    assert desk["until_at"] == rt.now() + 30
    assert ann.post("/api/wrap-up/end").get_json()["state"] == "available"


def test_wrap_up_cannot_be_ended_twice(ann: Browser) -> None:
    answer = ann.post("/api/wrap-up/end")

    assert (answer.status_code, answer.get_json()["error"]) == (409, "not_now")


def test_many_desks_cost_as_many_questions_as_one(rt: Runtime) -> None:
    from sqlalchemy import event

    names = [person(rt, f"agent{number}", "northwind") for number in range(20)]
    for number, name in enumerate(names):
        call(rt, "northwind", f"ca_{number}")
        waiting(rt, "northwind", f"ca_{number}")
        ring(rt, "northwind", f"ca_{number}", name)
    asked: list[str] = []
    event.listen(
        rt.store._reader,
        "before_cursor_execute",
        lambda *args: asked.append(args[2]) if args[2] != "BEGIN" else None,
    )

    with rt.store.read() as tx:
        snapshot.desk(tx, names[0], rt.now())
        of_one = len(asked)
        shots = snapshot.desks(tx, names, rt.now())

    assert len(asked) - of_one == of_one
    assert {shot["offer"]["call_id"] for shot in shots.values()} == {f"ca_{number}" for number in range(20)}


def test_an_answered_ping_is_remembered(ann: Browser, rt: Runtime, clock: Clock) -> None:
    clock.forward(60)

    assert ann.post("/api/pong").status_code == 204

    with rt.store.read() as tx:
        assert tx.scalars(select(Agent.seen_at).where(Agent.id == "us_ann")).one() == clock.at


def test_while_the_database_is_away_the_desk_is_told_when_to_ask_again(
    ann: Browser, rt: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise StoreAway("no answer")

    monkeypatch.setattr(rt.store, "read", away)

    answer = ann.get("/api/desk")

    assert answer.status_code == 503
    assert answer.get_json()["error"] == "store_away"
    assert answer.headers["Retry-After"] == "2"
    assert ann.get("/tickets").status_code == 503


def test_the_desk_page_holds_no_script_or_style_of_its_own(ann: Browser) -> None:
    page = ann.get("/desk").get_data(as_text=True)

    assert "<style" not in page
    assert " style=" not in page
    assert " onclick" not in page
    assert 'type="application/json" id="settings"' in page


def test_a_name_with_markup_in_it_stays_a_name(ann: Browser, rt: Runtime) -> None:
    call(
        rt,
        "northwind",
        "ca_1",
        caller_name="<img src=x onerror=alert(1)>",
        ended_as="abandoned",
        ended_at=rt.now(),
    )
    ticket(rt, "northwind", "ca_1", 1, subject="</script><script>alert(1)</script>")

    for path in ("/tickets", "/tickets/northwind/1", "/missed"):
        page = ann.get(path).get_data(as_text=True)
        assert "<img src=x" not in page
        assert "<script>alert" not in page
