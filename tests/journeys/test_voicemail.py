"""Who leaves a message, and who leaves none, hears how the flow goes on."""

from tests.journeys.northwind import FLOW
from tests.journeys.shop import Shop
from voice import models
from voice.states import CallEnd


def test_who_says_nothing_after_the_tone_hears_the_flow_go_on(shop: Shop) -> None:
    shop.publishes(FLOW.replace("options: {1: orders_line}", "options: {1: orders_line, 2: message}"))
    caller = shop.rings_up()
    caller.hears("For orders, press 1")
    caller.presses("2")
    caller.hears("leave a message after the tone")

    caller.hears("Thank you. Goodbye.", within=20)
    caller.ends(within=10)
    shop.waits(5)
    assert shop.only_call().ended_as == CallEnd.COMPLETED_IN_FLOW
    assert len(shop.rows(models.Ticket)) == 1


def test_who_leaves_a_message_hears_the_flow_go_on_once(shop: Shop) -> None:
    shop.publishes(FLOW.replace("options: {1: orders_line}", "options: {1: orders_line, 2: message}"))
    caller = shop.rings_up()
    caller.hears("For orders, press 1")
    caller.presses("2")
    caller.hears("leave a message after the tone")
    shop.waits(3)
    caller.says("please call me back", seconds=3)

    caller.hears("Thank you. Goodbye.", within=20)
    caller.ends(within=10)
    shop.waits(5)
    assert shop.only_call().ended_as == CallEnd.VOICEMAIL
    assert [fact.data["step"] for fact in shop.facts("voicemail_offered")] == ["message"]
