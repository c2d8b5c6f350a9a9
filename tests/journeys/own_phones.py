"""Agents who take their calls on an ordinary phone, without a desk."""

from simulator.handset import Caller, Phone
from tests.journeys.shop import Shop
from voice import agents, models

MOBILE = "+12025550171"


def on_phone(shop: Shop, agent_id: str, number: str) -> Phone:
    """An agent's own phone, and the choice of it; no desk is open."""
    with shop.rt.write() as tx:
        agent = tx.get_one(models.Agent, agent_id)
        agent.phone, agent.on_phone = number, True
    return shop.sim.phone(number)


def begin(shop: Shop, agent_id: str = "us_ann") -> None:
    """The shift begins without a desk."""
    agents.start_shift(shop.rt, agent_id)


def talk(shop: Shop, mobile: Phone) -> Caller:
    """Ann took a caller on her mobile."""
    begin(shop)
    caller = shop.joins_queue()
    mobile.hears("Press 1")
    mobile.presses("1")
    mobile.talks_to(caller)
    shop.waits(2)
    return caller
