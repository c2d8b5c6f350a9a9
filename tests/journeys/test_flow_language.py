"""What a flow can do, heard on the telephone."""

from pathlib import Path

from tests.journeys.shop import Shop
from voice import models

HEAD = """
flow_version: 1
merchant: northwind
name: Northwind Outfitters
timezone: America/New_York
numbers: ["+12025550100"]
recording: {record: no}
queues: {orders: {ring: 20s, max_wait: 10m}}
"""
TAIL = """
  message: {voicemail: {en-US: "Please leave a message.", es-US: "Deje un mensaje."}, next: goodbye}
  goodbye: {hangup: {en-US: "Goodbye.", es-US: "Adiós."}}
"""


def shop_with(tmp_path: Path, steps: str, head: str = "") -> Shop:
    """A shop whose flow begins at the step `hello`."""
    return Shop(tmp_path, flow=f"{HEAD}{head}\nstart: hello\nfallback: message\nsteps:\n{steps}{TAIL}")


def test_a_caller_chooses_a_language_and_the_ticket_tells_what_was_learned(tmp_path: Path) -> None:
    shop = shop_with(
        tmp_path,
        """
  hello:
    menu: {en-US: "For English press 1.", es-US: "Para español pulse 2."}
    options: {1: from_where, 2: spanish}
  spanish: {language: es-US, next: from_where}
  from_where:
    branch: [{field: country, in: [US, CA], next: american}]
    otherwise: goodbye
  american: {tag: [american, menu], next: told}
  told: {ticket: {origin: "{country}, in {language}"}, next: three_times}
  three_times: {loop: 2, again: once, done: goodbye}
  once: {say: {en-US: "Once.", es-US: "Una vez."}, next: three_times}
""",
        'ticket_fields: {origin: "Calls from"}\n',
    )
    caller = shop.rings_up("+12025550188")
    caller.hears("For English")

    caller.presses("2")

    caller.hears("Una vez")
    caller.hears("Una vez")
    caller.hears("Adiós")
    caller.ends()
    shop.waits(5)
    assert shop.only(models.Ticket).tags == ["american", "menu"]
    (filled,) = shop.facts("ticket_filled")
    assert filled.data["fields"] == ["Calls from: US, in es-US"]
    shop.sim.assert_quiet()
