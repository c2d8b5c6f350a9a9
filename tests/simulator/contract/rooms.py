"""A conference with a caller and an agent in it, for the contract tests."""

from typing import Any

from simulator.handset import ClientLeg, Handset
from tests.simulator.pages import NUMBER, Shop, open_shop

EVENTS = 'statusCallback="/room-events" statusCallbackEvent="start end join leave mute hold modify"'
QUIET = 'beep="false" waitUrl=""'


def room(caller: str = "", agent: str = "", dial: str = "", *, events: str = EVENTS) -> Shop:
    """A shop whose number and whose browser application both lead into the room "talk"."""
    shop = open_shop(
        voice=f'<Dial action="/caller-out" {dial}><Conference {QUIET} {events} {caller}>talk</Conference></Dial>'
    )
    shop.pages["/voice/agent"] = (
        f'<Dial action="/agent-out"><Conference {QUIET} {events} {agent}>talk</Conference></Dial>'
    )
    shop.pages["/caller-out"] = "<Say>caller is out</Say>"
    shop.pages["/agent-out"] = "<Say>agent is out</Say>"
    shop.pages["/room-events"] = ""
    return shop


def both(shop: Shop) -> tuple[Handset, ClientLeg]:
    caller = shop.sim.call(NUMBER)
    caller.waits(2)
    agent = shop.sim.client("ann").connect()
    agent.talks_to(caller)
    return caller, agent


def events(shop: Shop) -> list[str]:
    return [form["StatusCallbackEvent"] for form in shop.pages.forms("/room-events")]


def participants(shop: Shop) -> list[dict[str, Any]]:
    sid = shop.rest("GET", "Conferences.json")["conferences"][0]["sid"]
    found: list[dict[str, Any]] = shop.rest("GET", f"Conferences/{sid}/Participants.json")["participants"]
    return found


def seat_path(shop: Shop, leg: Handset) -> str:
    sid = shop.rest("GET", "Conferences.json")["conferences"][0]["sid"]
    return f"Conferences/{sid}/Participants/{leg.sid}.json"
