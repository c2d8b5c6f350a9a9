"""Tickets and missed calls: found, filtered, sorted, paged, told and heard."""

import io
from typing import Any

import pytest
from flask import Flask

from recordings.storage import open_storage
from tests.panel.build import Browser, Clock, call, sign_in, ticket
from voice.models import Recording
from voice.runtime import Runtime

pytestmark = pytest.mark.usefixtures("shops")
SOUND = bytes(range(256)) * 40
KEY = "northwind/2026/11/re_1.wav"


@pytest.fixture
def ann(app: Flask) -> Browser:
    return sign_in(app.test_client(), "ann")


@pytest.fixture
def three(rt: Runtime) -> None:
    """Three tickets of Northwind."""
    for number, caller, name, waited, ended in [
        (1, "+12025550111", "Maya Lin", 12.0, "answered"), (2, "+12025550122", "Otto 100%", 95.0, "abandoned"), (3, "", "", None, "voicemail"),
    ]:  # fmt: skip
        call(
            rt,
            "northwind",
            f"ca_{number}",
            caller=caller,
            caller_name=name,
            waited_seconds=waited,
            ended_as=ended,
            started_at=rt.now() + number,
            ended_at=rt.now() + 60,
        )
        ticket(
            rt,
            "northwind",
            f"ca_{number}",
            number,
            agent_id="us_ann" if number == 1 else None,
            created_at=rt.now() + number,
            subject=f"Subject {number}",
        )


def stored(rt: Runtime, **values: Any) -> None:
    """A recording of call 1."""
    open_storage(rt.settings.storage_url).put(KEY, io.BytesIO(SOUND))
    with rt.write() as tx:
        tx.add(
            Recording(
                merchant_id="northwind",
                id="re_1",
                call_id="ca_1",
                recording_sid="RE" + "1" * 32,
                account_sid="AC" + "0" * 32,
                **{
                    "kind": "call",
                    "state": "stored",
                    "channels": 2,
                    "seconds": 31.0,
                    "original_key": KEY,
                    **values,
                },
            )
        )


def numbers(ann: Browser, query: str = "") -> list[int]:
    """The numbers of the tickets listed."""
    return [row["number"] for row in ann.get(f"/api/tickets{query}").get_json()["tickets"]]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(("query", "found"), [
    ("", [3, 2, 1]), ("?sort=number", [1, 2, 3]), ("?sort=-waited", [2, 1, 3]), ("?q=maya", [1]), ("?q=0122", [2]),
    ("?q=%2B1 202-555-0111", [1]), ("?q=%232", [2]), ("?q=subject 3", [3]), ("?q=100%25", [2]), ("?q=%25", [2]), ("?q=_", []),
    ("?ended_as=voicemail", [3]), ("?agent=me", [1]), ("?merchant=northwind&q=maya", [1]), ("?merchant=tailspin", []),
    ("?status=closed", []), ("?page=2", []),
])  # fmt: skip
def test_a_list_shows_what_was_asked_for(ann: Browser, query: str, found: list[int]) -> None:
    assert numbers(ann, query) == found


@pytest.mark.parametrize("query", ["?sort=colour", "?page=0", "?page=x", "?page=999999999999999999999"])
def test_a_list_says_what_it_cannot_do(ann: Browser, query: str) -> None:
    answer = ann.get(f"/api/tickets{query}")

    assert answer.status_code == 400
    assert answer.get_json()["message"]


def test_a_long_list_comes_in_pages(ann: Browser, rt: Runtime) -> None:
    for number in range(1, 121):
        call(rt, "northwind", f"ca_{number}", ended_as="answered", ended_at=rt.now())
        ticket(rt, "northwind", f"ca_{number}", number)

    last = ann.get("/api/tickets?sort=number&page=3").get_json()

    assert (last["total"], last["pages"], last["page"]) == (120, 3, 3)
    assert [row["number"] for row in last["tickets"]] == list(range(101, 121))
    page = ann.get("/tickets?sort=number&page=3").get_data(as_text=True)
    assert "101–120 of 120" in page
    assert 'rel="prev" href="/tickets?sort=number&amp;page=2"' in page
    assert 'rel="next"' not in page


@pytest.mark.usefixtures("three")
def test_who_hung_up_while_waiting_is_missed_with_number_and_wait(ann: Browser) -> None:
    rows = ann.get("/api/missed").get_json()["missed"]

    assert [(row["caller"], row["ended_as"], row["waited_seconds"], row["ticket"]) for row in rows] == [
        ("withheld number", "voicemail", None, 3), ("+1 202-555-0122", "abandoned", 95.0, 2)]  # fmt: skip


def test_a_missed_call_is_listed_before_its_ticket_is_written(ann: Browser, rt: Runtime) -> None:
    call(rt, "northwind", "ca_9", ended_as="abandoned", ended_at=rt.now(), waited_seconds=40.0)

    assert ann.get("/api/missed").get_json()["missed"][0]["ticket"] is None
    assert "being written" in ann.get("/missed").get_data(as_text=True)


def test_empty_lists_say_what_will_be_there(ann: Browser) -> None:
    assert "No tickets yet" in ann.get("/tickets").get_data(as_text=True)
    assert "No ticket matches" in ann.get("/tickets?q=zzz").get_data(as_text=True)
    assert "Nobody was missed" in ann.get("/missed").get_data(as_text=True)


@pytest.mark.usefixtures("three")
def test_a_ticket_tells_the_story_in_order(ann: Browser, rt: Runtime, clock: Clock) -> None:
    with rt.write() as tx:
        for seconds, kind in ((0, "call_started"), (9, "enqueued"), (21, "answered"), (60, "call_ended")):
            rt.journal.write(tx, "northwind", "ca_1", kind, clock.at + seconds, queue="order_status")

    found = ann.get("/api/tickets/northwind/1").get_json()

    assert [line["kind"] for line in found["story"]] == ["call_started", "enqueued", "answered", "call_ended"]
    assert all(line["text"] for line in found["story"])
    page = ann.get("/tickets/northwind/1").get_data(as_text=True)
    assert "+1 202-555-0111" in page
    assert "Maya Lin" in page
    assert "This call was not recorded." in page


@pytest.mark.usefixtures("three")
def test_a_recording_plays_whole_and_in_ranges(ann: Browser, rt: Runtime) -> None:
    stored(rt)
    link = ann.get("/api/tickets/northwind/1").get_json()["recordings"][0]["url"]

    whole = ann.get(link)
    middle = ann.get(link, headers={"Range": "bytes=100-199"})
    end = ann.get(link, headers={"Range": "bytes=-50"})
    rest = ann.get(link, headers={"Range": "bytes=10000-"})

    assert (whole.status_code, whole.data, whole.content_type) == (200, SOUND, "audio/wav")
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert "no-store" in whole.headers["Cache-Control"]
    assert whole.headers["Content-Disposition"] == 'inline; filename="recording.wav"'
    assert (middle.status_code, middle.data) == (206, SOUND[100:200])
    assert middle.headers["Content-Range"] == f"bytes 100-199/{len(SOUND)}"
    assert (end.status_code, end.data) == (206, SOUND[-50:])
    assert (rest.status_code, rest.data) == (206, SOUND[10000:])


@pytest.mark.usefixtures("three")
def test_the_carriers_own_bytes_can_be_had_beside_the_levelled_copy(ann: Browser, rt: Runtime) -> None:
    levelled = "northwind/2026/11/re_1.play.wav"
    open_storage(rt.settings.storage_url).put(levelled, io.BytesIO(b"levelled"))
    stored(rt, playable_key=levelled)

    recording = ann.get("/api/tickets/northwind/1").get_json()["recordings"][0]

    assert ann.get(recording["url"]).data == b"levelled"
    assert ann.get(recording["original_url"]).data == SOUND


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=0-1,5-9"])
def test_a_range_beyond_the_end_or_a_second_range_is_turned_down(
    ann: Browser, rt: Runtime, asked: str
) -> None:
    stored(rt)
    link = ann.get("/api/tickets/northwind/1").get_json()["recordings"][0]["url"]

    assert ann.get(link, headers={"Range": asked}).status_code == 416


@pytest.mark.usefixtures("three")
def test_a_link_ends_after_five_minutes_and_a_new_one_is_given(
    ann: Browser, rt: Runtime, clock: Clock
) -> None:
    stored(rt)
    link = ann.get("/api/tickets/northwind/1").get_json()["recordings"][0]["url"]
    clock.forward(300)
    assert ann.get(link).status_code == 200
    clock.forward(1)

    assert ann.get(link).status_code == 410
    assert ann.get(ann.get("/api/tickets/northwind/1").get_json()["recordings"][0]["url"]).status_code == 200


@pytest.mark.usefixtures("three")
def test_a_link_that_was_changed_opens_nothing(ann: Browser, rt: Runtime) -> None:
    stored(rt)
    link = ann.get("/api/tickets/northwind/1").get_json()["recordings"][0]["url"]

    assert ann.get(link[:-9] + ("A" if link[-9] != "A" else "B") + link[-8:]).status_code == 404
    assert ann.get("/media/nonsense").status_code == 404


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(("state", "words"), [
    ("completed", "The recording is being fetched."), ("failed", "could not be stored"), ("absent", "made no recording")])  # fmt: skip
def test_a_recording_that_cannot_be_played_says_why(
    ann: Browser, rt: Runtime, state: str, words: str
) -> None:
    stored(rt, state=state, original_key=None)

    assert ann.get("/api/tickets/northwind/1").get_json()["recordings"][0]["url"] is None
    assert words in ann.get("/tickets/northwind/1").get_data(as_text=True)


@pytest.mark.usefixtures("three")
def test_a_file_that_is_gone_is_not_an_error_of_ours(ann: Browser, rt: Runtime) -> None:
    stored(rt)
    link = ann.get("/api/tickets/northwind/1").get_json()["recordings"][0]["url"]
    open_storage(rt.settings.storage_url).delete(KEY)

    assert ann.get(link).status_code == 404


def test_a_calls_address_leads_to_its_ticket_once_it_is_written(ann: Browser, rt: Runtime) -> None:
    call(rt, "northwind", "ca_1")
    before = ann.get("/calls/northwind/ca_1")
    ticket(rt, "northwind", "ca_1", 5)

    assert "being written" in before.get_data(as_text=True)
    assert ann.get("/calls/northwind/ca_1").headers["Location"] == "/tickets/northwind/5"


def test_a_ticket_number_beyond_all_numbers_is_just_not_there(ann: Browser) -> None:
    assert ann.get("/api/tickets/northwind/99999999999999999999").status_code == 404
