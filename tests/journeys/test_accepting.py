"""A caller is answered, queued, taken, and both part."""

from tests.journeys.shop import Shop
from voice.states import Agent, CallEnd


def test_a_caller_hears_the_menu_waits_with_music_and_talks_to_an_agent(shop: Shop) -> None:
    caller = shop.rings_up()
    caller.hears("Thank you for calling Northwind Outfitters")
    caller.presses("1")
    caller.hears("This call is recorded")
    caller.hears("You are next")
    caller.hears_music()
    shop.ann.starts_shift()
    shop.ann.rings()
    shop.ann.accepts()
    shop.ann.talks_to(caller)
    shop.waits(20)
    shop.ann.ends()
    caller.ends()
    shop.waits(2)

    shop.ann.becomes(Agent.WRAP_UP)
    assert shop.only_call().ended_as == CallEnd.ANSWERED
    assert shop.only_call().hung_up_by == "agent"
