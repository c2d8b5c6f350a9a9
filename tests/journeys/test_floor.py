"""Whoever watches over the floor sees a call's way through it, told by real calls."""

from typing import Any

import pytest

from panel.floor import floor
from panel.floor_days import Days
from tests.journeys.shop import Shop


class Watched:
    """The floor of the shop, read as often as asked."""

    def __init__(self, shop: Shop) -> None:
        self._shop, self._days = shop, Days()

    def __call__(self) -> dict[str, Any]:
        with self._shop.rt.store.read() as tx:
            return floor(tx, self._shop.rt, self._days, ("northwind",), self._shop.now)

    @property
    def orders(self) -> dict[str, Any]:
        """Today's figures of the queue."""
        (row,) = [row for row in self()["figures"] if row["queue"] == "orders"]
        return dict(row)


@pytest.mark.both_stores
def test_a_call_is_seen_waiting_ringing_talking_and_in_the_figures(shop: Shop) -> None:
    watched = Watched(shop)
    caller = shop.joins_queue()
    shop.waits(8)
    waiting = watched()["waiting"]
    shop.ann.starts_shift()
    shop.ann.rings()
    ringing = watched()
    shop.ann.accepts()
    shop.ann.talks_to(caller)
    talking = watched()

    assert [(one["state"], one["place"], one["agent"]) for one in waiting] == [("waiting", 1, None)]
    assert [(one["state"], one["agent"]) for one in ringing["waiting"]] == [("offered", "Ann")]
    assert talking["waiting"] == []
    ann, ben = talking["agents"]
    assert (ann["state"], ann["with"]["caller"], ann["with"]["queue"]) == (
        "on_call",
        "+1 202-555-0188",
        "orders",
    )
    assert (ben["state"], ben["with"]) == ("offline", None)
    assert (watched.orders["answered"], watched.orders["service_level"]) == (1, 1.0)
    assert 8 <= watched.orders["speed_of_answer_seconds"] <= 20


def test_who_hangs_up_and_who_is_sent_to_the_voicemail_is_counted(shop: Shop) -> None:
    watched = Watched(shop)
    lasting, patient = shop.joins_queue(), shop.joins_queue()
    shop.joins_queue().hangs_up()
    shop.waits(60)
    patient.hangs_up()
    shop.waits(600)
    lasting.hears("Please leave a message")
    lasting.hangs_up()
    shop.waits(5)

    row = watched.orders

    assert (row["queued"], row["answered"], row["abandoned"], row["short_abandons"]) == (3, 0, 2, 1)
    assert row["missed"] == 1
    assert row["service_level"] == 0
    assert row["longest_wait_seconds"] == pytest.approx(600, abs=5)
