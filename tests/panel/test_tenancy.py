"""What belongs to another merchant does not exist: for every kind of thing, the answer is 404."""

from dataclasses import dataclass

import pytest
from flask import Flask

from panel import media
from panel.people import Viewer
from tests.panel.build import Browser, call, cookie_of, person, ring, sign_in, ticket, waiting
from voice.models import Recording
from voice.runtime import Runtime

pytestmark = pytest.mark.usefixtures("shops")


@dataclass
class Theirs:
    """Things of Northwind."""

    offer: str
    call: str


@pytest.fixture
def theirs(rt: Runtime) -> Theirs:
    call(rt, "northwind", "ca_n", ended_as="abandoned", ended_at=rt.now())
    waiting(rt, "northwind", "ca_n")
    ticket(rt, "northwind", "ca_n", 1)
    return Theirs(ring(rt, "northwind", "ca_n", "us_ann"), "ca_n")


@pytest.fixture
def carl(app: Flask) -> Browser:
    """Works for Tailspin alone."""
    return sign_in(app.test_client(), "carl")


def test_anothers_ticket_is_not_there(carl: Browser, theirs: Theirs) -> None:
    assert carl.get("/api/tickets/northwind/1").status_code == 404
    assert carl.get("/tickets/northwind/1").status_code == 404
    assert carl.get(f"/api/calls/northwind/{theirs.call}/ticket").status_code == 404
    assert carl.get(f"/calls/northwind/{theirs.call}").status_code == 404


def test_lists_hold_ones_own_merchants_alone(carl: Browser, theirs: Theirs) -> None:
    assert carl.get("/api/tickets").get_json()["tickets"] == []
    assert carl.get("/api/tickets?merchant=northwind").get_json()["total"] == 0
    assert carl.get("/api/missed").get_json()["missed"] == []
    assert carl.get("/api/missed?merchant=northwind").get_json()["total"] == 0


@pytest.mark.parametrize("deed", ["acknowledge", "accept", "decline"])
def test_anothers_ring_cannot_be_touched(carl: Browser, theirs: Theirs, deed: str) -> None:
    assert carl.post(f"/api/offers/{theirs.offer}/{deed}").status_code == 404


@pytest.mark.parametrize("deed", ["acknowledge", "accept", "decline"])
def test_a_colleagues_ring_cannot_be_touched_either(app: Flask, theirs: Theirs, deed: str) -> None:
    bob = sign_in(app.test_client(), "bob")

    assert bob.post(f"/api/offers/{theirs.offer}/{deed}").status_code == 404


@pytest.mark.parametrize("deed", ["hold", "resume", "end"])
def test_anothers_talk_cannot_be_touched(carl: Browser, theirs: Theirs, deed: str) -> None:
    assert carl.post(f"/api/calls/{theirs.call}/{deed}").status_code in (404, 410)


def test_a_link_to_a_recording_is_good_for_nobody_else(
    app: Flask, rt: Runtime, theirs: Theirs, carl: Browser
) -> None:
    with rt.write() as tx:
        tx.add(
            Recording(
                merchant_id="northwind",
                id="re_1",
                call_id="ca_n",
                recording_sid="RE" + "1" * 32,
                account_sid="AC" + "0" * 32,
                kind="call",
                state="stored",
                original_key="northwind/2026/11/re_1.wav",
            )
        )
    mine = sign_in(app.test_client(), "ann")
    link = mine.get("/api/tickets/northwind/1").get_json()["recordings"][0]["url"]

    assert carl.get(link).status_code == 404
    assert sign_in(app.test_client(), "ann").get(link).status_code == 404


def test_a_link_of_ones_own_session_does_not_reach_a_merchant_that_was_taken_away(
    rt: Runtime, app: Flask, carl: Browser
) -> None:
    with app.test_request_context():
        from panel.login import hash_of

        token = cookie_of(carl.client)
        person_then = Viewer("us_carl", "Carl", "", {"northwind": "agent"}, {}, True, hash_of(token), "")
        forged = media.link(rt, person_then, "northwind", "re_1")

    assert carl.get(forged).status_code == 404


def test_equal_numbers_and_ids_of_two_merchants_do_not_collide(rt: Runtime, app: Flask) -> None:
    person(rt, "dora", "northwind", "tailspin")
    for merchant, subject in (("northwind", "A tent"), ("tailspin", "A kite")):
        call(rt, merchant, f"ca_{merchant}", ended_as="answered", ended_at=rt.now())
        ticket(rt, merchant, f"ca_{merchant}", 7, subject=subject)
    dora = sign_in(app.test_client(), "dora")

    assert dora.get("/api/tickets/northwind/7").get_json()["subject"] == "A tent"
    assert dora.get("/api/tickets/tailspin/7").get_json()["subject"] == "A kite"


def test_people_without_a_desk_have_no_rings_and_no_shift(app: Flask) -> None:
    sue = sign_in(app.test_client(), "sue")

    assert sue.post("/api/shift/start").status_code == 403
    assert sue.get("/api/desk").status_code == 403
    assert sue.get("/desk").headers["Location"] == "/floor"
    assert sue.get("/tickets").status_code == 200
