"""Callers' recordings and tickets, from the call itself, with the carrier's stand-in at the other end."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from recordings.story import story
from recordings.tickets import recordings_of
from tests.journeys.shop import Shop
from tests.recordings.house import kept
from voice import models

MESSAGE = """
flow_version: 1
merchant: northwind
name: Northwind Outfitters
timezone: America/New_York
numbers: ["+12025550100"]
start: message
fallback: message
steps:
  message:
    voicemail: "Please leave a message after the tone."
    next: goodbye
  goodbye:
    hangup: "Thank you. Goodbye."
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.sim.assert_quiet()


def told(shop: Shop) -> list[str]:
    """The story on the one ticket."""
    (ticket,) = shop.rows(models.Ticket)
    shop.facts()
    with shop.rt.store.read() as tx:
        return [line.text for line in story(tx, ticket.merchant_id, ticket.call_id)]


def test_a_message_becomes_a_ticket_that_plays_it(tmp_path: Path) -> None:
    shop = Shop(tmp_path, flow=MESSAGE)
    caller = shop.rings_up()
    caller.hears("Please leave a message")
    shop.waits(2)
    caller.says("My parcel is lost.", 6)
    caller.waits(7)
    caller.hangs_up()
    shop.waits(20)

    (ticket,) = shop.rows(models.Ticket)
    (recording,) = shop.rows(models.Recording)
    assert ticket.subject == "Voicemail from +1 202-555-0188"
    assert (recording.kind, recording.state, recording.channels) == ("voicemail", "stored", 1)
    original = kept(shop.rt, recording.original_key)
    assert (sha256(original).hexdigest(), len(original)) == (
        recording.original_sha256,
        recording.original_bytes,
    )
    assert any(line.startswith("The caller left a message of") for line in told(shop))
    shop.sim.assert_quiet()


def test_who_hangs_up_while_waiting_is_a_missed_call_with_a_ticket(shop: Shop) -> None:
    caller = shop.joins_queue()
    shop.waits(12)
    caller.hangs_up()
    shop.waits(5)

    (ticket,) = shop.rows(models.Ticket)
    assert ticket.subject == "Missed call from +1 202-555-0188"
    assert shop.rows(models.Recording) == []
    assert any(line.startswith("The caller hung up while waiting after") for line in told(shop))
    assert told(shop)[-1] == "Ticket 1 was opened"


def test_a_caller_who_was_given_back_to_the_queue_has_both_recordings_on_one_ticket(shop: Shop) -> None:
    caller = shop.talk(seconds=10)
    shop.ann.closes_laptop()
    shop.ben.starts_shift()
    shop.ben.rings(within=60)
    shop.ben.accepts()
    shop.ben.talks_to(caller)
    shop.waits(8)
    caller.hangs_up()
    shop.waits(20)

    (ticket,) = shop.rows(models.Ticket)
    assert ticket.subject == "Call from +1 202-555-0188 answered by Ben"
    with shop.rt.store.read() as tx:
        sounds = recordings_of(tx, ticket.merchant_id, ticket.call_id)
    assert [one.state for one in sounds] == ["stored", "stored"]
    lines = told(shop)
    assert "Ann’s phone was lost; the caller hears music" in lines
    assert lines.index("The caller pressed 1: orders line") < lines.index("Offered to Ann")
