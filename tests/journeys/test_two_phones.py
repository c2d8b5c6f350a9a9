"""An agent's page connects its phone twice before the caller has come to the room."""

from tests.journeys.shop import Shop


def test_a_second_phone_that_comes_before_the_caller_is_not_taken_for_lost(shop: Shop) -> None:
    shop.ann.starts_shift()
    caller = shop.joins_queue()
    shop.harms_webhooks("/voice/leg", "delay", seconds=2.0)
    shop.ann.rings()
    shop.ann.accepts()
    shop.waits(0.3)
    shop.ann.connects()
    shop.ann.talks_to(caller)
    shop.waits(20)

    assert shop.ann.leg.is_talking_to(caller)
    assert shop.facts("agent_vanished") == []
