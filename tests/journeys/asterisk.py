"""What the journeys named after Asterisk's tests and settings of queues share."""

from pathlib import Path

from simulator.handset import Handset
from tests.journeys.northwind import FLOW
from tests.journeys.shop import Shop
from voice import models

TERMS = "ring: 20s, wrap_up: 30s, max_wait: 10m"


def shop_with(tmp_path: Path, terms: str, agents: tuple[str, ...] = ("ann", "ben"), **more: str) -> Shop:
    """A shop whose queue has these terms, with all its agents on shift, and steps with more words."""
    flow = FLOW.replace(TERMS, terms)
    for line, others in more.items():
        flow = flow.replace(f"    {line}: orders\n", f"    {line}: orders\n{others}")
    shop = Shop(tmp_path, flow=flow, agents=agents)
    for name in agents:
        shop.desks[name].starts_shift()
        shop.waits(1)
    return shop


def rung(shop: Shop) -> list[str]:
    """Whose desks were rung, in order."""
    rows = sorted(shop.rows(models.Offer), key=lambda row: row.offered_at)
    return [row.agent_id.removeprefix("us_") for row in rows]


def takes(shop: Shop, name: str, caller: Handset) -> None:
    """An agent who is rung takes the caller."""
    shop.desks[name].rings()
    shop.desks[name].accepts()
    shop.desks[name].talks_to(caller)
