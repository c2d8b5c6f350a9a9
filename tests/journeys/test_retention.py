"""Recordings are kept as long as the merchant says, here and at the carrier, and the ticket tells what became of them."""

from pathlib import Path

import pytest
from sqlalchemy import update

from recordings.retention import DAY_SECONDS, EVERY_SECONDS, expire_recordings
from recordings.story import story
from simulator.recordings import RecordingStatus
from tests.journeys.northwind import FLOW
from tests.journeys.shop import Shop
from voice import models

KEPT = FLOW.replace("recording:\n", "retention: {recordings: 30d}\nrecording:\n")


def talked(shop: Shop, days_ago: float) -> models.Recording:
    """A recorded talk of some days ago."""
    shop.talk().hangs_up()
    shop.waits(5)
    with shop.rt.write() as tx:
        tx.execute(update(models.Recording).values(started_at=shop.now - days_ago * DAY_SECONDS))
    recording: models.Recording = shop.only(models.Recording)
    assert recording.state == "stored"
    return recording


def files(shop: Shop) -> list[str]:
    root = shop.rt.settings.storage_url.removeprefix("file:")
    return sorted(one.name for one in Path(root).rglob("*") if one.is_file())


@pytest.mark.both_stores
def test_after_its_days_a_recording_is_erased_here_and_at_the_carrier_and_the_ticket_says_so(
    shop: Shop,
) -> None:
    shop.publishes(KEPT)
    before = talked(shop, days_ago=30.1)
    assert len(files(shop)) == 3

    assert expire_recordings(shop.rt) == 1
    shop.waits(3)

    erased = shop.only(models.Recording)
    assert (erased.state, erased.original_key, erased.playable_key) == ("erased", None, None)
    assert erased.erased_at is not None
    assert erased.original_sha256 == before.original_sha256
    assert files(shop) == []
    assert shop.sim.world.recordings.all[before.recording_sid].status is RecordingStatus.DELETED
    with shop.rt.store.read() as tx:
        told = [line.text for line in story(tx, "northwind", before.call_id)]
    assert "The recording was erased after 30 days" in told


def test_what_is_younger_stays_and_so_does_everything_of_a_merchant_who_says_nothing(shop: Shop) -> None:
    talked(shop, days_ago=400)
    assert expire_recordings(shop.rt) == 0

    shop.publishes(KEPT.replace("recordings: 30d", "voicemails: 1d, recordings: 401d"))
    shop.waits(EVERY_SECONDS / 60)
    with shop.rt.write() as tx:
        tx.execute(update(models.Beat).where(models.Beat.name == "retention").values(at=0.0))
    assert expire_recordings(shop.rt) == 0
    assert len(files(shop)) == 3


def test_of_several_clocks_one_looks_each_hour(shop: Shop) -> None:
    shop.publishes(KEPT)
    talked(shop, days_ago=31)

    assert [expire_recordings(shop.rt) for _ in range(3)] == [1, 0, 0]
    shop.waits(3)
    assert len(shop.facts("recording_erased")) == 1
