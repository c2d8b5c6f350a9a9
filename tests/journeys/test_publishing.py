"""A flow file that breaks never reaches a caller."""

from pathlib import Path

import pytest

from tests.journeys.northwind import FLOW, NORTHWIND
from tests.journeys.shop import Shop
from voice import models
from voice.publish import NothingToServe, publish_folder

BROKEN = FLOW.replace("no_input: orders_line", "no_input: ordrs_line")


def test_a_broken_file_is_reported_with_its_place_while_the_last_good_version_serves(shop: Shop) -> None:
    file = shop.rt.settings.flows_dir / "northwind.yaml"
    file.write_text(BROKEN, encoding="utf-8")

    (fault,) = publish_folder(shop.rt, shop.rt.settings.flows_dir)

    assert (fault.file, fault.line) == (str(file), 17)
    assert "orders_line" in str(fault)
    assert str(fault) in shop.only(models.Merchant).flow_fault
    shop.rt.books.refresh()
    shop.sim.call(to=NORTHWIND).hears("Thank you for calling")


def test_with_no_earlier_version_the_start_refuses(tmp_path: Path) -> None:
    with pytest.raises(NothingToServe, match=r"northwind\.yaml:17:\d+: error: (.|\n)*no earlier version"):
        Shop(tmp_path, flow=BROKEN)


def test_publishing_the_same_meaning_again_does_nothing(shop: Shop) -> None:
    shop.publishes(FLOW + "\n# a comment changes nothing\n")

    assert len(shop.rows(models.FlowVersion)) == 1


def test_going_back_to_an_earlier_text_keeps_one_version_of_each(shop: Shop) -> None:
    shop.publishes(FLOW.replace("Goodbye", "Farewell"))
    shop.publishes(FLOW)

    assert len(shop.rows(models.FlowVersion)) == 2
    live = shop.rt.books.live_flow("northwind")
    assert live is not None
    assert shop.only(models.Merchant).live_digest == live.digest


def test_a_file_of_a_merchant_who_is_not_here_holds_nobody_up(shop: Shop) -> None:
    stranger = FLOW.replace("merchant: northwind", "merchant: marlow").replace("+12025550100", "+12025550140")
    (shop.rt.settings.flows_dir / "marlow.yaml").write_text(stranger, encoding="utf-8")

    assert publish_folder(shop.rt, shop.rt.settings.flows_dir) == ()
    shop.sim.call(to=NORTHWIND).hears("Thank you for calling")
