"""A flow sends text messages: at most once, and a refusal is told on the ticket."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recordings import send_text
from tests.journeys.flows import shop_with
from voice import models
from voice.carrier_faults import CarrierAway


def test_a_text_that_the_carrier_refuses_is_told_on_the_ticket(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, '  hello: {send_sms: "Thank you.", next: goodbye}')
    shop.sim.phone("+12025550188").unsubscribes("+12025550100")

    shop.rings_up("+12025550188").hears("Goodbye")
    shop.waits(10)

    assert shop.only(models.TextMessage).state == "failed"
    assert len(shop.facts("text_failed")) == 1
    assert shop.sim.phone("+12025550188").texts == []


def test_a_text_message_is_sent_at_most_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that dies between asking the carrier and writing that down does not know; it does not send again."""
    shop = shop_with(tmp_path, '  hello: {send_sms: "Thank you.", next: goodbye}')
    with monkeypatch.context() as once:
        once.setattr(shop.rt.carrier, "send_text", dies_after(shop.rt.carrier.send_text))
        shop.rings_up("+12025550188").hears("Goodbye")
        shop.waits(2)

    effect = send_text.work(
        shop.rt, "northwind", shop.only(models.TextMessage).id
    )  # as the sweeper will have it
    with shop.rt.write() as tx:
        effect(tx)
    shop.waits(10)

    assert shop.sim.phone("+12025550188").texts == ["Thank you."]
    assert (shop.only(models.TextMessage).state, len(shop.facts("text_failed"))) == ("failed", 1)
    shop.sim.assert_quiet()


def dies_after(send: Callable[..., str]) -> Callable[..., str]:
    """A process that ends when the carrier has taken the message."""

    def dying(*what: Any) -> str:
        send(*what)
        raise CarrierAway("the process ended")

    return dying
